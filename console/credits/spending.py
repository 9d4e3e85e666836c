"""What a month cost, from the ledger alone."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, Sum

from console.credits.models import Entry
from console.projects.models import Project
from console.teams.models import Team


@dataclass(frozen=True)
class Spent:
    """Credits of one project in one month: `charged` by Rivya, `held` for work that is not finished."""

    project: Project
    charged: int
    held: int

    @property
    def of_budget(self) -> str:
        """As a meter says it: "23 of 600"."""
        return f"{self.committed:,} of {self.project.monthly_budget or 0:,}"

    @property
    def committed(self) -> int:
        return self.charged + self.held


def by_project(team: Team, month: date) -> list[Spent]:
    """Every project of the team with what it spent that month, the biggest first. One query for the sums."""
    closed = Entry.objects.filter(subject=OuterRef("subject"), kind__in=Entry.CLOSING)
    sums = (
        Entry.objects.filter(team=team, month=month)
        .annotate(is_closed=Exists(closed))
        .order_by()
        .values("project")
        .annotate(
            charged=Sum("credits", filter=Q(kind=Entry.Kind.SETTLE), default=0),
            held=Sum("credits", filter=Q(kind=Entry.Kind.RESERVE, is_closed=False), default=0),
        )
    )
    found = {row["project"]: (row["charged"], row["held"]) for row in sums}
    spent = [
        Spent(project, *found.get(project.pk, (0, 0)))
        for project in Project.objects.filter(team=team)
        if project.pk in found or not project.archived_at
    ]
    return sorted(spent, key=lambda item: -item.committed)
