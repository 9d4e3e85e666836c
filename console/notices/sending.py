"""Hand one mail to the mail server, and tell what its answer means: for this mail, and for those behind it."""

from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from smtplib import SMTPDataError, SMTPHeloError, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Final

from django.core.mail import EmailMessage, get_connection

SERVICE_NOT_AVAILABLE: Final = 421  # and the server hangs up


class Outcome(Enum):
    """What became of the mail."""

    TAKEN = "taken"
    NEVER = "refused for good"
    LATER = "not now"
    CUT_OFF = "not now, and the server is gone"  # maybe because of this mail: it must not be the first one again
    AWAY = "no server, or it does not listen to us"


@dataclass(frozen=True)
class Answer:
    """What became of it, and why."""

    outcome: Outcome
    why: str = ""  # a code or a kind of error: what a server says in words may name people


def send(mail: EmailMessage) -> Answer:
    """Never raises for what a mail server does."""
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:  # every error of smtplib is one
        return Answer(Outcome.AWAY, type(error).__name__)
    try:
        connection.send_messages([mail])
    except (SMTPHeloError, SMTPSenderRefused) as refusal:  # said of us, before the server knew whom the mail is for
        return Answer(Outcome.AWAY, str(refusal.smtp_code))
    except SMTPRecipientsRefused as refusal:
        return _of(max(code for code, _words in refusal.recipients.values()))
    except SMTPDataError as refusal:
        return _of(refusal.smtp_code)
    except OSError as error:
        return Answer(Outcome.CUT_OFF, type(error).__name__)
    except ValueError as error:  # an address, or words, that no mail can carry
        return Answer(Outcome.NEVER, type(error).__name__)
    finally:
        with suppress(OSError):  # the mail was answered for: how the server says good-bye changes nothing
            connection.close()
    return Answer(Outcome.TAKEN)


def _of(code: int) -> Answer:
    if code == SERVICE_NOT_AVAILABLE:
        return Answer(Outcome.CUT_OFF, str(code))
    return Answer(Outcome.NEVER if code >= 500 else Outcome.LATER, str(code))
