"""The pages of credits."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from console.credits import budgeting, wallet
from console.credits.low_balance import is_low
from console.projects.models import Project
from console.teams.access import Act, TeamRequest, allows, enter, in_team


@require_safe
@in_team()
def wallet_chip(request: TeamRequest) -> HttpResponse:
    """A late fragment: the balance as Rivya reports it; the lowest one when the team has several accounts."""
    known = [account for account in wallet.accounts(request.team) if account.balance is not None]
    lowest = min(known, key=lambda account: account.balance or 0, default=None)
    context = {
        "credits": lowest.balance if lowest else None,
        "accounts": len(known),
        "low": lowest is not None and is_low(request.team, lowest.balance),
        "as_of": lowest.balance_at if lowest else None,
        "url": reverse("credits:wallet" if allows(request.membership, Act.VIEW_ACROSS) else "credits:usage"),
    }
    return render(request, "ui/_wallet_chip.html", context)


@require_safe
def project_month(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A fragment for a project's page: this month against its budget."""
    project = get_object_or_404(Project.objects.visible_to(request.user).select_related("team"), pk=pk)
    enter(request, project.team)
    standing = budgeting.standing_of(project)
    context = {
        "words": standing.words,
        "project": project,
        "month": standing.month.month,
        "charged": standing.charged,
        "held": standing.held,
        "committed": standing.month.committed,
        "limit": standing.month.limit,
    }
    return render(request, "credits/_project_month.html", context)
