"""One search for the staff: ids, names and mail addresses of all teams."""

import re
from collections.abc import Callable
from typing import Any, Final

from console.credits.models import Entry
from console.jobs.models import Job
from console.keys.models import Key
from console.support import findable
from console.support.wanted import Group, Hit, Wanted
from console.webhooks.models import Delivery

MOST_OF_A_KIND = 10
LONGEST = 200
_SECRET = re.compile(r"rvya_sk_\w{8,}", re.IGNORECASE)


def search(text: str) -> list[Group]:
    """The kinds of which something was found. What looks like a secret is not looked for."""
    wanted = Wanted(text.replace("\0", "").strip()[:LONGEST])
    if not wanted.text or looks_like_a_secret(wanted.text):
        return []
    groups = []
    for title, icon, find, hit in _KINDS:
        if found := list(find(wanted)[: MOST_OF_A_KIND + 1]):
            hits = [hit(each) for each in found[:MOST_OF_A_KIND]]
            groups.append(Group(title, icon, hits, len(found) > MOST_OF_A_KIND))
    return groups


def looks_like_a_secret(text: str) -> bool:
    """Whether somebody pasted a key: it must not stand in an address."""
    return bool(_SECRET.search(text))


def _key(key: Key) -> Hit:
    secret = key.newest_secret()
    return Hit.of(key, key.name, f"{key.purpose} …{secret.last_four}" if secret else key.purpose, key.state)


def _job(job: Job) -> Hit:
    known = (job.rivya_id or "unknown to Rivya", job.error_code)
    return Hit.of(job, str(job), " · ".join(filter(None, known)), job.status)


def _entry(entry: Entry) -> Hit:
    amount = f"{entry.credits:,} credit" + "s" * (entry.credits != 1)
    note = f"{amount} for {entry.subject_kind or 'a correction'} {entry.subject}"
    return Hit.of(entry, f"Line {entry.pk}", note, entry.kind, entry.at)


def _delivery(delivery: Delivery) -> Hit:
    note = " · ".join(filter(None, (delivery.event_type, delivery.task_id, delivery.get_effect_display())))
    return Hit.of(delivery, str(delivery), note)


_Kind = tuple[str, str, Callable[[Wanted], Any], Callable[[Any], Hit]]
_KINDS: Final[tuple[_Kind, ...]] = (
    ("Jobs", "images", findable.jobs, _job),
    ("Teams", "users", findable.teams, lambda team: Hit.of(team, team.name, f"days in {team.time_zone}")),
    ("People", "user", findable.people, lambda user: Hit.of(user, user.email, user.name, at=user.date_joined)),
    ("Keys", "key-round", findable.keys, _key),
    ("Ledger", "coins", findable.entries, _entry),
    ("Files", "file", findable.files, lambda file: Hit.of(file, str(file), f"{file.kind}, {file.size_words}")),
    ("Chats", "message-square", findable.conversations, lambda chat: Hit.of(chat, str(chat), chat.model_name)),
    ("Webhook endpoints", "webhook", findable.endpoints, lambda found: Hit.of(found, found.name, found.rivya_id)),
    ("Deliveries", "webhook", findable.deliveries, _delivery),
    ("Turns", "message-square", findable.turns, lambda turn: Hit.of(turn, str(turn), "", turn.status)),
)
