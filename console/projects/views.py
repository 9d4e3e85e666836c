"""The pages of projects."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console.audit.recording import record
from console.keys.models import Key
from console.projects.budget_history import keep_budget
from console.projects.forms import ProjectForm
from console.projects.models import Project
from console.teams.access import Act, TeamRequest, enter, in_team

TRACKED = ("name", "purpose", "default_model", "monthly_budget")


@require_GET
@in_team()
def index(request: TeamRequest) -> HttpResponse:
    """All projects of the team; archived ones below."""
    projects = Project.objects.seen_by(request.membership).select_related("key")
    context = {"open": [p for p in projects if not p.archived_at], "archived": [p for p in projects if p.archived_at]}
    return render(request, "projects/index.html", context)


@require_http_methods(["GET", "POST"])
@in_team(Act.MANAGE_PROJECTS)
def new(request: TeamRequest) -> HttpResponse:
    """Make a project."""
    form = ProjectForm(request.POST or None, team=request.team, initial=_first_key(request))
    form.instance.created_by = request.user
    if request.method == "POST" and form.is_valid() and _saved(request, form, "project.created"):
        messages.success(request, f"{form.instance.name} is ready.")
        return redirect("projects:show", form.instance.pk)
    return render(request, "projects/edit.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
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
    form = ProjectForm(request.POST or None, instance=project, team=project.team)
    if request.method == "POST" and form.is_valid() and _saved(asker, form, "project.changed"):
        messages.success(request, f"{project.name} is saved.")
        return redirect("projects:show", project.pk)
    return render(
        request, "projects/edit.html", {"form": form, "project": project}, status=422 if form.is_bound else 200
    )


@require_POST
def archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a project away, or bring it back. Nothing is deleted; open jobs go on."""
    project = _found(request, pk)
    asker = enter(request, project.team, Act.MANAGE_PROJECTS)
    away = project.archived_at is None
    with transaction.atomic():
        Project.objects.filter(pk=project.pk).update(archived_at=timezone.now() if away else None)
        record(
            "project.archived" if away else "project.restored",
            project,
            team_id=project.team_id,
            actor=asker.user,
            before={"archived": not away},
            after={"archived": away},
            request=request,
        )
    messages.success(request, f"{project.name} is {'archived' if away else 'open again'}.")
    return redirect("projects:index" if away else "projects:show", *([] if away else [project.pk]))


@require_GET
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


def _saved(asker: TeamRequest, form: ProjectForm, act: str) -> bool:
    """Save and record; False, with the error in the form, when somebody took the name since the form looked."""
    try:
        with transaction.atomic():
            known = Project.objects.select_for_update(no_key=True).filter(pk=form.instance.pk).first()
            before = _facts(known) if known else {}
            project = form.save()
            if known is not None:
                keep_budget(project, known.monthly_budget)
            if before != (after := _facts(project)):
                facts = {"before": before, "after": after}
                record(act, project, team_id=project.team_id, actor=asker.user, request=asker, **facts)
    except IntegrityError:
        form.add_error("name", ProjectForm.TAKEN)
        return False
    return True


def _facts(project: Project) -> dict[str, Any]:
    return {name: getattr(project, name) for name in TRACKED} | {"key": str(project.key) if project.key else None}


def _first_key(request: TeamRequest) -> dict[str, object]:
    return {"key": Key.objects.filter(team=request.team).usable().order_by("created_at").first()}
