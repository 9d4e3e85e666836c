"""The ledger's lines: only ever added, and the database holds that too (`engine/append_only.py`)."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from console.keys.models import Account, Key
from console.projects.models import Project
from console.teams.models import Team


class EntryQuerySet(models.QuerySet["Entry"]):
    """Lines of the ledger, and their sums."""

    def visible_to(self, user: Any) -> "EntryQuerySet":
        return self.filter(project__in=Project.objects.visible_to(user))

    def with_asker(self) -> "EntryQuerySet":
        """With `asker`: whose work the line is about. A correction's own person is the one who corrected."""
        reserved = Entry.objects.filter(subject=OuterRef("subject"), kind=Entry.Kind.RESERVE).order_by()
        theirs = Subquery(reserved.values("person_id")[:1])
        asked = Case(
            When(kind=Entry.Kind.CORRECT, then=theirs), default=F("person_id"), output_field=models.UUIDField()
        )
        return self.annotate(asker=asked)

    def with_held(self) -> "EntryQuerySet":
        """With `held`: what the line's subject held, by Rivya's own figure once it accepted the work."""
        amount = Entry.objects.filter(subject=OuterRef("subject")).order_by().values("credits")
        accepted, reserved = (
            Subquery(amount.filter(kind=kind)[:1]) for kind in (Entry.Kind.ACCEPT, Entry.Kind.RESERVE)
        )
        return self.annotate(held=Coalesce(accepted, reserved, Value(0)))

    def charged(self) -> int:
        """What Rivya charged, with what people corrected."""
        return self.filter(kind__in=Entry.CHARGING).aggregate(total=Sum("credits"))["total"] or 0

    def held(self) -> int:
        """Credits reserved and neither settled nor released yet: Rivya's own figure once it has accepted the work."""
        later = Entry.objects.filter(subject=OuterRef("subject")).order_by()
        closed = later.filter(kind__in=Entry.CLOSING)
        accepted = later.filter(kind=Entry.Kind.ACCEPT)
        still_open = self.filter(kind__in=Entry.HOLDING).filter(~Exists(closed))
        counted = still_open.filter(Q(kind=Entry.Kind.ACCEPT) | ~Exists(accepted))
        return counted.aggregate(total=Sum("credits"))["total"] or 0


class Entry(models.Model):
    """One line of the append-only ledger.

    A subject (a job or a chat turn) is reserved once, accepted by Rivya at most once, and closed once. `day` and
    `month` are those of the reservation, in the team's zone of that moment, and the same on every line of the subject:
    what was asked for on a day is charged to that day, whenever it ends. `rivya_at` is Rivya's own time for it.
    """

    class Kind(models.TextChoices):
        RESERVE = "reserve", "Reserved"
        ACCEPT = "accept", "Taken by Rivya"
        SETTLE = "settle", "Charged"
        RELEASE = "release", "Released"
        CORRECT = "correct", "Corrected"

    class Outcome(models.TextChoices):
        NONE = "", "Not ended"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    HOLDING: ClassVar = (Kind.RESERVE, Kind.ACCEPT)
    CLOSING: ClassVar = (Kind.SETTLE, Kind.RELEASE)
    CHARGING: ClassVar = (Kind.SETTLE, Kind.CORRECT)

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True)
    rivya_at = models.DateTimeField(null=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="entries")
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    # Not emptied when a person goes: a line never changes.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    credits = models.IntegerField()  # below zero only where a person corrects
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True, default=Outcome.NONE)
    subject = models.UUIDField()
    subject_kind = models.CharField(max_length=8)  # "job", "turn", or "" where a correction speaks of neither
    model = models.CharField(max_length=120)
    media_kind = models.CharField(max_length=16)
    day = models.DateField()
    month = models.DateField()  # the first of the month that `day` is in
    reason = models.CharField(max_length=280, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind"], condition=~Q(kind="correct"), name="entry_once_a_kind"),
            models.UniqueConstraint(
                fields=["subject"], condition=Q(kind__in=["settle", "release"]), name="entry_closed_once"
            ),
            models.CheckConstraint(condition=Q(credits__gte=0) | Q(kind="correct"), name="entry_not_negative"),
            models.CheckConstraint(condition=~Q(kind="correct") | ~Q(reason=""), name="entry_corrected_for_a_reason"),
        ]
        indexes = [
            models.Index(fields=["team", "-id"], name="entry_team"),
            models.Index(fields=["project", "month", "kind"], name="entry_project_month"),
            # Beyond the order of the ledger's page, what tells the few lines of a figure from all that lie between.
            models.Index(fields=["team", "-day", "-id", "kind", "outcome"], name="entry_team_day"),
            models.Index(fields=["account", "-id"], name="entry_account"),
            models.Index(fields=["subject"], name="entry_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.credits} for {self.subject_kind} {self.subject}"
