"""Budgets: all of a team's, one project's, asking for more, deciding; and putting a charge right."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.credits import asking, budgeting, correcting
from console.credits.forms import BudgetAskForm, BudgetForm, CorrectionForm, DecisionForm
from console.credits.models import BudgetAsk, Entry
from console.projects.budget_setting import set_budget
from console.projects.models import Project
from console.teams.access import Act, TeamRequest, enter, in_team, may

ASKS_SHOWN = 20
CHANGED = "The charge has changed since this page was drawn, or is that already. Look at it again."


@require_safe
@in_team()
def budgets(request: TeamRequest) -> HttpResponse:
    """GET `/budgets/`: every project's month."""
    asks = BudgetAsk.objects.filter(project__in=Project.objects.seen_by(request.membership), state=BudgetAsk.State.OPEN)
    rows = budgeting.standings(request.membership)
    now = {row.month.month for row in rows}
    context = {
        "rows": rows,
        "asks": [each for each in asks.select_related("project", "asked_by") if each.month in now],
        "month": next(iter(now), None),
    }
    return render(request, "credits/budgets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def budget(request: HttpRequest, pk: UUID) -> HttpResponse:
    """`/projects/<id>/budget/`: the project's month; POST sets its standing budget."""
    project = _project(request, pk)
    if request.method != "POST":
        return _drawn(enter(request, project.team), project)
    asker = enter(request, project.team, Act.MANAGE_BUDGETS)
    form = BudgetForm(request.POST, may_allow=may(asker.membership.role, Act.ALLOW_OVERRUN))
    if not form.is_valid():
        return _drawn(asker, project, budget_form=form)
    if set_budget(project, **form.cleaned_data, by=asker.user, request=request):
        messages.success(request, f"The budget of {project.name} is saved.")
    return redirect("credits:budget", pk=project.pk)


@require_POST
def asks(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/projects/<id>/budget/asks/`: ask for more this month."""
    project = _project(request, pk)
    asker = enter(request, project.team, Act.SUBMIT)
    form = BudgetAskForm(request.POST)
    if form.is_valid():
        try:
            asking.ask(project, **form.cleaned_data, by=asker.user, request=request)
        except asking.AskedAlready:
            form.add_error(None, "Your last ask for this month still waits for its decision.")
    if not form.is_valid():
        return _drawn(asker, project, ask_form=form)
    messages.success(request, "Asked. Owners and admins are told.")
    return redirect("credits:budget", pk=project.pk)


@require_POST
def decision(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/budgets/asks/<id>/decision/`: approve or decline."""
    found = BudgetAsk.objects.visible_to(request.user).select_related("project__team", "asked_by")
    asked = get_object_or_404(found, pk=pk)
    asker = enter(request, asked.project.team, Act.MANAGE_BUDGETS)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _drawn(asker, asked.project, status=422)
    approve = form.cleaned_data["decision"] == BudgetAsk.State.APPROVED
    try:
        asking.decide(asked, approve=approve, answer=form.cleaned_data["answer"], by=asker.user, request=request)
    except asking.Lapsed:
        messages.error(request, "Somebody decided this before, or its month is over.")
    else:
        messages.success(request, f"{'Approved' if approve else 'Declined'}.")
    return redirect("credits:budget", pk=asked.project_id)


@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, pk: UUID) -> HttpResponse:
    """`/usage/charges/<job or turn>/correction/`: put the charge of ended work right."""
    found = Entry.objects.visible_to(request.user).select_related("team", "project")
    closing = get_object_or_404(found, subject=pk, kind__in=Entry.CLOSING)
    asker = enter(request, closing.team, Act.CORRECT_LEDGER)
    charged = correcting.charged_for(pk)
    form = CorrectionForm(request.POST or None, initial={"charged": charged, "charged_so_far": charged})
    if request.method == "POST" and form.is_valid():
        try:
            correcting.correct_charge(
                closing,
                form.cleaned_data["charged"],
                seen=form.cleaned_data["charged_so_far"],
                reason=form.cleaned_data["reason"],
                by=asker.user,
                request=request,
            )
        except correcting.ChangedMeanwhile:
            form.add_error("charged", CHANGED)
        else:
            messages.success(request, "The charge is corrected.")
            return redirect("credits:usage")
    lines = Entry.objects.filter(subject=pk).select_related("person").order_by("id")
    context = {"form": form, "closing": closing, "charged": charged, "lines": lines}
    return render(request, "credits/correction.html", context, status=422 if form.is_bound else 200)


def _project(request: HttpRequest, pk: UUID) -> Project:
    return get_object_or_404(Project.objects.visible_to(request.user).select_related("team"), pk=pk)


def _drawn(
    request: TeamRequest,
    project: Project,
    *,
    budget_form: BudgetForm | None = None,
    ask_form: BudgetAskForm | None = None,
    status: int = 0,
) -> HttpResponse:
    standing = budgeting.standing_of(project)
    initial = {"monthly_budget": project.monthly_budget, "may_overrun": project.may_overrun}
    may_allow = may(request.membership.role, Act.ALLOW_OVERRUN)
    context = {
        "project": project,
        "standing": standing,
        "budget_form": budget_form or BudgetForm(initial=initial, may_allow=may_allow),
        "ask_form": ask_form or BudgetAskForm(initial={"credits": _amount(request.GET.get("more", ""))}),
        "asks": project.budget_asks.select_related("asked_by", "decided_by")[:ASKS_SHOWN],
        "earlier": budgeting.earlier_months(project),
    }
    status = status or (422 if budget_form or ask_form else 200)
    return render(request, "credits/budget.html", context, status=status)


def _amount(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else None
