"""Which projects a member or viewer sees, for owners and admins: all of the team's, or the chosen ones."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from console.projects.membership import limit, open_to_all
from console.projects.models import Project
from console.teams.access import Act, enter
from console.teams.models import SEES_ALL, Membership, Team


class ReachForm(forms.Form):
    """All projects, or the ticked ones; what is ticked counts for the second alone."""

    sees = forms.ChoiceField(choices=[("all", "All projects"), ("some", "Some projects")])
    projects = forms.ModelMultipleChoiceField(
        queryset=Project.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": "A project that was chosen is no longer there.",
            "invalid_pk_value": "What was chosen is no project.",
        },
    )

    def __init__(self, data: Any = None, *, theirs: Membership) -> None:
        held = list(theirs.project_members.values_list("project", flat=True))
        super().__init__(data, initial={"sees": "all" if theirs.all_projects else "some", "projects": held})
        open_first = F("archived_at").asc(nulls_first=True)
        self.team_projects = Project.objects.filter(team=theirs.team_id).order_by(open_first, "name")
        field = self.fields["projects"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - tells the type
        field.queryset = self.team_projects

    @property
    def ticked(self) -> set[str]:
        """The ids that the page shows as chosen."""
        return {str(pk) for pk in self["projects"].value() or []}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("sees") == "some" and not given.get("projects") and "projects" not in self.errors:
            self.add_error("projects", "Choose at least one project, or all of them.")
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, pk: UUID) -> HttpResponse:
    """`/people/<id>/projects/`: all of the team's projects, or some of them."""
    found = Membership.objects.filter(team__in=Team.objects.visible_to(request.user)).select_related("user", "team")
    theirs = get_object_or_404(found, pk=pk)
    asker = enter(request, theirs.team, Act.MANAGE_PEOPLE)
    name = theirs.user.display_name
    if theirs.role in SEES_ALL:
        messages.info(request, f"{name} is {theirs.get_role_display().lower()}, and sees every project.")
        return redirect("teams:people")
    form = ReachForm(request.POST if request.method == "POST" else None, theirs=theirs)
    if form.is_valid():
        chosen = list(form.cleaned_data["projects"])
        if form.cleaned_data["sees"] == "all":
            open_to_all(theirs, actor=asker.user, request=asker)
            messages.success(request, f"{name} sees all projects.")
        else:
            limit(theirs, chosen, actor=asker.user, request=asker)
            messages.success(request, f"{name} sees {len(chosen)} project{'' if len(chosen) == 1 else 's'}.")
        return redirect("teams:people")
    return render(asker, "projects/member.html", {"form": form, "theirs": theirs}, status=422 if form.is_bound else 200)
