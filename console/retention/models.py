"""Where each project's removal stands, and which demo teams are being removed."""

from django.db import models

from console.projects.models import Project
from console.teams.models import Team


class Sweep(models.Model):
    """One row a project that keeps something for some days only. `due_at` is when the worker looks again.

    The counts are those of the sweep that goes on, written with what they count; its line in the audit log takes them
    and they begin anew.
    """

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField(db_index=True)
    results = models.PositiveIntegerField(default=0)
    size_bytes = models.PositiveBigIntegerField(default=0)
    conversations = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"removal in {self.project_id}"


class TeamRemoval(models.Model):
    """A team that its owner removed; `cleared_at` is when the last of what goes was gone."""

    team = models.OneToOneField(Team, primary_key=True, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    cleared_at = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        return f"removal of {self.team_id}"
