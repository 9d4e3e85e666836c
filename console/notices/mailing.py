"""Notices by mail, soon after they were told: a duty of the worker.

A notice is marked before its mail goes out, and freed when the mail server does not take it: an outage loses nothing
and nobody gets a mail twice. A worker killed in between loses that one mail; the notice stays in the page.
"""

from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from console.notices.models import Notice

log = structlog.get_logger("console.notices")

MOST_AT_ONCE = 50
# Older ones are no news: a mail server that was away for days does not answer with a flood.
STILL_NEWS = timedelta(days=2)
ON_THE_SCREEN = "django.core.mail.backends.console.EmailBackend"


def mail_notices() -> bool:
    """The duty. Returns whether a mail went out. Without a mail server (EMAIL_URL) there is nothing to do."""
    if settings.EMAIL_BACKEND == ON_THE_SCREEN:
        return False
    new = Notice.objects.unmailed().filter(created_at__gt=timezone.now() - STILL_NEWS)
    sent = False
    for notice in new.select_related("person", "team").order_by("created_at")[:MOST_AT_ONCE]:
        if not Notice.objects.filter(pk=notice.pk, mailed_at=None).update(mailed_at=timezone.now()):
            continue  # another worker was faster
        try:
            _mail(notice).send()
        except SMTPRecipientsRefused:
            log.warning("notice_refused", notice=str(notice.pk))  # this address never takes it; others must not wait
            continue
        except (OSError, SMTPException) as error:
            Notice.objects.filter(pk=notice.pk).update(mailed_at=None)
            log.warning("notice_not_mailed", error=type(error).__name__)
            break
        sent = True
    return sent


def _mail(notice: Notice) -> EmailMessage:
    subject = " ".join(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{notice.title}".split())
    place = f"{settings.PUBLIC_URL}{notice.url or '/notices/'}"
    why = f"You get this as a member of {notice.team.name}. Turn such mails off at {settings.PUBLIC_URL}/notices/"
    body = "\n\n".join(filter(None, [f"{notice.title}.", notice.text, place, f"-- \n{why}"]))
    return EmailMessage(subject, body, to=[notice.person.email])
