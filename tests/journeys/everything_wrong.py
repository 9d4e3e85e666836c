"""What goes wrong, and what people do about it: causes with failures, bulk retries, endpoints with deliveries."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from console.failures.grouping import group_failures
from console.failures.models import Bulk, BulkItem, Cause, Note, SavedView
from console.jobs.models import Job
from console.projects.models import Project
from console.teams.models import User
from console.webhooks.models import Delivery, Endpoint
from tests.factories import make_job
from tests.failures.failing import fail, fail_many
from tests.webhooks.ringing import make_endpoint

TIMED_OUT = "The provider timed out after {} seconds and gave no picture back."


def causes(project: Project, person: User) -> dict[str, dict[str, str]]:
    """Ids by kind: a cause with many failures, one that nobody knows, a bulk that waits and one that runs."""
    first = fail(project, person, message=TIMED_OUT.format(30), created_at=timezone.now() - timedelta(days=3))
    fail_many(first, 40, TIMED_OUT, finished_at=timezone.now() - timedelta(days=1))
    group_failures()
    many = Cause.objects.get(message__startswith="The provider")
    fail(project, person, code="something_new", message="x_y_z")
    Note.objects.create(cause=many, person=person, kind=Note.Kind.NOTE, text="Asked the provider about it.")
    view = SavedView.objects.create(team=project.team, name="Costly ones", query="order=charged")
    bulks = {"quote": _bulk(many, first, Bulk.State.QUOTED), "progress": _bulk(many, first, Bulk.State.RUNNING)}
    unknown = Cause.objects.get(code="something_new")
    return {
        "cause": {"many": str(many.pk), "unknown code": str(unknown.pk)},
        "bulk": {label: str(bulk.pk) for label, bulk in bulks.items()},
        "saved_view": {"one": str(view.pk)},
    }


def _bulk(cause: Cause, first: Job, state: str) -> Bulk:
    person, started = first.created_by, timezone.now() if state == Bulk.State.RUNNING else None
    bulk = Bulk.objects.create(cause=cause, person=person, state=state, quoted_credits=9, started_at=started)
    assert person
    made = make_job(first.project, person, retried_from=first)
    for position, job in enumerate(Job.objects.filter(failure__cause=cause)[:12]):
        item = BulkItem(bulk=bulk, position=position, job=job, quoted_credits=1)
        if position > 8:
            item.state, item.reason = BulkItem.State.SKIPPED, "Its reference file was removed."
        elif started and position < 4:
            item.state, item.new_job = BulkItem.State.SENT, made
        item.save()
    return bulk


def endpoints(project: Project, job: Job) -> dict[str, dict[str, str]]:
    """Ids by kind: an endpoint with a delivery of every verdict and effect, one that is paused, one unfinished."""
    assert project.key
    busy = make_endpoint(project.key, name="Production")
    told: dict[str, Any] = {"team": project.team, "endpoint": busy, "size_bytes": 412, "address": "203.0.113.9"}
    told |= {"event_type": "generation.succeeded", "task_id": job.rivya_id}
    for effect in Delivery.Effect.values:
        Delivery.objects.create(**told, verdict="accepted", effect=effect, event_id=f"evt_{uuid4().hex}", job=job)
    refused = {"answer_status": 400, "header_names": ["x-rivya-signature"], "clock_off_seconds": 900}
    for verdict in Delivery.Verdict.values[1:]:
        Delivery.objects.create(**told | refused, verdict=verdict, times=3)
    others = {"paused": make_endpoint(project.key, name="Staging", state=Endpoint.State.PAUSED, rivya_status="paused")}
    others["unfinished"] = make_endpoint(project.key, name="New one", state=Endpoint.State.REGISTERING, rivya_id="")
    deliveries = Delivery.objects.filter(endpoint=busy)
    shown = {"accepted": deliveries.filter(verdict="accepted").first(), "clock": deliveries.get(verdict="clock")}
    return {
        "endpoint": {"busy": str(busy.pk)} | {label: str(each.pk) for label, each in others.items()},
        "delivery": {label: str(each.pk) for label, each in shown.items() if each},
    }
