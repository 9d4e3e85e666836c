"""Many jobs tried again: the quote, the yes, the progress, the stop."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from console.failures import bulk as bulks
from console.failures.carrying import spent
from console.failures.cause_views import find
from console.failures.models import Bulk, BulkItem
from console.failures.quoting import beyond, draw_up
from console.jobs.models import Job
from console.teams.access import Act, TeamRequest, enter, may
from console.ui.states import shown

MOST_SHOWN = 200
_ENDED = {Job.Status.UNKNOWN: "of unknown outcome", Job.Status.NEEDS_REVIEW: "for a person to decide"}


@require_POST
def create(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/failures/<id>/retries/`: a quote for the chosen jobs, or with `all` for every one not tried again yet."""
    entered, cause = find(request, pk, Act.MEND_FAILURES)
    chosen = (
        None if request.POST.get("all") else [found for text in request.POST.getlist("job") if (found := _id(text))]
    )
    bulk = draw_up(cause, entered, chosen) if chosen is None or chosen else None
    if bulk is None:
        messages.warning(request, _nothing(chosen))
        return redirect("failures:show", pk)
    return redirect("failures:retry", bulk.pk)


@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/failures/retries/<id>/`: the quote, or how far it is."""
    entered, bulk = _find(request, pk)
    return render(entered, "failures/retry.html", _context(entered, bulk))


@require_safe
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/failures/retries/<id>/progress/`: the same without the frame."""
    entered, bulk = _find(request, pk)
    return render(entered, "failures/_retry.html", _context(entered, bulk))


@require_POST
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/failures/retries/<id>/start/`: yes to the quote."""
    entered, bulk = _find(request, pk, Act.MEND_FAILURES)
    try:
        bulks.start(bulk, entered)
    except bulks.AnotherRuns:
        messages.warning(request, "Another bulk retry of this cause is running. Wait for it, or stop it.")
    return redirect("failures:retry", pk)


@require_POST
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/failures/retries/<id>/stop/`: send no more of it."""
    entered, bulk = _find(request, pk, Act.MEND_FAILURES)
    if bulks.stop(bulk, entered):
        messages.success(request, "Stopped. What was sent goes on; the rest is left out.")
    else:
        messages.warning(request, "It does not run any more.")
    return redirect("failures:retry", pk)


def _nothing(chosen: list[UUID] | None) -> str:
    if chosen is None:
        return "Each of them was tried again before."
    return "None of the chosen jobs is counted here any more." if chosen else "Choose the jobs to try again."


def _find(request: HttpRequest, pk: UUID, act: Act = Act.VIEW) -> tuple[TeamRequest, Bulk]:
    found = Bulk.objects.visible_to(request.user).select_related("cause__team", "person")
    bulk = get_object_or_404(found, pk=pk)
    return enter(request, bulk.cause.team, act), bulk


def _context(request: TeamRequest, bulk: Bulk) -> dict[str, Any]:
    counts = dict(bulk.items.order_by().values_list("state").annotate(count=Count("pk")))
    waiting, sent, skipped = (counts.get(state, 0) for state in BulkItem.State.values)
    return {
        "bulk": bulk,
        "cause": bulk.cause,
        "waiting": waiting,
        "sent": sent,
        "skipped": skipped,
        "total": waiting + sent + skipped,
        "ended": sent + skipped,
        "spent": spent(bulk),
        "beyond": beyond(bulk),
        "outcome": _outcome(bulk),
        "reasons": _reasons(bulk.items.filter(state=BulkItem.State.SKIPPED)),
        "skipped_items": bulk.items.filter(state=BulkItem.State.SKIPPED).select_related("job")[:MOST_SHOWN],
        "sent_items": bulk.items.filter(state=BulkItem.State.SENT).select_related("new_job")[:MOST_SHOWN],
        "is_live": bulk.state != Bulk.State.QUOTED and (bulk.ended_at is None or _goes_on(bulk)),
        "may_mend": may(request.membership.role, Act.MEND_FAILURES),
    }


def _outcome(bulk: Bulk) -> str:
    """What became of the new jobs: "2 succeeded, 4 failed"; empty while there is none."""
    made = Job.objects.filter(submission__in=bulk.items.values("pk")).order_by()
    counts = dict(made.values_list("status").annotate(count=Count("pk")))
    told = [
        (counts[status], _ENDED.get(status) or shown(status).word.lower()) for status in Job.Status if status in counts
    ]
    return ", ".join(f"{count:,} {word}" for count, word in told)


def _goes_on(bulk: Bulk) -> bool:
    """Whether a new job has still to come to its end: the page says how each ended, and what it cost."""
    return Job.objects.filter(submission__in=bulk.items.values("pk"), status__in=Job.OPEN).exists()


def _reasons(items: "QuerySet[BulkItem]") -> list[tuple[str, int]]:
    counted = items.order_by().values_list("reason").annotate(count=Count("pk")).order_by("-count", "reason")
    return list(counted[:20])


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
