"""Ask Rivya about one job: send it, or read it once Rivya has it. The network half; writes no outcome."""

import time
from dataclasses import dataclass
from uuid import UUID

from asgiref.sync import sync_to_async

from console import rivya
from console.jobs.models import Job
from console.keys import clients
from console.keys.models import Secret


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


async def ask(job: Job, lease: UUID) -> Answer:
    """One exchange, without retries: the job's own schedule is the retry. Raises nothing that Rivya could cause."""
    began = time.monotonic()
    found = await sync_to_async(_secret_for)(job)
    if isinstance(found, str):
        return Answer(job, lease, None, 0, no_key=found)
    secret, api_key = found
    client = clients.client_with(api_key).with_options(attempts=1)
    generation, error = None, None
    try:
        if job.rivya_id:
            generation = await client.generations.retrieve(job.rivya_id)
            if generation.id != job.rivya_id:
                raise rivya.Unreadable("The answer is about another task.")
        else:
            generation = await client.generations.create(bytes(job.body), idempotency_key=job.idempotency_key)
    except rivya.RivyaError as caught:
        generation, error = None, caught
    return Answer(job, lease, secret.pk, round((time.monotonic() - began) * 1000), generation, error)


def _secret_for(job: Job) -> "tuple[Secret, str] | str":
    """The pinned secret; for a read, once that one is dead, another live one of the same Rivya account."""
    candidates = Secret.objects.filter(key__team_id=job.team_id, key__account_id=job.account_id, state__in=Secret.LIVE)
    pinned = candidates.filter(pk=job.secret_id)
    others = candidates.exclude(pk=job.secret_id).order_by("-version") if job.rivya_id else Secret.objects.none()
    for secret in [*pinned, *others]:
        try:
            return secret, clients.open_secret(secret, job.team_id)
        except clients.CannotOpen:
            clients.note_cannot_open(secret)
    return Secret.objects.get(pk=job.secret_id).state
