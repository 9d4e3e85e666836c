"""What the frame of every page needs to know about projects."""

from typing import Any

from django.http import HttpRequest

from console.projects.models import Project


def projects(request: HttpRequest) -> dict[str, Any]:
    """`my_projects`: the open projects of the current team that the person sees, for the switcher and the forms."""
    membership = getattr(request, "membership", None)
    return {"my_projects": Project.objects.seen_by(membership).open()} if membership else {}
