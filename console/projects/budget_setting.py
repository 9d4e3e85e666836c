"""The one way in which a project's standing budget changes: its own page, and the form of a new project."""

from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest

from console.audit.recording import Actor, record
from console.projects.budget_history import keep_budget
from console.projects.models import Project

MOST_CREDITS: Final = 10_000_000


def set_budget(
    project: Project,
    monthly_budget: int | None,
    may_overrun: bool | None = None,
    *,
    by: Actor,
    request: HttpRequest | None = None,
) -> bool:
    """Change the standing budget and whether work may go on past it; False when both are so already.

    Who does not decide on the overrun gives None for it: then it is neither read nor written.
    """
    after: dict[str, Any] = {"monthly_budget": monthly_budget}
    if may_overrun is not None:
        after["may_overrun"] = may_overrun
    with transaction.atomic():
        # Not the key: a line of the ledger that names the project must not wait for us while it holds the budget's row.
        held = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        before = {name: getattr(held, name) for name in after}
        if before == after:
            return False
        Project.objects.filter(pk=project.pk).update(**after)
        held.monthly_budget = monthly_budget
        keep_budget(held, before["monthly_budget"])
        changed = {name: value for name, value in after.items() if before[name] != value}
        was = {name: before[name] for name in changed}
        record("budget.changed", held, team_id=held.team_id, actor=by, before=was, after=changed, request=request)
    return True
