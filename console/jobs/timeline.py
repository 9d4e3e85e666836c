"""Write the evidence of a job."""

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
