"""The page where a job is asked for, and the POST that makes it."""

from dataclasses import replace
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import replace_url

from console.catalogue.models import CatalogueRefresh
from console.catalogue.picking import model_groups
from console.catalogue.quoting import quote
from console.credits import wallet
from console.files.models import ReferenceFile
from console.jobs import list_views
from console.jobs.creating import CannotCreate, create_job
from console.jobs.drafting import Draft, choosable, draft_of
from console.jobs.forms import NewJobForm
from console.jobs.models import Job
from console.jobs.opening import SubmissionTaken
from console.teams.access import Act, TeamRequest, in_team, may
from console.ui.problems import Problem


def collection(request: HttpRequest) -> HttpResponseBase:
    """`/jobs/`: GET lists them, POST makes one."""
    return create(request) if request.method == "POST" else list_views.index(request)


@require_http_methods(["GET", "HEAD", "POST"])
@in_team()
def new(request: TeamRequest) -> HttpResponseBase:
    """GET: the form, under an address that names it. POST: the form drawn anew with what was typed; writes nothing."""
    told = request.POST if request.method == "POST" else request.GET
    draft = draft_of(request, told)
    if request.method == "POST":
        return _drawn(draft, NewJobForm.redrawn(draft, told))
    if str(draft.submission) != told.get("form") or draft.is_foreign:
        return redirect(f"{request.path}?{_with_form(told)}")
    return _drawn(draft, NewJobForm(draft))


@require_POST
@in_team()
def create(request: TeamRequest) -> HttpResponseBase:
    """Make the job, or say in the form why not. The same form again leads to the same job."""
    draft = draft_of(request, request.POST)
    if job := draft.already:
        return _shown_again(request, job)
    form = NewJobForm(draft, request.POST)
    if outdated := form.is_outdated:
        return _drawn(draft, NewJobForm.redrawn(draft, request.POST), status=422, notice=outdated)
    order = form.order() if form.is_valid() else None
    if order is None:
        return _drawn(draft, form, status=422)
    try:
        job = create_job(order, draft.references)
    except CannotCreate as cannot:
        return _drawn(draft, form, status=cannot.problem.status, problem=cannot.problem)
    except SubmissionTaken:
        notice = "This form was somebody else's. It has become a form of yours: look it over, then generate."
        return _drawn(replace(draft, submission=uuid4()), form, status=422, notice=notice)
    return redirect("jobs:show", pk=job.pk)


@require_safe
@in_team()
def quoted(request: TeamRequest) -> HttpResponseBase:
    """A late fragment: the price, and what the project and the wallet have left, read now."""
    draft = draft_of(request, request.GET)
    if draft.project is None or draft.model is None:
        return HttpResponse(status=204)
    if draft.project.key is not None:
        fresh = {account.pk: account for account in wallet.accounts(draft.request.team)}
        draft.project.key.account = fresh.get(draft.project.key.account_id, draft.project.key.account)
    context = {"draft": draft, "quote": quote(draft.model, draft.project), "is_late": True}
    return render(request, "jobs/_new_quote.html", context)


def _drawn(
    draft: Draft, form: NewJobForm, *, status: int = 200, notice: str = "", problem: Problem | None = None
) -> HttpResponse:
    request = draft.request
    context = {
        "draft": draft,
        "form": form,
        "project": draft.project,
        "model": draft.model,
        "my_projects": draft.projects,
        "groups": model_groups(draft.models, draft.model),
        "quote": quote(draft.model, draft.project) if draft.model and draft.project else None,
        "reading": None if draft.models else CatalogueRefresh.current(),
        "may_manage": may(request.membership.role, Act.MANAGE_PROJECTS),
        "notice": notice,
        "problem": problem,
        "library": _library(draft),
    }
    answer = render(request, "jobs/new.htmx.html" if request.htmx else "jobs/new.html", context, status=status)
    return replace_url(answer, _address(draft)) if request.htmx else answer


def _library(draft: Draft) -> list[ReferenceFile]:
    """For a page without scripts; a page with them has the picker."""
    if draft.request.htmx or draft.model is None or draft.project is None or not draft.model.references.takes_any:
        return []
    return choosable(draft.project, draft.model.references.kinds)


def _shown_again(request: HttpRequest, job: Job) -> HttpResponse:
    typed = request.POST.get("prompt", "").replace("\r\n", "\n")
    if (typed.strip() and typed != job.prompt) or request.POST.get("model") != job.model:
        messages.info(
            request, "This form had made this job already, so nothing new was sent. New job opens a new form."
        )
    return redirect("jobs:show", pk=job.pk)


def _address(draft: Draft) -> str:
    """Where the form stands now, so that a reload draws the same one; never with what was typed."""
    told = {
        "form": draft.submission,
        "project": draft.project and draft.project.pk,
        "model": draft.model and draft.model.pk,
    }
    source = {"from": draft.source.pk} if draft.source else {}
    return f"{reverse('jobs:new')}?{urlencode({name: value for name, value in (told | source).items() if value})}"


def _with_form(told: QueryDict) -> str:
    """The same address with a new form's name: going back to it is going back to the same form."""
    query = told.copy()
    query["form"] = str(uuid4())
    return query.urlencode()
