"""Somebody asks for more than the month's budget."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from console.projects.models import Project


class BudgetAskQuerySet(models.QuerySet["BudgetAsk"]):
    """Asks, found through the asker."""

    def visible_to(self, user: Any) -> "BudgetAskQuerySet":
        return self.filter(project__in=Project.objects.visible_to(user))


class BudgetAsk(models.Model):
    """`credits` more for one project and month. Approved, it is added to `Budget.raised`; it lapses with the month."""

    class State(models.TextChoices):
        OPEN = "open", "Asked"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="budget_asks")
    month = models.DateField()
    credits = models.PositiveIntegerField()
    reason = models.CharField(max_length=280)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=280, blank=True)

    objects = BudgetAskQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "month", "asked_by"],
                condition=models.Q(state="open"),
                name="one_open_ask_a_person_and_month",
            )
        ]

    def __str__(self) -> str:
        return f"{self.credits} credits more for {self.project} in {self.month:%Y-%m}"
