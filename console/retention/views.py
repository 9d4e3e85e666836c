"""The pages of what goes: a project's days, and the end of the demo team."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from console.projects.models import Project
from console.retention import demo as ending
from console.retention import keeping
from console.retention.forms import DaysForm, RemovalForm
from console.retention.keeping import Days
from console.teams.access import Act, TeamRequest, enter, in_team
from console.teams.which_team import SESSION_TEAM


@require_http_methods(["GET", "POST"])
def project(request: HttpRequest, pk: UUID) -> HttpResponse:
    """`/projects/<id>/retention/`: POST shows what would go; with that preview read, it saves."""
    found = get_object_or_404(Project.objects.visible_to(request.user).select_related("team"), pk=pk)
    asker = enter(request, found.team, Act.MANAGE_RETENTION)
    days = Days.of(found)
    if request.method == "GET":
        form = DaysForm(initial={"results": days.results, "chats": days.chats})
        preview = keeping.preview(found, days) if days != Days(None, None) else None
        return render(asker, "retention/project.html", {"form": form, "project": found, "standing": preview})
    form = DaysForm(request.POST)
    if not form.is_valid():
        return render(asker, "retention/project.html", {"form": form, "project": found}, status=422)
    if keeping.is_shorter(days, form.days) and not form.is_seen:
        preview = keeping.preview(found, form.days)
        return render(asker, "retention/project.html", {"form": form, "project": found, "preview": preview})
    keeping.keep(found, form.days, by=asker.user, request=asker)
    messages.success(request, f"{found.name} keeps results and chats as you said.")
    return redirect("retention:project", pk=found.pk)


@require_safe
@in_team(Act.MANAGE_RETENTION)
def projects(request: TeamRequest) -> HttpResponse:
    """A fragment for the team's settings: each project with its days."""
    found = Project.objects.filter(team=request.team).order_by("archived_at", "name")
    return render(request, "retention/_projects.html", {"projects": found})


@require_http_methods(["GET", "POST"])
@in_team(Act.REMOVE_DEMO)
def demo(request: TeamRequest) -> HttpResponse:
    """`/team/removal/`: what the demo team has, and its end once its name is typed."""
    team = request.team
    if not team.is_demo:
        raise Http404("Only a demo team can be removed here.")
    form = RemovalForm(request.POST or None, team=team)
    if request.method == "POST" and form.is_valid():
        if ending.remove_demo(team, by=request.user, request=request):
            messages.success(request, f"{team.name} is removed.")
        request.session.pop(SESSION_TEAM, None)
        return redirect("home")
    context = {
        "form": form,
        "has": ending.holdings(team),
        "begins_anew": not ending.belongs_elsewhere(request.user, team),
    }
    return render(request, "retention/demo.html", context, status=422 if form.is_bound else 200)
