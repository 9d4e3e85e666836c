"""The few values that tests change."""

import os
import tempfile

_data = tempfile.mkdtemp(prefix="console-tests-")
os.environ.setdefault("CONSOLE_SECRET_KEY", "tests-only-tests-only-tests-only-tests-only")
os.environ["CONSOLE_DATA_DIR"] = _data
os.environ.setdefault("LOG_LEVEL", "WARNING")

from console.keys.vault import make_keyset  # noqa: E402
from console.settings import *  # noqa: E402, F403
from console.settings import DATA_DIR, DATABASES, KEYSET_PATH, STORAGES  # noqa: E402

make_keyset(KEYSET_PATH)

RIVYA_TIMEOUT_SECONDS = 3.0
DATABASES["default"].setdefault("TEST", {})
if DATABASES["default"]["ENGINE"].endswith("sqlite"):
    # A file, as in production: several threads share it, and WAL is tested with it.
    DATABASES["default"]["TEST"]["NAME"] = str(DATA_DIR / "test.sqlite3")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Tasks are enqueued into a file that no consumer reads: a test that wants one done calls its function.
