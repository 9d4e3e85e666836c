"""The evidence of a job for Rivya's support: ids, times, states and figures. No prompt, no key, no file's address."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from console.jobs.models import Job, Result, Step

_DETAILS = ("status", "request_id", "milliseconds", "attempt", "task", "reserved", "credits", "state", "bytes")


def bundle_of(job: Job) -> dict[str, Any]:
    """What is safe to hand on, as JSON-ready values."""
    return {
        "made_at": _time(timezone.now()),
        "job": str(job.pk),
        "client_request_id": f"job-{job.pk}",
        "rivya_task_id": job.rivya_id,
        "idempotency_key": job.idempotency_key,
        "model": job.model,
        "kind": job.kind,
        "status": job.status,
        "rivya_status": job.rivya_status,
        "error": {"code": job.error_code, "message": job.error_message, "request_id": job.request_id},
        "prompt_characters": len(job.prompt),
        "parameter_names": sorted(job.params),
        "references": [{"kind": item.upload.kind, "file_id": item.upload.rivya_id} for item in _inputs(job)],
        "body_bytes": len(job.body),
        "credits": {"quoted": job.quoted_credits, "reserved": job.reserved_credits, "charged": job.final_credits},
        "sends": job.sends,
        "reads": job.checks,
        "times": {
            name: _time(getattr(job, name))
            for name in ("created_at", "first_sent_at", "accepted_at", "finished_at", "deadline_at")
        },
        "results": [_result(result) for result in job.results.all()],
        "timeline": [_step(step) for step in job.steps.all()],
    }


def _inputs(job: Job) -> Any:
    return job.inputs.select_related("upload")


def _result(result: Result) -> dict[str, Any]:
    names = ("index", "state", "kind", "mime_type", "size_bytes", "source_host", "tries")
    return {name: getattr(result, name) for name in names} | {"collected_at": _time(result.collected_at)}


def _step(step: Step) -> dict[str, Any]:
    """A person's own words, and who the person was, stay here."""
    told = {
        "at": _time(step.at),
        "last_at": _time(step.last_at),
        "count": step.count,
        "source": step.source,
        "kind": step.kind,
    }
    if step.source != Step.Source.PERSON:
        told["note"] = step.note
    return told | {name: step.detail[name] for name in _DETAILS if name in step.detail}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
