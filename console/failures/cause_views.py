"""The page of one cause, and what a person does about it."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from console.failures import caring
from console.failures.forms import AssignmentForm, IgnoringForm, NoteForm, ResolutionForm
from console.failures.models import Cause, Failure
from console.failures.presenting import rows, shares
from console.jobs.models import Job
from console.jobs.presenting import cards, listed_jobs
from console.teams.access import Act, TeamRequest, enter, may
from console.ui.keyset import cursor_of, fetch_by_time, links, read_page

PAGE_SIZE = 25
MOST_NOTES = 50
MOST_SHARES = 8
_CLOSED = "Somebody was faster: this cause is no longer as you saw it."


@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/failures/<id>/`."""
    entered, cause = find(request, pk)
    return render(entered, "failures/show.html", cause_context(entered, cause))


@require_safe
def of_job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/failures/jobs/<id>/`: to the cause that the job is counted under; to all of them while it is not yet."""
    job = get_object_or_404(Job.objects.visible_to(request.user).select_related("team"), pk=pk)
    enter(request, job.team)
    cause = Cause.objects.visible_to(request.user).filter(failures__job=job).first()
    return redirect("failures:show", cause.pk) if cause else redirect("failures:index")


@require_POST
def notes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/failures/<id>/notes/`."""
    entered, cause = find(request, pk, Act.MEND_FAILURES)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _again(entered, cause, note_form=form)
    caring.add_note(cause, entered, form.cleaned_data["text"])
    return redirect("failures:show", pk)


@require_POST
def assignment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/failures/<id>/assignment/`: to a member, or to nobody."""
    entered, cause = find(request, pk, Act.MEND_FAILURES)
    form = AssignmentForm(entered.team, request.POST)
    if not form.is_valid():
        return _again(entered, cause, assignment_form=form)
    _say(entered, caring.assign(cause, entered, form.chosen), "Assigned." if form.chosen else "Assigned to nobody.")
    return redirect("failures:show", pk)


@require_POST
def resolution(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/failures/<id>/resolution/`."""
    entered, cause = find(request, pk, Act.MEND_FAILURES)
    form = ResolutionForm(request.POST)
    if not form.is_valid():
        return _again(entered, cause, resolution_form=form)
    won = caring.resolve(cause, entered, form.cleaned_data["text"])
    _say(entered, won, "Resolved. It comes back by itself when it fails again.")
    return redirect("failures:show", pk)


@require_POST
def ignoring(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/failures/<id>/ignoring/`: until a day, a count or a rate."""
    entered, cause = find(request, pk, Act.MEND_FAILURES)
    form = IgnoringForm(entered.team, request.POST)
    if not form.is_valid():
        return _again(entered, cause, ignoring_form=form)
    limit = form.limit()
    _say(entered, caring.ignore(cause, entered, limit), f"Ignored {limit.words}.")
    return redirect("failures:show", pk)


@require_POST
def reopening(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/failures/<id>/reopening/`."""
    entered, cause = find(request, pk, Act.MEND_FAILURES)
    _say(entered, caring.reopen(cause, entered), "Open again.")
    return redirect("failures:show", pk)


def find(request: HttpRequest, pk: UUID, act: Act = Act.VIEW) -> tuple[TeamRequest, Cause]:
    """The cause, found through the asker, and the request inside its team."""
    cause = get_object_or_404(Cause.objects.visible_to(request.user).select_related("team", "assigned_to"), pk=pk)
    return enter(request, cause.team, act), cause


def cause_context(request: TeamRequest, cause: Cause, **given: forms.Form) -> dict[str, Any]:
    """What `failures/show.html` takes; `given` are forms that were filled in wrongly."""
    failures = Failure.objects.filter(cause=cause).annotate(created_at=F("failed_at"))
    page = read_page(partial(fetch_by_time, failures), cursor_of(request), PAGE_SIZE)
    listed = listed_jobs().filter(pk__in=[failure.pk for failure in page.rows])
    jobs = {card.job.pk: card for card in cards(cause.team_id, listed)}
    projects, people = shares(cause, MOST_SHARES)
    retries = Job.objects.filter(retried_from__in=jobs).order_by("created_at")
    return {
        "row": rows(cause.team, [cause])[0],
        "cause": cause,
        "projects": projects,
        "people": people,
        "listed": [(failure, jobs[failure.pk]) for failure in page.rows if failure.pk in jobs],
        "tried": {each.retried_from_id: each for each in retries.only("retried_from_id", "status")},
        "links": links(request, page),
        "notes": cause.notes.select_related("person")[:MOST_NOTES],
        "bulks": cause.bulks.exclude(state="quoted").select_related("person")[:5],
        "may_mend": may(request.membership.role, Act.MEND_FAILURES),
        "note_form": NoteForm(),
        "assignment_form": AssignmentForm(cause.team, initial={"person": cause.assigned_to_id}),
        "resolution_form": ResolutionForm(),
        "ignoring_form": IgnoringForm(cause.team),
        **given,
    }


def _again(request: TeamRequest, cause: Cause, **given: forms.Form) -> HttpResponse:
    return render(request, "failures/show.html", cause_context(request, cause, **given), status=422)


def _say(request: TeamRequest, won: bool, words: str) -> None:
    if won:
        messages.success(request, words)
    else:
        messages.warning(request, _CLOSED)
