"""Projects: one product moment each, with one key, a default model and a budget."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from console.keys.models import Key
from console.teams.belonging import member
from console.teams.models import Membership, Role, Team


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects, found through the asker."""

    def visible_to(self, user: Any) -> "ProjectQuerySet":
        """Of a member or viewer who is let into some projects only, those; owners and admins look after all."""
        mine = Membership.objects.filter(team=models.OuterRef("team"), user=user)
        everywhere = mine.filter(models.Q(all_projects=True) | models.Q(role__in=[Role.OWNER, Role.ADMIN]))
        chosen = ProjectMember.objects.filter(project=models.OuterRef("pk"), membership__user=user)
        let_in = models.Exists(everywhere) | models.Exists(chosen)
        return self.filter(let_in, member(user))

    def open(self) -> "ProjectQuerySet":
        return self.filter(archived_at=None)


class Project(models.Model):
    """`monthly_budget` is in credits; none means no limit of our own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=280)
    key = models.ForeignKey(Key, null=True, blank=True, on_delete=models.PROTECT, related_name="projects")
    default_model = models.CharField(max_length=120, blank=True)
    monthly_budget = models.PositiveIntegerField(null=True, blank=True)
    may_overrun = models.BooleanField(default=False)  # an owner lets work go on past the budget; shown wherever it is
    keep_results_days = models.PositiveIntegerField(null=True, editable=False)  # none: for ever (`console/retention`)
    keep_chats_days = models.PositiveIntegerField(null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="project_name_in_team")]

    def __str__(self) -> str:
        return self.name


class ProjectMember(models.Model):
    """A project that a member who is not let into all of them (`Membership.all_projects`) may enter."""

    id = models.BigAutoField(primary_key=True)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="project_members")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="project_members")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "project"], name="once_in_a_project")]

    def __str__(self) -> str:
        return f"{self.membership}: {self.project}"


class StandingBudget(models.Model):
    """The monthly budget of a project from a month on, until the next row; none means no limit of our own.

    A project whose budget never changed has no row. `console.projects.budget_history` writes and reads them.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="standing_budgets")
    since = models.DateField()  # the first of a month, in the team's zone of then
    credits = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["since"]
        constraints = [models.UniqueConstraint(fields=["project", "since"], name="one_standing_budget_a_month")]

    def __str__(self) -> str:
        return f"{self.project}: {self.credits} credits a month from {self.since:%Y-%m}"
