"""Write the evidence of a job."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from console.jobs.models import Step


def note(job_id: UUID, source: Step.Source, kind: Step.Kind, text: str = "", **detail: Any) -> None:
    """Add a step. A read that says just what the last step said is counted on that step instead."""
    now = timezone.now()
    detail = {name: value for name, value in detail.items() if value is not None}
    if kind in {Step.Kind.READ, Step.Kind.READ_FAILED}:
        last = Step.objects.filter(job_id=job_id).order_by("-id").first()
        if last and last.kind == kind and last.note == text[:300]:
            Step.objects.filter(pk=last.pk).update(count=F("count") + 1, last_at=now, detail=detail)
            return
    Step.objects.create(job_id=job_id, at=now, last_at=now, source=source, kind=kind, note=text[:300], detail=detail)


def note_webhooks(told: Iterable[tuple[UUID, str]]) -> None:
    """Add a step for each of these: a job, and the type of an event about it. One statement for all of them."""
    now = timezone.now()
    facts = {"at": now, "last_at": now, "source": Step.Source.RIVYA, "kind": Step.Kind.WEBHOOK}
    Step.objects.bulk_create(Step(job_id=job_id, note=type_, **facts) for job_id, type_ in told)
