"""What a day cost, rolled up, so that a year of usage opens fast."""

import uuid
from typing import Final

from django.db import models

from console.credits.models.entry import Entry

# Stands for "no person" in a roll-up: a unique constraint does not hold two NULLs together.
NOBODY: Final = uuid.UUID(int=0)


class DayUsage(models.Model):
    """The sums of all rolled-up lines of one day that share project, person, key, model and kind.

    `asked` counts subjects; `reserved` sums what was held (Rivya's figure once accepted), open or not; `ended` is the
    part of it that is closed, so that `reserved - ended` is still held. `charged` includes corrections, and
    `charged_failed` is the part of it that paid for work that failed; `returned` is what was held and not charged.
    """

    id = models.BigAutoField(primary_key=True)
    team_id = models.UUIDField()
    project_id = models.UUIDField()
    key_id = models.UUIDField()
    account_id = models.UUIDField()
    person_id = models.UUIDField(default=NOBODY)
    model = models.CharField(max_length=120)
    media_kind = models.CharField(max_length=16)
    day = models.DateField()
    month = models.DateField()
    asked = models.PositiveIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    ended = models.BigIntegerField(default=0)
    charged = models.BigIntegerField(default=0)
    charged_failed = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team_id", "day", "project_id", "key_id", "person_id", "model", "media_kind"],
                name="one_usage_a_day",
            )
        ]
        indexes = [
            models.Index(fields=["team_id", "project_id", "day"], name="usage_project"),
            models.Index(fields=["team_id", "person_id", "day"], name="usage_person"),
            models.Index(fields=["team_id", "model", "day"], name="usage_model"),
            models.Index(fields=["team_id", "project_id", "person_id", "day"], name="usage_project_person"),
            models.Index(fields=["team_id", "project_id", "model", "day"], name="usage_project_model"),
            models.Index(fields=["team_id", "person_id", "model", "day"], name="usage_person_model"),
        ]

    def __str__(self) -> str:
        return f"{self.charged} credits on {self.day}"


class Unrolled(models.Model):
    """A line that no DayUsage counts yet: written with the line, removed in the transaction that counts it."""

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="unrolled")

    def __str__(self) -> str:
        return f"Line {self.pk}"
