"""More than the month's budget: somebody asks with a reason, somebody who may decides once."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from console.audit.recording import record
from console.credits import ledger
from console.credits.models import Budget, BudgetAsk
from console.notices.telling import tell
from console.projects.models import Project
from console.teams.access import Act, people_who_may
from console.teams.models import User
from console.ui.amounts import credits_in_words


class AskedAlready(Exception):
    """The person's ask for this month waits for its decision; nothing was written."""


class Lapsed(Exception):
    """The ask was decided, or its month is over; nothing was written."""


def ask(project: Project, credits: int, reason: str, *, by: User, request: HttpRequest | None = None) -> BudgetAsk:
    """Ask for `credits` more in the current month, and tell those who may decide. Raises AskedAlready."""
    month = ledger.month_of(project, timezone.now())
    try:
        with transaction.atomic():
            made = BudgetAsk.objects.create(project=project, month=month, credits=credits, reason=reason, asked_by=by)
            after = {"credits": credits, "reason": reason, "month": f"{month:%Y-%m}"}
            record("budget.asked", project, team_id=project.team_id, actor=by, after=after, request=request)
            deciders = [person for person in people_who_may(Act.MANAGE_BUDGETS, project.team_id) if person != by]
            tell(
                deciders,
                team=project.team,
                kind="budget-ask",
                key=f"budget-ask-{made.pk.hex}",
                title=f"{by.display_name} asks for {credits_in_words(credits)} more for {project.name}",
                text=reason,
                url=reverse("credits:budget", args=[project.pk]),
                project_id=project.pk,
            )
    except IntegrityError:
        raise AskedAlready from None
    return made


def decide(asked: BudgetAsk, *, approve: bool, answer: str, by: User, request: HttpRequest | None = None) -> None:
    """Approve or decline, once: the second of two deciders gets Lapsed. Approved, the month's limit is raised."""
    project = asked.project
    state = BudgetAsk.State.APPROVED if approve else BudgetAsk.State.DECLINED
    with transaction.atomic():
        won = BudgetAsk.objects.filter(
            pk=asked.pk, state=BudgetAsk.State.OPEN, month=ledger.month_of(project, timezone.now())
        ).update(state=state, decided_by=by, decided_at=timezone.now(), answer=answer)
        if not won:
            raise Lapsed
        if approve:
            Budget.objects.get_or_create(project=project, month=asked.month)
            Budget.objects.filter(project=project, month=asked.month).update(raised=F("raised") + asked.credits)
        after = {"credits": asked.credits, "month": f"{asked.month:%Y-%m}", "answer": answer}
        act = "budget.raised" if approve else "budget.raise_declined"
        record(act, project, team_id=project.team_id, actor=by, after=after, request=request)
        if asked.asked_by is not None and asked.asked_by != by:
            verb = "approved" if approve else "declined"
            tell(
                [asked.asked_by],
                team=project.team,
                kind="budget-ask",
                key=f"budget-ask-{asked.pk.hex}-decided",
                title=f"{by.display_name} {verb} {credits_in_words(asked.credits)} more for {project.name}",
                text=answer,
                url=reverse("credits:budget", args=[project.pk]),
                project_id=project.pk,
            )
