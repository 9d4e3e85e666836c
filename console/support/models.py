"""What lets support look at what is a team's own: a typed reason, for half an hour, before everybody's eyes."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from console.teams.belonging import member
from console.teams.models import Team, User

LASTS = timedelta(minutes=30)


def half_an_hour_from_now() -> datetime:
    """When an opening of this moment ends."""
    return timezone.now() + LASTS


class OpeningQuerySet(models.QuerySet["Opening"]):
    """Openings, found through the team's people or by who holds them."""

    def visible_to(self, user: Any) -> "OpeningQuerySet":
        return self.filter(member(user))

    def open(self) -> "OpeningQuerySet":
        return self.filter(ended_at=None, until__gt=timezone.now())

    def held_by(self, staff: Any) -> "OpeningQuerySet":
        """The open ones of somebody who still is of the staff."""
        return self.open().filter(staff=staff, staff__is_staff=True, staff__is_active=True)


class Opening(models.Model):
    """One person of the staff may read one team's private content until then. The team reads the reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="openings")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="openings")
    reason = models.CharField(max_length=280)
    created_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(default=half_an_hour_from_now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = OpeningQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["team", "-created_at", "-id"], name="opening_team"),
            models.Index(fields=["staff", "-until"], name="opening_staff"),
        ]

    def __str__(self) -> str:
        return f"{self.team} to {self.staff}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.until > timezone.now()

    @property
    def is_over_early(self) -> bool:
        """Whether somebody ended it before its time."""
        return self.ended_at is not None


class Viewing(models.Model):
    """A person of the staff sees the console as one member of an opened team sees it, and changes nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    opening = models.ForeignKey(Opening, on_delete=models.CASCADE, related_name="viewings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.person} seen by {self.opening.staff}"

    @classmethod
    def find(cls, name: str, staff: Any) -> "Viewing | None":
        """The open one of this name, if it is theirs and still shows nothing but what they have opened."""
        openings = Opening.objects.held_by(staff) if staff.is_authenticated else Opening.objects.none()
        mine = cls._named(name, staff).filter(ended_at=None, opening__in=openings, person__is_active=True)
        viewing = mine.select_related("person", "opening__team", "opening__staff").first()
        return viewing if viewing and not closed_teams_of(viewing.person, staff) else None

    @classmethod
    def over(cls, name: str, staff: Any) -> "Viewing | None":
        """One of this name that was theirs, and shows nothing any more. Ask `find` first."""
        return cls._named(name, staff).select_related("person", "opening__team", "opening__ended_by").first()

    @classmethod
    def _named(cls, name: str, staff: Any) -> "models.QuerySet[Viewing]":
        """At most one, of somebody who still is of the staff; none for a name that makes no sense."""
        if not (staff.is_authenticated and staff.is_active and staff.is_staff):
            return cls.objects.none()
        try:
            return cls.objects.filter(pk=uuid.UUID(name), opening__staff=staff)
        except ValueError:
            return cls.objects.none()

    @property
    def why_over(self) -> str:
        """As far as is known, in words that follow a colon."""
        opening = self.opening
        if opening.is_over_early:
            return f"{opening.ended_by or 'somebody'} ended the opening of {opening.team}"
        if not opening.is_open:
            return f"the half hour of the opening of {opening.team} is over"
        return "it was ended, or the person is no longer somebody you may see as"

    def is_still_open(self) -> bool:
        """Asked again by every stream that was opened in it."""
        return Viewing.find(str(self.pk), User.objects.get(pk=self.opening.staff_id)) is not None


def closed_teams_of(person: User, staff: Any) -> list[Team]:
    """Teams the person is in that are closed to this person of the staff: their eyes would see those too."""
    opened = Opening.objects.held_by(staff).values("team")
    return list(Team.objects.visible_to(person).exclude(pk__in=opened).order_by("name"))
