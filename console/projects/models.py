"""Projects: one product moment each, with one key, a default model and a budget."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from console.keys.models import Key
from console.teams.models import Membership, Team


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects, found through the asker."""

    def visible_to(self, user: Any) -> "ProjectQuerySet":
        """Those that the person may see, of all their teams. Every room finds its rows through these."""
        mine = Membership.objects.active().filter(user=user)
        teams = mine.seeing_all().values("team")
        named = ProjectMember.objects.filter(membership__in=mine).values("project")
        return self.filter(models.Q(team__in=teams) | models.Q(pk__in=named))

    def seen_by(self, membership: Membership) -> "ProjectQuerySet":
        """Those of the membership's team that it sees."""
        own = self.filter(team=membership.team_id)
        return own if membership.sees_all else own.filter(members__membership=membership)

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
    """A person who is not in all projects of the team sees this one. `console.projects.membership` writes them."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="project_members")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "project"], name="once_in_a_project")]

    def __str__(self) -> str:
        return f"{self.membership_id} in {self.project_id}"


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
