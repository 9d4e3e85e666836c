"""Where a person is signed in: the list, and ending one or all the others."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from console.teams.browsers import browser_in_words
from console.teams.ending_sessions import end_session, end_sessions
from console.teams.models import User
from console.teams.own_acts import record_own_act


@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """`/account/sessions/`: all of mine, the one that asks first. A POST ends the others."""
    person, mine = _person(request), request.session.session_key
    if request.method == "POST":
        with transaction.atomic():
            ended = end_sessions(person, but=mine)
            if ended:
                record_own_act("session.ended", person, request=request, after={"others": ended})
        messages.success(request, "You are signed in here only.")
        return redirect("usersessions_list")
    known = sorted(
        UserSession.objects.purge_and_list(person),
        key=lambda row: (row.session_key != mine, -row.last_seen_at.timestamp()),
    )
    rows = [
        {"row": row, "browser": browser_in_words(row.user_agent), "is_this": row.session_key == mine} for row in known
    ]
    return render(request, "usersessions/usersession_list.html", {"rows": rows, "others": len(rows) - 1})


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of mine."""
    person = _person(request)
    row = get_object_or_404(UserSession, pk=pk, user=person)
    if row.session_key == request.session.session_key:
        return redirect("account_logout")
    with transaction.atomic():
        end_session(person, row.pk)
        facts = {"browser": browser_in_words(row.user_agent), "address": row.ip}
        record_own_act("session.ended", person, request=request, before=facts)
    messages.success(request, f"{facts['browser']} is signed out.")
    return redirect("usersessions_list")


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
