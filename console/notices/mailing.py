"""Notices by mail, soon after they were told: a duty of the worker.

A notice is leased before its mail goes out and marked after the mail server took it. So an outage loses nothing, and
neither does a worker that is killed in between: its lease ends and the mail goes out then. Killed after the mail server
took it, it goes out once more, under the same Message-ID, by which most mail servers and programs show it once.
"""

from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from console.engine.leases import claim
from console.notices.models import Notice

log = structlog.get_logger("console.notices")

MOST_AT_ONCE: Final = 50
# Longer than a mail server may take that answers each step of a mail just before EMAIL_TIMEOUT.
LEASE_SECONDS: Final = 300.0
# Older ones are no news: a mail server that was away for days does not answer with a flood.
STILL_NEWS: Final = timedelta(days=2)
ON_THE_SCREEN: Final = "django.core.mail.backends.console.EmailBackend"


def mail_notices() -> bool:
    """The duty. Returns whether a mail went out. Without a mail server (EMAIL_URL) there is nothing to do."""
    if settings.EMAIL_BACKEND == ON_THE_SCREEN:
        return False
    sent = False
    for _ in range(MOST_AT_ONCE):
        new = Notice.objects.unmailed().filter(created_at__gt=timezone.now() - STILL_NEWS)
        lease, mine = claim(new, order="created_at", limit=1, lease_seconds=LEASE_SECONDS)
        if not mine:
            break
        try:
            _mail(mine[0]).send()
        except SMTPRecipientsRefused:
            log.warning("notice_refused", notice=str(mine[0].pk))  # this address never takes it; others must not wait
        except (OSError, SMTPException) as error:
            _free(lease)
            log.warning("notice_not_mailed", error=type(error).__name__)
            break
        else:
            sent = True
        Notice.objects.filter(pk=mine[0].pk).update(mailed_at=timezone.now(), lease=None, leased_until=None)
    return sent


def _free(lease: UUID) -> None:
    Notice.objects.filter(lease=lease, mailed_at=None).update(lease=None, leased_until=None)


def _mail(notice: Notice) -> EmailMessage:
    subject = " ".join(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{notice.title}".split())
    place = f"{settings.PUBLIC_URL}{notice.url or '/notices/'}"
    why = f"You get this as a member of {notice.team.name}. Turn such mails off at {settings.PUBLIC_URL}/notices/"
    body = "\n\n".join(filter(None, [f"{notice.title}.", notice.text, place, f"-- \n{why}"]))
    name = {"Message-ID": f"<notice-{notice.pk.hex}@{urlsplit(settings.PUBLIC_URL).hostname or 'console'}>"}
    return EmailMessage(subject, body, to=[notice.person.email], headers=name)
