"""The live test runs only when a key for the real service (or a sandbox) is given."""

import os

collect_ignore = [] if os.environ.get("RIVYA_LIVE_KEY") else ["test_live.py"]
