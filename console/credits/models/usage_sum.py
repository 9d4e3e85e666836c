"""The sums of DayUsage once more, coarser: what a page of a year reads."""

from typing import Final

from django.db import models

from console.credits.models.day_usage import NOBODY

# What a row tells apart, besides its kind: one thing, or everything.
SIDES: Final = {
    "project": ("project_id",),
    "person": ("person_id",),
    "key": ("key_id",),
    "model": ("model",),
    "all": ("project_id", "person_id", "key_id", "model"),
}
DIMENSIONS: Final = SIDES["all"]


class UsageSum(models.Model):
    """The sums of a day or a month by one side. What the side does not tell apart holds NOBODY, or no model.

    Day by day there is one row for each project, person, key and model; DayUsage itself tells everything apart. Month
    by month there is also that. Figures as in DayUsage; both are written in the same transaction.
    """

    class Grain(models.TextChoices):
        DAY = "day", "Day"
        MONTH = "month", "Month"

    id = models.BigAutoField(primary_key=True)
    team_id = models.UUIDField()
    grain = models.CharField(max_length=5, choices=Grain.choices)
    side = models.CharField(max_length=7)
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

    def __str__(self) -> str:
        return f"{self.charged} credits in the {self.grain} from {self.start}, by {self.side}"
