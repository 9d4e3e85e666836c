"""Bring results home: download, look at the content, store, tell. Safe to run twice, at once, and to be killed.

A result is claimed by a short lease that is renewed while it downloads. Its stored name is made of its own bytes, so a
try that was killed between storing and writing it down leaves nothing that the next try does not use.
"""

import asyncio
import time
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from asgiref.sync import async_to_sync
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from console.engine.leases import claim
from console.engine.renewing import LeaseLost, while_renewing
from console.files import storing
from console.jobs import arriving, fetching
from console.jobs.arriving import Arrived
from console.jobs.fetching import NotFetched, Verdict
from console.jobs.models import Result, ResultQuerySet, Step
from console.jobs.models.result import stored_name
from console.jobs.tasks import collect_result
from console.jobs.timeline import note
from console.keys import clients
from console.live.publishing import publish

# Seconds before the next try: nine pauses, so ten tries within about a day (A16: addresses may live that long).
PAUSES_SECONDS = (2, 5, 15, 60, 300, 1800, 10_800, 28_800, 43_200)
MOST_TRIES = len(PAUSES_SECONDS) + 1
# Longer pauses are left to the sweeper: a waiting task would be lost with the queue.
LONGEST_TASK_PAUSE_SECONDS = 60
STALE_AFTER_SECONDS = 15
MOST_AT_ONCE = 100


def collect(result_id: UUID) -> None:
    """Try once to bring this result home, if it is due and nobody else is at it."""
    due = Result.objects.stale().filter(pk=result_id)
    seconds = fetching.LEASE_SECONDS
    lease, claimed = claim(due, order="next_try_at", limit=1, lease_seconds=seconds, tries=F("tries") + 1)
    for result in Result.objects.select_related("job").filter(pk__in=[each.pk for each in claimed]):
        _try(result, lease)


def enqueue_stale() -> bool:
    """The sweeper: enqueue results whose task was lost or whose long pause is over, and clear what was left behind."""
    found = storing.sweep_incoming() | _release_allowed()
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    stale = Result.objects.stale().filter(free, next_try_at__lte=now - timedelta(seconds=STALE_AFTER_SECONDS))
    for pk, seen in list(stale.order_by("next_try_at").values_list("pk", "next_try_at")[:MOST_AT_ONCE]):
        # Due from now: so one sweep enqueues it once, and the next one only if this task is lost as well.
        if Result.objects.filter(pk=pk, next_try_at=seen, state=Result.State.PENDING).update(next_try_at=now):
            collect_result.enqueue(str(pk))
            found = True
    return found


def _try(result: Result, lease: UUID) -> None:
    if result.tries > MOST_TRIES:  # every try so far ended with the process: this content may be what kills it
        _not_home(result, lease, NotFetched(Verdict.NEVER, "The console stopped each time it brought this home."))
        return
    began = time.monotonic()
    try:
        with storing.incoming() as into:
            fetched = clients.from_sync(fetching.fetch)(result, lease, into)
            looking = asyncio.to_thread(arriving.examine, result, fetched, into)  # minutes, for hours of sound
            renew = partial(fetching.renew, result, lease)
            arrived = async_to_sync(while_renewing)(looking, renew, fetching.RENEW_SECONDS)
            _keep(result, lease, arrived, round((time.monotonic() - began) * 1000))
    except NotFetched as failure:
        _not_home(result, lease, failure)
    except OSError as error:  # a full disk, most of all
        _not_home(result, lease, NotFetched(Verdict.LATER, f"The console could not store it: {error.strerror}."))
    except LeaseLost:
        return
    _drop_strays(result)


def _keep(result: Result, lease: UUID, arrived: Arrived, milliseconds: int) -> None:
    facts, fetched = arrived.facts, arrived.fetched
    content, preview = stored_name(result, fetched.sha256[:20]), ""
    if arrived.preview:
        preview = f"{content}.preview.webp"
        storing.put_bytes(arrived.preview, preview)
    arrived.file.put(content)
    with transaction.atomic():
        won = _mine(result, lease).update(
            state=Result.State.COLLECTED,
            source_url="",
            kind=facts.kind,
            mime_type=facts.mime_type,
            size_bytes=fetched.size_bytes,
            sha256=fetched.sha256,
            width=facts.width,
            height=facts.height,
            duration_seconds=facts.duration_seconds,
            peaks=arrived.peaks,
            content=content,
            preview=preview,
            problem="",
            collected_at=timezone.now(),
            next_try_at=None,
            lease=None,
            leased_until=None,
        )
        if won:
            words = f"Result {result.index + 1}: {facts.mime_type}, {fetched.size_bytes / fetching.MB:.1f} MB"
            _tell(result, Step.Kind.COLLECTED, words, milliseconds=milliseconds, sha256=fetched.sha256)


def _not_home(result: Result, lease: UUID, failure: NotFetched) -> None:
    state, due = _after(result, failure)
    if failure.verdict == Verdict.DEAD and state == Result.State.PENDING:
        fetching.freshen(result, lease)
    with transaction.atomic():
        won = _mine(result, lease).update(
            state=state, problem=failure.words[:300], next_try_at=due, lease=None, leased_until=None
        )
        if not won:
            return
        _tell(result, Step.Kind.NOT_COLLECTED, f"Result {result.index + 1}: {failure.words}", attempt=result.tries)
        if due and due <= timezone.now() + timedelta(seconds=LONGEST_TASK_PAUSE_SECONDS):
            later = collect_result.using(run_after=due)
            transaction.on_commit(partial(later.enqueue, str(result.pk)))


def _after(result: Result, failure: NotFetched) -> tuple[Result.State, datetime | None]:
    if failure.verdict == Verdict.HELD:
        return Result.State.HELD, None
    if failure.verdict == Verdict.NEVER or result.tries >= MOST_TRIES:
        return Result.State.LOST, None
    return Result.State.PENDING, timezone.now() + timedelta(seconds=PAUSES_SECONDS[max(result.tries, 1) - 1])


def _mine(result: Result, lease: UUID) -> ResultQuerySet:
    return Result.objects.filter(pk=result.pk, lease=lease, state=Result.State.PENDING)


def _tell(result: Result, kind: Step.Kind, words: str, **detail: object) -> None:
    note(result.job_id, Step.Source.CONSOLE, kind, words, **detail)
    publish(
        result.job.team_id,
        f"job-{result.job_id}",
        id=str(result.job_id),
        status=result.job.status,
        project_id=result.job.project_id,
    )


def _drop_strays(result: Result) -> None:
    """Once a result is settled, remove stored bytes of it that its row does not name: tries that lost their lease."""
    settled = Result.objects.exclude(state=Result.State.PENDING).filter(pk=result.pk).first()
    if settled is None:
        return
    folder, _, start = stored_name(result, "").rpartition("/")
    try:
        _, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        path = f"{folder}/{name}"
        if name.startswith(start) and path not in {settled.content.name, settled.preview.name}:
            default_storage.delete(path)


def _release_allowed() -> bool:
    """Try held results again once their host is among the allowed ones."""
    held = list(Result.objects.filter(state=Result.State.HELD).exclude(source_url="")[:MOST_AT_ONCE])
    allowed = [result.pk for result in held if fetching.is_allowed(result.source_url)]
    released = Result.objects.filter(pk__in=allowed, state=Result.State.HELD)
    return bool(allowed) and bool(
        released.update(state=Result.State.PENDING, tries=0, next_try_at=timezone.now(), problem="")
    )
