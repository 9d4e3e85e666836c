"""Keep believed events, all that came at one moment in one go, and ring for those that are new.

A doorbell, not a letter: nothing of what an event claims is taken over. It makes its job due, and the worker reads the
job from Rivya. The number of statements does not depend on the number of events.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import F
from django.utils import timezone

from console import rivya
from console.jobs.models import Job
from console.jobs.timeline import note_webhooks
from console.webhooks import ringing
from console.webhooks.knocks import Knock
from console.webhooks.models import Delivery, Endpoint

MOST_DUPLICATES: Final = 5  # rows of one event; more are only counted
Effect, Verdict = Delivery.Effect, Delivery.Verdict


@dataclass(frozen=True)
class Believed:
    """A request whose signature fits, and the event in it."""

    knock: Knock
    event: rivya.WebhookEvent
    used_old_secret: bool


def store(endpoint: Endpoint, believed: Sequence[Believed]) -> None:
    """Inside a transaction. Of each event the first is stored and acts, the others are counted."""
    if not believed:
        return
    jobs = _jobs_of(endpoint, believed)
    firsts = {one.event.id: one for one in reversed(believed)}
    rows = [
        _first_row(endpoint, firsts[event_id], jobs) for event_id in dict.fromkeys(one.event.id for one in believed)
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    stored = set(Delivery.objects.filter(pk__in=[row.pk for row in rows]).values_list("event_id", flat=True))
    new = [firsts[row.event_id] for row in rows if row.event_id in stored]
    rung = [(job.pk, one.event.type) for one in new for job in _rung(endpoint, one, jobs)]
    Job.objects.nudge({job_id for job_id, _ in rung})
    note_webhooks(rung)
    _count_again(endpoint, [one for one in believed if not (one.event.id in stored and firsts[one.event.id] is one)])


def _jobs_of(endpoint: Endpoint, believed: Sequence[Believed]) -> defaultdict[str, list[Job]]:
    """By Rivya's task id, held for this transaction.

    Of any account of the team: which of two accounts a key belongs to may be unproven.
    """
    found: defaultdict[str, list[Job]] = defaultdict(list)
    tasks = {_task(one) for one in believed if _is_known(one)} - {""}
    for job in Job.objects.select_for_update().filter(team_id=endpoint.team_id, rivya_id__in=tasks).order_by("pk"):
        found[job.rivya_id].append(job)
    return found


def _first_row(endpoint: Endpoint, one: Believed, jobs: defaultdict[str, list[Job]]) -> Delivery:
    mine = _rung(endpoint, one, jobs)
    return Delivery(
        **_facts(endpoint, one),
        verdict=Verdict.ACCEPTED,
        used_old_secret=one.used_old_secret,
        effect=_effect(endpoint, one, mine),
        job_id=mine[0].pk if mine else None,
    )


def _effect(endpoint: Endpoint, one: Believed, mine: list[Job]) -> str:
    if one.event.id == endpoint.test_event_id:
        return Effect.TEST
    if not _is_known(one):
        return Effect.STRANGE_TYPE
    return ringing.effect(mine) if _task(one) else Effect.NO_TASK


def _count_again(endpoint: Endpoint, again: Sequence[Believed]) -> None:
    """Of an event that was stored before, a few rows more are kept, and the rest is a number."""
    if not again:
        return
    more = Counter(one.event.id for one in again)
    firsts = Delivery.objects.filter(endpoint=endpoint, verdict=Verdict.ACCEPTED)
    for times in set(more.values()):
        these = [event_id for event_id, count in more.items() if count == times]
        firsts.filter(event_id__in=these).update(times=F("times") + times, last_at=timezone.now())
    counted = dict(firsts.filter(event_id__in=more).values_list("event_id", "times"))
    room = {event_id: MOST_DUPLICATES + 1 - (counted.get(event_id, 0) - more[event_id]) for event_id in more}
    kept = []
    for one in again:
        if room[one.event.id] > 0:
            room[one.event.id] -= 1
            kept.append(Delivery(**_facts(endpoint, one), verdict=Verdict.DUPLICATE))
    Delivery.objects.bulk_create(kept)


def _facts(endpoint: Endpoint, one: Believed) -> dict[str, object]:
    """What is kept of a believed request: names and times; nothing that it claims about the job."""
    return {
        "team_id": endpoint.team_id,
        "endpoint": endpoint,
        "event_id": one.event.id,
        "event_type": one.event.type,
        "event_at": one.event.created_at,
        "task_id": _task(one),
        "size_bytes": len(one.knock.raw),
        "signature_mark": one.knock.signature_mark,
        "address": one.knock.address,
    }


def _rung(endpoint: Endpoint, one: Believed, jobs: defaultdict[str, list[Job]]) -> list[Job]:
    return jobs[_task(one)] if _is_known(one) and one.event.id != endpoint.test_event_id else []


def _is_known(one: Believed) -> bool:
    return one.event.type in ringing.KNOWN_TYPES


def _task(one: Believed) -> str:
    return ringing.usable_id(one.event.task_id)
