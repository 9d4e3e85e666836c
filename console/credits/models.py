"""The ledger's rows. Credits are integers; Rivya's `reserved` and `final` figures are the only prices."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from console.keys.models import Account, Key
from console.projects.models import Project
from console.teams.models import Team


class EntryQuerySet(models.QuerySet["Entry"]):
    """Lines of the ledger, and their sums."""

    def visible_to(self, user: Any) -> "EntryQuerySet":
        return self.filter(team__memberships__user=user)

    def charged(self) -> int:
        return self.filter(kind=Entry.Kind.SETTLE).aggregate(total=models.Sum("credits"))["total"] or 0

    def held(self) -> int:
        """Credits reserved and neither settled nor released yet."""
        closed = Entry.objects.filter(subject=models.OuterRef("subject"), kind__in=Entry.CLOSING)
        still_open = self.filter(kind=Entry.Kind.RESERVE).filter(~models.Exists(closed))
        return still_open.aggregate(total=models.Sum("credits"))["total"] or 0


class Entry(models.Model):
    """One line of the append-only ledger. A subject (a job or a chat turn) is reserved once and closed once."""

    class Kind(models.TextChoices):
        RESERVE = "reserve", "Reserved"
        SETTLE = "settle", "Charged"
        RELEASE = "release", "Released"

    CLOSING = (Kind.SETTLE, Kind.RELEASE)

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="entries")
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    credits = models.PositiveIntegerField()
    subject = models.UUIDField()
    subject_kind = models.CharField(max_length=8)  # "job" or "turn"
    model = models.CharField(max_length=120)
    media_kind = models.CharField(max_length=16)
    month = models.DateField()  # first day of the month, in the team's zone, that the reservation belongs to

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind"], name="entry_once_a_kind"),
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(kind__in=["settle", "release"]), name="entry_closed_once"
            ),
        ]
        indexes = [
            models.Index(fields=["team", "-id"], name="entry_team"),
            models.Index(fields=["project", "month", "kind"], name="entry_project_month"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.credits} for {self.subject_kind} {self.subject}"


class Budget(models.Model):
    """A project's month. `committed` = charged + held of that month; changed only in the transaction of an Entry."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="budgets")
    month = models.DateField()
    committed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "month"], name="one_budget_a_month")]

    def __str__(self) -> str:
        return f"{self.project} {self.month:%Y-%m}"
