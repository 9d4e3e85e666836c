"""What Rivya says about a job right now, for a person who asks: a read, which changes nothing."""

from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest

from console import rivya
from console.audit.recording import Actor, record
from console.jobs.asking import accesses, ask
from console.jobs.models import Job, Step
from console.jobs.timeline import note
from console.keys.clients import from_sync
from console.ui.problems import Problem, from_error, key_paused


@dataclass(frozen=True)
class Said:
    """Rivya's answer, or the problem that took its place. `agrees`: it is what this console has written down."""

    milliseconds: int
    generation: rivya.Generation | None = None
    agrees: bool = True
    problem: Problem | None = None


def can_be_read(job: Job) -> bool:
    """Only what Rivya has named: a job without its id could only be sent, never read."""
    return bool(job.rivya_id)


def say(job: Job, person: Actor, *, request: HttpRequest | None = None) -> Said:
    """Read the job at Rivya with its own key; that somebody asked is a step. Raises ValueError without Rivya's id."""
    if not can_be_read(job):
        raise ValueError("A job that Rivya never named cannot be read.")
    answer = from_sync(ask)(job, uuid4(), accesses([job])[job.pk])
    with transaction.atomic():
        note(job.pk, Step.Source.PERSON, Step.Kind.CHECKED, f"{person} read it", milliseconds=answer.elapsed_ms)
        record("job.read", job, team_id=job.team_id, actor=person, request=request)
    if answer.generation is not None:
        return Said(answer.elapsed_ms, answer.generation, _agrees(job, answer.generation))
    if answer.error is not None:
        return Said(answer.elapsed_ms, problem=from_error(answer.error))
    return Said(answer.elapsed_ms, problem=key_paused(job.key.name, answer.no_key))


def _agrees(job: Job, generation: rivya.Generation) -> bool:
    if generation.status not in (Job.Status.SUCCEEDED, Job.Status.FAILED):
        return not job.is_final
    same_end = job.status == generation.status
    return same_end and (generation.final_credits is None or generation.final_credits == job.final_credits)
