"""Home: what needs me, what is running, what came out last, what the month cost. Nothing else."""

from datetime import timedelta
from typing import Final

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, When
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.jobs.guiding import guide_of
from console.jobs.models import Job
from console.jobs.presenting import Card, cards, listed_jobs
from console.keys.models import Account, Secret
from console.projects.models import Project
from console.projects.reach import within
from console.teams.access import Act, TeamRequest, in_team, may

NEEDS_ME_FOR: Final = timedelta(days=3)
MOST_ASKING: Final = 5
MOST_RUNNING: Final = 12
MOST_LATEST: Final = 18

_OPEN_QUESTIONS = (Job.Status.NEEDS_REVIEW, Job.Status.UNKNOWN)
_RUNNING = (Job.Status.UNSENT, Job.Status.QUEUED, Job.Status.PROCESSING)
_BAD_NEWS = (Job.Status.FAILED, Job.Status.REFUSED)


@require_safe
@in_team()
def home(request: TeamRequest) -> HttpResponse:
    """GET `/`."""
    team, guide, seen = request.team, guide_of(request), within(request.membership)
    projects = list(Project.objects.seen_by(request.membership).open())
    asking = list(_asking(request)[: MOST_ASKING + 1])
    running = list(
        listed_jobs()
        .prefetch_related(None)
        .filter(seen, team=team, status__in=_RUNNING)
        .order_by("-created_at")[:MOST_RUNNING]
    )
    latest = listed_jobs().filter(seen, team=team, status=Job.Status.SUCCEEDED).order_by("-created_at", "-id")
    latest_cards = [card for card in cards(team.pk, latest[:MOST_LATEST]) if card.here or card.is_arriving]
    context = {
        "asking": [Card(job) for job in asking[:MOST_ASKING]],
        "has_more_asking": len(asking) > MOST_ASKING,
        "running": cards(team.pk, running),
        "latest": latest_cards,
        "my_projects": projects,
        "low_wallet": _low_wallet(request),
        "may_submit": may(request.membership.role, Act.SUBMIT),
        "guide": guide if guide.is_wanted else None,
        "is_empty": not (asking or running or latest_cards),
    }
    return render(request, "home.html", context)


def _asking(request: TeamRequest) -> "QuerySet[Job]":
    """Jobs that wait for a decision, and this person's own that went wrong and were not tried again."""
    mine = Q(status__in=_BAD_NEWS, created_by=request.user) & ~Exists(Job.objects.filter(retried_from=OuterRef("pk")))
    recent = (
        listed_jobs()
        .prefetch_related(None)
        .filter(
            within(request.membership),
            team=request.team,
            status__in=[*_OPEN_QUESTIONS, *_BAD_NEWS],  # said twice, so that the index on states is used
            created_at__gte=timezone.now() - NEEDS_ME_FOR,
        )
    )
    decide_first = Case(When(status=Job.Status.NEEDS_REVIEW, then=0), default=1, output_field=IntegerField())
    return recent.filter(Q(status__in=_OPEN_QUESTIONS) | mine).order_by(decide_first, "-created_at")


def _low_wallet(request: TeamRequest) -> Account | None:
    """The lowest wallet when it is low, as Rivya last said; Rivya is not asked here."""
    low = Account.objects.filter(team=request.team, balance__lt=request.team.low_balance_at)
    known = low.filter(keys__secrets__state__in=Secret.LIVE)
    return known.order_by("balance").first()
