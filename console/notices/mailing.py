"""Notices by mail, soon after they were told: a duty of the worker.

A notice is leased before its mail goes out and marked after the mail server took it. So an outage loses nothing, and
neither does a worker that is killed in between: its lease ends and the mail goes out then. Killed after the mail server
took it, it goes out once more, under the same Message-ID, by which most mail servers and programs show it once.

What a server says of one mail holds up no other: refused for good, it is marked and logged; refused for now, it waits.
"""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from console.engine.leases import claim
from console.notices.models import Notice
from console.notices.sending import Outcome, send
from console.teams.account_mails import has_mail_server
from console.ui.one_line import folded

log = structlog.get_logger("console.notices")

MOST_AT_ONCE: Final = 50
# Longer than a mail server may take that answers each step of a mail just before EMAIL_TIMEOUT.
LEASE_SECONDS: Final = 300.0
# Older ones are no news: a mail server that was away for days does not answer with a flood.
STILL_NEWS: Final = timedelta(days=2)
# How long one waits that the server did not take now; greylisting asks for some minutes.
SOONEST: Final = timedelta(minutes=5)
LATEST: Final = timedelta(hours=4)


def mail_notices() -> bool:
    """The duty. Returns whether a mail went out. Without a mail server (EMAIL_URL) there is nothing to do."""
    if not has_mail_server():
        return False
    sent = False
    for _ in range(MOST_AT_ONCE):
        new = Notice.objects.unmailed().filter(created_at__gt=timezone.now() - STILL_NEWS)
        lease, mine = claim(new, order="created_at", limit=1, lease_seconds=LEASE_SECONDS)
        if not mine:
            break
        answer = send(_mail(mine[0]))
        if answer.outcome in (Outcome.TAKEN, Outcome.NEVER):
            Notice.objects.filter(pk=mine[0].pk).update(mailed_at=timezone.now(), lease=None, leased_until=None)
        else:
            _put_back(lease, until=None if answer.outcome is Outcome.AWAY else timezone.now() + _wait(mine[0]))
        if answer.outcome is Outcome.TAKEN:
            sent = True
        else:
            log.warning("notice_not_mailed", notice=str(mine[0].pk), outcome=answer.outcome.value, why=answer.why)
        if answer.outcome in (Outcome.CUT_OFF, Outcome.AWAY):
            break
    return sent


def _wait(notice: Notice) -> timedelta:
    """As long as the notice is old, so twice as long each time, until it is no news any more."""
    return min(max(timezone.now() - notice.created_at, SOONEST), LATEST)


def _put_back(lease: UUID, *, until: datetime | None) -> None:
    Notice.objects.filter(lease=lease, mailed_at=None).update(lease=None, leased_until=until)


def _mail(notice: Notice) -> EmailMessage:
    subject = " ".join(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{notice.title}".split())
    place = f"{settings.PUBLIC_URL}{notice.url or '/notices/'}"
    team = folded(notice.team.name)
    why = f"You get this as a member of {team}. Turn such mails off at {settings.PUBLIC_URL}/notices/"
    body = "\n\n".join(filter(None, [f"{folded(notice.title)}.", notice.text, place, f"-- \n{why}"]))
    name = {"Message-ID": f"<notice-{notice.pk.hex}@{urlsplit(settings.PUBLIC_URL).hostname or 'console'}>"}
    return EmailMessage(subject, body, to=[notice.person.email], headers=name)
