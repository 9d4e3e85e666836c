"""Filters of the desk that a team has given a name."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from console.teams.models import Membership, Team


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Views, found through the asker."""

    def visible_to(self, user: Any) -> "SavedViewQuerySet":
        return self.filter(team__in=Membership.objects.seeing_all().filter(user=user).values("team"))


class SavedView(models.Model):
    """`query` is the address's query, without its page."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="failure_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=600)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="one_failure_view_a_name")]

    def __str__(self) -> str:
        return self.name
