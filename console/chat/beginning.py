"""A new conversation: project, model, first question."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from console.catalogue.models import CatalogueModel
from console.catalogue.picking import Group
from console.chat.asking import Question
from console.chat.choosing import chosen_files
from console.chat.forms import AskForm, Composer
from console.chat.models import Conversation, Turn
from console.files.models import ReferenceFile
from console.projects.models import Project
from console.projects.reach import within
from console.teams.access import Act, TeamRequest, enter
from console.teams.which_team import membership_of_page
from console.ui.problems import Problem


@dataclass(frozen=True)
class Draft:
    """A question that passed every check of ours."""

    question: Question
    files: list[ReferenceFile]
    form: AskForm


def read(request: HttpRequest) -> Draft | HttpResponseBase:
    """The posted form as a draft, or the page that says what is wrong with it."""
    entered, project = _place(request, request.POST)
    if entered is None:
        return redirect("teams:none")
    model = _model(request.POST, project)
    if project is None or model is None:
        return _drawn(entered, project, model, None, None, 422)
    composer = Composer(model, project, _capabilities(model), _blocked(model, project))
    form = AskForm(composer, request.POST)
    files, lost = chosen_files(project, request.POST.getlist("reference"), composer.max_files)
    if lost:
        form.add_error(None, lost)
    if not form.is_valid() or lost:
        return _drawn(entered, project, model, form, None, 422)
    question = Question(
        submission=form.cleaned_data["submission"],
        project=project,
        person=entered.user,
        model=model,
        text=form.cleaned_data["message"],
        controls=form.controls,
    )
    return Draft(question, files, form)


def draw(request: HttpRequest, form: AskForm | None = None, problem: Problem | None = None) -> HttpResponseBase:
    """The page, with what was asked for by its address, or by the form that did not pass."""
    told = request.POST if form else request.GET
    entered, project = _place(request, told)
    if entered is None:
        return redirect("teams:none")
    return _drawn(entered, project, _model(told, project), form, problem, problem.status if problem else 200)


def _drawn(
    request: TeamRequest,
    project: Project | None,
    model: CatalogueModel | None,
    form: AskForm | None,
    problem: Problem | None,
    status: int,
) -> HttpResponse:
    composer = Composer(model, project, _capabilities(model)) if project else None
    told = request.POST if request.method == "POST" else request.GET
    if form is None and composer is not None:
        form = AskForm(composer, message=told.get("message") or told.get("text") or _asked_before(request, told))
    named = told.getlist("reference") or told.getlist("file")
    files = chosen_files(project, named, composer.max_files)[0] if project and composer else []
    context: dict[str, Any] = {
        "projects": list(Project.objects.seen_by(request.membership).open()),
        "project": project,
        "groups": [Group("Chat", list(_models()))],
        "model": model,
        "form": form,
        "composer": composer,
        "files": files,
        "problem": problem,
    }
    return render(request, "chat/new.html", context, status=status)


def _asked_before(request: TeamRequest, told: QueryDict) -> str:
    """The question of the named turn, however long: an address holds no long text."""
    named = _uuid(told.get("turn", ""))
    turn = Turn.objects.visible_to(request.user).filter(pk=named).first() if named else None
    return turn.question if turn else ""


def _place(request: HttpRequest, told: QueryDict) -> tuple[TeamRequest | None, Project | None]:
    """The named project and its team; else the current team and its project that chatted last."""
    if name := told.get("project"):
        project = get_object_or_404(
            Project.objects.visible_to(request.user).select_related("team", "key"), pk=_uuid(name)
        )
        return enter(request, project.team, Act.SUBMIT), project
    membership = membership_of_page(request)
    if membership is None:
        return None, None
    entered = enter(request, membership.team, Act.SUBMIT)
    mine = Conversation.objects.filter(within(entered.membership), team=entered.team, project__archived_at=None)
    last = mine.select_related("project__key").order_by("-last_turn_at").first()
    open_ones = Project.objects.seen_by(entered.membership).open().select_related("team", "key")
    return entered, last.project if last else open_ones.first()


def _model(told: QueryDict, project: Project | None) -> CatalogueModel | None:
    """The named model; else the one of the project's last conversation; else the first that can be asked."""
    if name := told.get("model", "").replace("\0", ""):  # PostgreSQL takes no NUL
        return CatalogueModel.objects.filter(pk=name, category="chat").first()
    last = Conversation.objects.filter(project=project).order_by("-last_turn_at").first() if project else None
    usual = _models().filter(pk=last.model).first() if last else None
    return usual or _models().first()


def _models() -> "QuerySet[CatalogueModel]":
    return CatalogueModel.objects.listed().filter(category="chat", api_status="available").order_by("display_name")


def _blocked(model: CatalogueModel, project: Project) -> str:
    if model.gone_at is not None or model.api_status != "available":
        return f"{model} cannot be asked."
    return "The project is archived." if project.archived_at is not None else ""


def _capabilities(model: CatalogueModel | None) -> dict[str, Any]:
    told = model.raw.get("chat_capabilities") if model else None
    return told if isinstance(told, dict) else {}


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
