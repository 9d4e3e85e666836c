"""What a person was told, in the page."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from console.notices.models import MailChoice, Notice
from console.teams.access import TeamRequest, enter, in_team, is_looked_at
from console.teams.own_acts import record_own_act
from console.teams.second_steps import shut_teams
from console.ui.keyset import cursor_of, fetch_by_time, links, read_page

PAGE_SIZE = 40
MOST_COUNTED = 99


@require_safe
@in_team()
def index(request: TeamRequest) -> HttpResponse:
    """GET `/notices/`: all of the person's notices in all their teams, newest first."""
    mine = Notice.objects.visible_to(request.user).select_related("team").exclude(team__in=shut_teams(request.user))
    page = read_page(partial(fetch_by_time, mine), cursor_of(request), PAGE_SIZE)
    context = {
        "notices": page.rows,
        "links": links(request, page),
        "unread": mine.unread().count(),
        "wants_mail": not MailChoice.objects.filter(person=request.user, wants_mail=False).exists(),
    }
    return render(request, "notices/index.html", context)


@require_safe
@in_team()
def bell(request: TeamRequest) -> HttpResponse:
    """GET `/notices/bell/`: a late fragment of every page."""
    unread = Notice.objects.visible_to(request.user).unread()[: MOST_COUNTED + 1].count()
    return render(request, "notices/_bell.html", {"unread": min(unread, MOST_COUNTED), "many": unread > MOST_COUNTED})


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/notices/<id>/`: counts as read, and leads to what it is about, in its team."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user).select_related("team"), pk=pk)
    enter(request, notice.team)
    if not is_looked_at(request):
        Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())
    return redirect(notice.url or "notices:index")


@require_POST
@in_team()
def reading(request: TeamRequest) -> HttpResponse:
    """POST `/notices/reading/`: all are read."""
    mine = Notice.objects.visible_to(request.user).unread().values("pk")
    Notice.objects.filter(pk__in=mine).update(read_at=timezone.now())
    return redirect("notices:index")


@require_POST
@in_team()
def mail(request: TeamRequest) -> HttpResponse:
    """POST `/notices/mail/`: whether they come by mail too."""
    wanted = request.POST.get("wants_mail") == "on"
    with transaction.atomic():
        chosen = MailChoice.objects.select_for_update().filter(person=request.user).first()
        before = chosen.wants_mail if chosen else True
        MailChoice.objects.update_or_create(person=request.user, defaults={"wants_mail": wanted})
        if before != wanted:
            told, after = {"by mail too": before}, {"by mail too": wanted}
            record_own_act("mail.chosen", request.user, request=request, before=told, after=after)
    return redirect("notices:index")
