"""The few values that tests change."""

import os
import tempfile

_data = tempfile.mkdtemp(prefix="console-tests-")
os.environ.setdefault("CONSOLE_SECRET_KEY", "tests-only-tests-only-tests-only-tests-only")
os.environ["CONSOLE_DATA_DIR"] = _data
os.environ.setdefault("LOG_LEVEL", "WARNING")

from console.keys.vault import make_keyset  # noqa: E402
from console.settings import *  # noqa: E402, F403
from console.settings import KEYSET_PATH, STORAGES  # noqa: E402

make_keyset(KEYSET_PATH)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Tasks are enqueued into a file that no consumer reads: a test that wants one done calls its function.
