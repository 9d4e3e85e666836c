"""Say when a project's month reaches 50, 80 and 100 % of its budget: each once, until the limit changes.

What people were told is kept with the limit that it was said of, so whoever changes a limit has nothing to reset.

A duty of the worker and not a part of the reservation: the path that takes credits stays short, and rows are locked one
by one in a transaction of their own. A few seconds after the crossing is soon enough for a mail.
"""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils import timezone

from console.credits.models import Budget
from console.notices.telling import tell
from console.teams.access import Act, people_who_may

SHARES = (100, 80, 50)
MOST_AT_ONCE = 200


def alert_budgets() -> bool:
    """The duty. Returns whether somebody was told."""
    told = False
    for budget in _reached():
        share = _share_of(budget)
        if share > budget.told:  # type: ignore[attr-defined]
            told |= _tell(budget, share)
    return told


def _reached() -> list[Budget]:
    """Budgets of a month that is now somewhere on earth, with more used of their limit than people were `told` of."""
    crossed = Q(pk__in=[])
    for share in SHARES:
        crossed |= Q(told__lt=share, hundredfold__gte=F("limit") * share)
    months = _months()
    found = Budget.objects.filter(month__in=months, project__monthly_budget__isnull=False, project__archived_at=None)
    limited = found.annotate(limit=F("project__monthly_budget") + F("raised"), hundredfold=F("committed") * 100)
    annotated = limited.annotate(told=Case(When(alerted_of=F("limit"), then=F("alerted")), default=0))
    reached = annotated.filter(crossed, limit__gt=0).select_related("project__team")
    return list(reached.order_by("pk")[:MOST_AT_ONCE])


def _months() -> list[date]:
    today = timezone.now().date()
    return sorted({(today + timedelta(days=days)).replace(day=1) for days in (-1, 0, 1)})


def _share_of(budget: Budget) -> int:
    limit = (budget.project.monthly_budget or 0) + budget.raised
    return next(share for share in SHARES if budget.committed * 100 >= limit * share)


def _tell(budget: Budget, share: int) -> bool:
    project, limit = budget.project, (budget.project.monthly_budget or 0) + budget.raised
    with transaction.atomic():
        same = Budget.objects.filter(pk=budget.pk, alerted=budget.alerted, alerted_of=budget.alerted_of)
        won = same.update(alerted=share, alerted_of=limit)
        if not won:
            return False
        stop = "Work goes on past it." if project.may_overrun else "Nothing more is sent beyond it."
        tell(
            people_who_may(Act.MANAGE_BUDGETS, project.team_id),
            team=project.team,
            kind="budget",
            key=f"budget-{share}-{project.pk.hex}-{budget.month:%Y-%m}-{limit}",
            title=f"{project.name} has used {budget.committed * 100 // limit} % of its budget",
            text=f"{budget.committed:,} of {limit:,} credits of {budget.month:%B} are charged or held. {stop}",
            url=reverse("credits:budget", args=[project.pk]),
            project_id=project.pk,
        )
    return True
