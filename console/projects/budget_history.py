"""What a project's monthly budget was: a month that is over keeps the budget it had."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from console.projects.models import Project, StandingBudget


def keep_budget(project: Project, before: int | None) -> None:
    """Write down the budget that the project has from now on, inside the transaction that changed it from `before`.

    Whatever changes a budget calls this. A change counts for the month in which it is made, and those that follow.
    """
    known = StandingBudget.objects.filter(project=project).order_by("-since").first()
    if (known.credits if known else before) == project.monthly_budget:
        return
    zone = ZoneInfo(project.team.time_zone)
    if known is None:
        began = timezone.localdate(project.created_at, zone).replace(day=1)
        StandingBudget.objects.create(project=project, since=began, credits=before)
    StandingBudget.objects.update_or_create(
        project=project,
        since=timezone.localdate(timezone=zone).replace(day=1),
        defaults={"credits": project.monthly_budget},
    )


def budgets_in(month: date, projects: Iterable[Project]) -> dict[UUID, int | None]:
    """The monthly budget of each of the projects at the end of that month; None means no limit."""
    budgets = {project.pk: project.monthly_budget for project in projects}
    last: dict[UUID, int | None] = {}
    for each in StandingBudget.objects.filter(project__in=budgets).order_by("since"):
        if each.since <= month or each.project_id not in last:
            last[each.project_id] = each.credits
    return budgets | last


def budgets_of(project: Project, months: Iterable[date]) -> dict[date, int | None]:
    """The project's monthly budget at the end of each of the months."""
    kept = list(StandingBudget.objects.filter(project=project).order_by("since"))
    if not kept:
        return dict.fromkeys(months, project.monthly_budget)
    return {month: next((each for each in reversed(kept) if each.since <= month), kept[0]).credits for month in months}
