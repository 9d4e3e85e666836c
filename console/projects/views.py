"""The pages of projects."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.keys.models import Key
from console.projects import saving
from console.projects.archiving import archive_project, reopen_project
from console.projects.forms import NewProjectForm, ProjectForm
from console.projects.models import Project
from console.teams.access import Act, TeamRequest, enter, in_team


@require_safe
@in_team()
def index(request: TeamRequest) -> HttpResponse:
    """All projects of the team; archived ones below."""
    projects = Project.objects.seen_by(request.membership).select_related("key")
    context = {"open": [p for p in projects if not p.archived_at], "archived": [p for p in projects if p.archived_at]}
    return render(request, "projects/index.html", context)


@require_http_methods(["GET", "POST"])
@in_team(Act.MANAGE_PROJECTS)
def new(request: TeamRequest) -> HttpResponse:
    """Make a project. It names a budget, or none, which is no limit: so it takes what setting one takes."""
    if request.method == "POST":
        enter(request, request.team, Act.MANAGE_BUDGETS)
    form = NewProjectForm(request.POST or None, team=request.team, initial=_first_key(request))
    if form.is_valid() and saving.make(form, request):
        messages.success(request, f"{form.instance.name} is ready.")
        return redirect("projects:show", form.instance.pk)
    return render(request, "projects/edit.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One project: what it is for, what it may spend, and its work."""
    project = _found(request, pk)
    enter(request, project.team)
    return render(request, "projects/show.html", {"project": project})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a project."""
    project = _found(request, pk)
    asker = enter(request, project.team, Act.MANAGE_PROJECTS)
    form = ProjectForm(instance=project, team=project.team)
    if request.method == "POST":
        form = saving.change(project, asker)
        if form.is_valid():
            messages.success(request, f"{form.instance.name} is saved.")
            return redirect("projects:show", project.pk)
    return render(
        request, "projects/edit.html", {"form": form, "project": project}, status=422 if form.is_bound else 200
    )


@require_POST
def archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """`archived` 1 puts a project away, 0 brings it back: asked twice, it stays so."""
    project = _found(request, pk)
    asker = enter(request, project.team, Act.MANAGE_PROJECTS)
    away = request.POST.get("archived", "1") != "0"
    (archive_project if away else reopen_project)(project, by=asker.user, request=asker)
    messages.success(request, f"{project.name} is {'archived' if away else 'open again'}.")
    return redirect("projects:index" if away else "projects:show", *([] if away else [project.pk]))


@require_safe
def using_key(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A fragment for the page of a key: the projects that use it."""
    key = get_object_or_404(Key.objects.visible_to(request.user).select_related("team"), pk=pk)
    entered = enter(request, key.team)
    projects = Project.objects.seen_by(entered.membership).filter(key=key).order_by("archived_at", "name")
    return render(request, "projects/_using_key.html", {"projects": projects})


def _found(request: HttpRequest, pk: UUID) -> Project:
    return get_object_or_404(
        Project.objects.visible_to(request.user).select_related("team", "key", "created_by"), pk=pk
    )


def _first_key(request: TeamRequest) -> dict[str, object]:
    return {"key": Key.objects.filter(team=request.team).usable().order_by("created_at").first()}
