"""What the frame of every page needs to know about projects."""

from typing import Any

from django.http import HttpRequest

from console.projects.models import Project


def projects(request: HttpRequest) -> dict[str, Any]:
    """`my_projects`: the open projects of the current team, for the switcher and the forms."""
    team = getattr(request, "team", None)
    return {"my_projects": Project.objects.visible_to(request.user).open().filter(team=team)} if team else {}
