"""Who sees a project, for owners and admins: everybody, or those who were let in."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from console.projects.membership import let_in, shut_out
from console.projects.models import Project
from console.teams.access import Act, enter
from console.teams.models import SEES_ALL, Membership


class PlaceForm(forms.Form):
    """One person in some projects, and whether this one is to be among them."""

    membership = forms.ModelChoiceField(
        queryset=Membership.objects.none(),
        error_messages={"invalid_choice": "This person sees every project, or is no longer in the team."},
    )
    sees = forms.TypedChoiceField(choices=[("yes", "Sees it"), ("no", "Does not")], coerce=lambda given: given == "yes")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limited = Membership.objects.filter(team=project.team_id, all_projects=False).exclude(role__in=SEES_ALL)
        field = self.fields["membership"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type
        field.queryset = limited.select_related("user", "team")


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, pk: UUID) -> HttpResponse:
    """`/projects/<id>/people/`: who sees it; POST lets one person in, or out again."""
    project = get_object_or_404(Project.objects.visible_to(request.user).select_related("team"), pk=pk)
    asker = enter(request, project.team, Act.MANAGE_PEOPLE)
    form = PlaceForm(request.POST if request.method == "POST" else None, project=project)
    if form.is_valid():
        member, sees = form.cleaned_data["membership"], form.cleaned_data["sees"]
        (let_in if sees else shut_out)(member, project, actor=asker.user, request=asker)
        words = "now sees" if sees else "no longer sees"
        messages.success(request, f"{member.user.display_name} {words} {project.name}.")
        return redirect("projects:people", project.pk)
    context = {"project": project, "form": form, **_whose(project)}
    return render(asker, "projects/people.html", context, status=422 if form.is_bound else 200)


def _whose(project: Project) -> dict[str, list[Membership]]:
    """The team's members: who sees every project, who was let into this one, and who was not."""
    members = Membership.objects.filter(team=project.team_id).select_related("user").order_by("user__name", "pk")
    inside = set(project.members.values_list("membership", flat=True))
    return {
        "everywhere": [each for each in members if each.sees_all],
        "let_in": [each for each in members if not each.sees_all and each.pk in inside],
        "left_out": [each for each in members if not each.sees_all and each.pk not in inside],
    }
