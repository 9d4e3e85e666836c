"""Why jobs fail: one row a team, code, model and kind of message, with its sums."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from console.teams.access import MAY, Act
from console.teams.models import Membership, MembershipQuerySet, Team

NOBODY = uuid.UUID(int=0)  # a person who is gone, in a column that must tell rows apart


def carers() -> MembershipQuerySet:
    """Members who may look after causes now."""
    return Membership.objects.seeing_all().filter(role__in=MAY[Act.MEND_FAILURES])


class CauseQuerySet(models.QuerySet["Cause"]):
    """Causes, found through the asker. One whose jobs have all come right is kept, and not shown."""

    def visible_to(self, user: Any) -> "CauseQuerySet":
        """A cause groups the jobs of several projects: it is for those who see all of them."""
        return self.filter(team__in=Membership.objects.seeing_all().filter(user=user).values("team"))

    def standing(self) -> "CauseQuerySet":
        """Those that have failures."""
        return self.filter(count__gt=0)

    def unattended(self) -> "CauseQuerySet":
        """Those that wait for somebody: nobody has them, or somebody who may not look after them any more."""
        attended = carers().filter(team=models.OuterRef("team"), user=models.OuterRef("assigned_to"))
        return self.standing().filter(~models.Exists(attended), state__in=Cause.NEEDS_SOMEBODY)


class Cause(models.Model):
    """The sums are kept by `grouping`; the state is people's, and changes by conditional updates only."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ASSIGNED = "assigned", "Assigned"
        RESOLVED = "resolved", "Resolved"
        IGNORED = "ignored", "Ignored"

    NEEDS_SOMEBODY: ClassVar = (State.OPEN, State.ASSIGNED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="causes")
    code = models.CharField(max_length=100)
    model = models.CharField(max_length=120)
    model_name = models.CharField(max_length=200)
    message = models.CharField(max_length=300, blank=True)  # normalised

    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="causes_assigned"
    )
    closed_at = models.DateTimeField(null=True)  # when it was resolved or ignored: what fails later brings it back
    ignored_until = models.DateTimeField(null=True)
    ignored_to_count = models.PositiveIntegerField(null=True)  # of all its failures
    ignored_a_day = models.PositiveIntegerField(null=True)  # more than this in a day bring it back
    returns = models.PositiveIntegerField(default=0)

    count = models.PositiveIntegerField(default=0)
    charged = models.PositiveBigIntegerField(default=0)
    returned = models.PositiveBigIntegerField(default=0)
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)

    objects = CauseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "code", "model", "message"], name="one_cause_a_kind_of_message")
        ]
        indexes = [
            models.Index(
                fields=["team", "-last_seen_at", "-id"], condition=models.Q(count__gt=0), name="cause_team_recent"
            ),
            models.Index(
                fields=["team", "state", "-last_seen_at", "-id"],
                condition=models.Q(count__gt=0),
                name="cause_team_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} on {self.model_name}"

    @property
    def is_closed(self) -> bool:
        return self.state in (self.State.RESOLVED, self.State.IGNORED)

    @property
    def state_when_open(self) -> State:
        """What opening it makes of it: one that was ignored is still whose it was."""
        return self.State.ASSIGNED if self.assigned_to_id else self.State.OPEN


class CauseDay(models.Model):
    """How many failures of a cause fell on a day, in the team's zone."""

    id = models.BigAutoField(primary_key=True)
    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cause", "day"], name="one_sum_a_cause_and_day")]

    def __str__(self) -> str:
        return f"{self.count} on {self.day}"


class CauseShare(models.Model):
    """How many failures of a cause were one person's in one project."""

    id = models.BigAutoField(primary_key=True)
    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, related_name="shares")
    project_id = models.UUIDField()
    person_id = models.UUIDField(default=NOBODY)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause", "project_id", "person_id"], name="one_sum_a_cause_and_person")
        ]

    def __str__(self) -> str:
        return f"{self.count} in {self.project_id}"
