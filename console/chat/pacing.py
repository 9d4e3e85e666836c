"""When to send or look again, and when to stop trying: a person is waiting for the answer."""

import random
from datetime import timedelta

# Seconds after which the same bytes are sent again with the same key, by how often they were; the last one repeats.
RESEND_SECONDS = (1, 2, 4, 8, 15, 30, 60, 120, 300)
# After this the same idempotency key may no longer protect us (rivya-api.md A15: 24 h), so a person decides.
RESEND_WITHIN = timedelta(hours=20)
# A question that Rivya surely does not have is given up after this: the person may ask again.
GIVE_UP_WITHIN = timedelta(minutes=2)
# Looks into the session of a stopped turn, in seconds after one another: a commit may be on its way (A22).
STOPPED_LOOKS_SECONDS = (1, 4, 10)
# An answer that Rivya begins and breaks off this often is not coming.
MOST_SENDS_BROKEN_OFF = 5
# Requests to replay a committed answer whose charge is not known, in seconds after one another.
CONFIRM_SECONDS = (0, 2, 10, 60)
LOOK_AGAIN_SECONDS = (1, 2, 5, 15, 30, 60)


def resend_pause(sends: int, retry_after_seconds: float | None = None) -> float:
    """Seconds until the same bytes may go out again."""
    pause = RESEND_SECONDS[min(max(sends, 1), len(RESEND_SECONDS)) - 1]
    return _jittered(max(pause, min(retry_after_seconds or 0, 600)))


def look_pause(checks: int, retry_after_seconds: float | None = None) -> float:
    """Seconds until the session is read again."""
    pause = LOOK_AGAIN_SECONDS[min(max(checks, 1), len(LOOK_AGAIN_SECONDS)) - 1]
    return _jittered(max(pause, min(retry_after_seconds or 0, 600)))


def _jittered(seconds: float) -> float:
    return seconds * random.uniform(0.9, 1.1)  # noqa: S311
