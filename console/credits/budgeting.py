"""Budgets as a page shows them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum
from django.utils import timezone

from console.credits import ledger
from console.credits.ledger import Month
from console.credits.models import Budget, BudgetAsk, Entry
from console.projects.budget_history import budgets_of
from console.projects.models import Project
from console.teams.models import Membership

MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Standing:
    """A project's month: what was charged, what is still held, and what that leaves. Figures in credits."""

    project: Project
    month: Month
    charged: int
    open_asks: int = 0

    @property
    def held(self) -> int:
        return self.month.committed - self.charged

    @property
    def percent(self) -> int | None:
        """Committed as a share of the limit, rounded down; None without a limit, or with one of 0."""
        return self.month.committed * 100 // self.month.limit if self.month.limit else None

    @property
    def words(self) -> str:
        """As a meter says it: "23 of 600 credits"."""
        return f"{self.month.committed:,} of {self.month.limit or 0:,} credits"


def standing_of(project: Project) -> Standing:
    """This project's current month."""
    month = ledger.month_now(project)
    charged = Entry.objects.filter(project=project, month=month.month).charged()
    return Standing(project, month, charged, project.budget_asks.filter(_open(month.month)).count())


def standings(membership: Membership) -> list[Standing]:
    """Every open project that the member sees in the current month, and archived ones that spent in it.

    The fullest first.
    """
    month = ledger.month_in(membership.team.time_zone, timezone.now())
    projects = list(Project.objects.seen_by(membership))
    budgets = {each.project_id: each for each in Budget.objects.filter(project__in=projects, month=month)}
    charges = Entry.objects.filter(project__in=projects, month=month, kind__in=Entry.CHARGING).order_by()
    charged = dict(charges.values_list("project").annotate(total=Sum("credits")))
    asks = BudgetAsk.objects.filter(_open(month), project__in=projects).order_by()
    asked = dict(asks.values_list("project").annotate(count=Sum(1)))
    found = []
    for project in projects:
        project.team = membership.team
        budget = budgets.get(project.pk) or Budget(project=project, month=month)
        if project.archived_at and not budget.committed:
            continue
        state = Month(month, project.monthly_budget, budget.raised, budget.committed, project.may_overrun)
        found.append(Standing(project, state, charged.get(project.pk, 0), asked.get(project.pk, 0)))
    return sorted(found, key=lambda each: (-(each.percent or 0), -each.month.committed, each.project.name))


def earlier_months(project: Project) -> list[Month]:
    """The months before this one in which the project committed something, the latest first, as they were."""
    month = ledger.month_of(project, timezone.now())
    found = list(project.budgets.filter(month__lt=month).exclude(committed=0).order_by("-month")[:MONTHS_SHOWN])
    standing = budgets_of(project, [each.month for each in found])
    return [Month(each.month, standing[each.month], each.raised, each.committed, project.may_overrun) for each in found]


def _open(month: date) -> Q:
    return Q(month=month, state=BudgetAsk.State.OPEN)
