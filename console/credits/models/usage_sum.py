"""The sums of DayUsage once more, coarser: what a page of a year reads."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import models

from console.credits.models.day_usage import NOBODY

DIMENSIONS: Final = ("project_id", "person_id", "key_id", "model")
# What a row tells apart, besides its kind: nothing, one thing, two of them, or everything.
SIDES: Final[Mapping[str, tuple[str, ...]]] = {
    "team": (),
    "project": ("project_id",),
    "person": ("person_id",),
    "key": ("key_id",),
    "model": ("model",),
    "project-person": ("project_id", "person_id"),
    "project-key": ("project_id", "key_id"),
    "project-model": ("project_id", "model"),
    "person-key": ("person_id", "key_id"),
    "person-model": ("person_id", "model"),
    "key-model": ("key_id", "model"),
    "all": DIMENSIONS,
}
# Day by day: DayUsage tells everything apart, and little of it is of one project, person or model; much is of one key.
DAY_SIDES: Final = ("team", "project", "person", "key", "model", "project-key", "person-key", "key-model")
NOT_TOLD: Final[Mapping[str, Any]] = {"project_id": NOBODY, "person_id": NOBODY, "key_id": NOBODY, "model": ""}


class UsageSum(models.Model):
    """The sums of a day or a month by one side. What the side does not tell apart holds NOT_TOLD.

    Month by month there is a row for every side, day by day for DAY_SIDES. Figures as in DayUsage; both are written in
    the same transaction.
    """

    class Grain(models.TextChoices):
        DAY = "day", "Day"
        MONTH = "month", "Month"

    id = models.BigAutoField(primary_key=True)
    team_id = models.UUIDField()
    grain = models.CharField(max_length=5, choices=Grain.choices)
    side = models.CharField(max_length=14)
    start = models.DateField()
    project_id = models.UUIDField(default=NOBODY)
    person_id = models.UUIDField(default=NOBODY)
    key_id = models.UUIDField(default=NOBODY)
    model = models.CharField(max_length=120, blank=True)
    media_kind = models.CharField(max_length=16)
    asked = models.PositiveIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    ended = models.BigIntegerField(default=0)
    charged = models.BigIntegerField(default=0)
    charged_failed = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "team_id", "grain", "side", "start", "project_id", "person_id", "key_id", "model", "media_kind",
                ],
                name="one_sum_a_side",
            )
        ]  # fmt: skip
        # The constraint's index serves all of a few days; this one few of all days, such as a year of one project.
        indexes = [
            models.Index(
                fields=[
                    "team_id", "grain", "side", "project_id", "person_id", "key_id", "model", "start", "media_kind",
                ],
                name="sum_of_a_place",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.charged} credits in the {self.grain} from {self.start}, by {self.side}"
