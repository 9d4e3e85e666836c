"""Ask Rivya about one job: send it, or read it once Rivya has it. The network half; writes no outcome."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from console import rivya
from console.jobs.models import Job
from console.keys import clients
from console.keys.models import Secret

LARGEST_CREDITS = 2**31 - 1


@dataclass(frozen=True)
class Answer:
    """What came of one exchange. Exactly one of `generation`, `error` and `no_key` is set."""

    job: Job
    lease: UUID
    secret_id: UUID | None
    elapsed_ms: int
    generation: rivya.Generation | None = None
    error: rivya.RivyaError | None = None
    no_key: str = ""


@dataclass(frozen=True)
class Access:
    """The opened key that a job is asked about with; `missing` says in a word why there is none."""

    secret_id: UUID | None = None
    api_key: str = field(default="", repr=False)
    missing: str = ""


async def ask(job: Job, lease: UUID, access: Access) -> Answer:
    """One exchange, without retries: the job's own schedule is the retry. Raises nothing that Rivya could cause."""
    if access.missing:
        return Answer(job, lease, None, 0, no_key=access.missing)
    began = time.monotonic()
    client = clients.client_with(access.api_key).with_options(attempts=1)
    generation, error = None, None
    try:
        if job.rivya_id:
            generation = await client.generations.retrieve(job.rivya_id)
            if generation.id != job.rivya_id:
                raise rivya.Unreadable("The answer is about another task.")
        else:
            generation = await client.generations.create(bytes(job.body), idempotency_key=job.idempotency_key)
        if not _can_be_kept(generation):
            raise rivya.Unreadable("The answer holds values that no row can hold.")
    except rivya.RivyaError as caught:
        generation, error = None, caught
    return Answer(job, lease, access.secret_id, round((time.monotonic() - began) * 1000), generation, error)


def _can_be_kept(generation: rivya.Generation) -> bool:
    """Whether a row can hold it, in any database: an answer that cannot be written would be asked for for ever."""
    figures = (generation.reserved_credits or 0, generation.final_credits or 0)
    return generation.id.isprintable() and generation.status.isprintable() and max(figures) <= LARGEST_CREDITS


def accesses(jobs: Iterable[Job]) -> dict[UUID, Access]:
    """For each job its pinned key; for a read, once that key is dead, another live one of the same account."""
    jobs = list(jobs)
    pinned = Secret.objects.filter(pk__in={job.secret_id for job in jobs}).select_related("key")
    opened = {secret.pk: _opened(secret) for secret in pinned}
    return {job.pk: _instead(job, opened[job.secret_id]) for job in jobs}


def _instead(job: Job, pinned: Access) -> Access:
    if not pinned.missing or not job.rivya_id:
        return pinned
    others = Secret.objects.filter(key__team_id=job.team_id, key__account_id=job.account_id, state__in=Secret.LIVE)
    tried = (_opened(secret) for secret in others.exclude(pk=job.secret_id).select_related("key").order_by("-version"))
    return next((access for access in tried if not access.missing), pinned)


def _opened(secret: Secret) -> Access:
    if not secret.is_live:
        return Access(missing=secret.state)
    try:
        return Access(secret.pk, clients.open_secret(secret, secret.key.team_id))
    except clients.CannotOpen:
        clients.note_cannot_open(secret)
        return Access(missing=Secret.State.UNOPENABLE)
