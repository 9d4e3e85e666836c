"""What a person can do to a job that is there: take it back, ask about it, decide what became of it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from console.jobs.checking import check
from console.jobs.resolving import ResolutionForm, resolve
from console.jobs.views import face_context, find
from console.jobs.withdrawing import withdraw
from console.teams.access import Act


@require_POST
def withdrawal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/jobs/<id>/withdrawal/`: take back what Rivya surely does not have."""
    entered, job = find(request, pk, Act.SUBMIT)
    if withdraw(job, entered.user, request=request):
        messages.success(request, "Withdrawn. Its credits are free again.")
    else:
        messages.warning(request, "It is on its way to Rivya already and cannot be withdrawn.")
    return redirect("jobs:show", pk)


@require_POST
def ask_now(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/jobs/<id>/check/`: ask Rivya now."""
    entered, job = find(request, pk, Act.SUBMIT)
    if check(job, entered.user, request=request):
        messages.success(request, "Rivya is being asked.")
    else:
        messages.warning(request, "There is nothing left to ask Rivya about this job.")
    return redirect("jobs:show", pk)


@require_POST
def resolution(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/jobs/<id>/resolution/`: say what became of a job that needs review."""
    entered, job = find(request, pk, Act.SUBMIT)
    form = ResolutionForm(request.POST)
    if not form.is_valid():
        return render(entered, "jobs/show.html", face_context(entered, job, form), status=422)
    if resolve(job, entered.user, **form.cleaned_data, request=request):
        messages.success(request, "Settled as you said. The reason is in the timeline.")
    else:
        messages.warning(request, "This job needs no decision any more.")
    return redirect("jobs:show", pk)
