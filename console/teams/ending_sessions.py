"""End what a person is signed in with: their next request is nobody's, and streams that are open ask the session."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from console.teams.models import User


def end_sessions(user: User, *, but: str | None = None) -> int:
    """End all sessions of the person, or all but the one whose key is `but`; returns how many were ended.

    Whoever calls it writes the line of the log. Inside the caller's transaction, if there is one.
    """
    known = UserSession.objects.filter(user=user)
    keys = list((known.exclude(session_key=but) if but else known).values_list("session_key", flat=True))
    return _end(keys)


def end_session(user: User, pk: int) -> int:
    """End one of the person's sessions by the id of its row; 0 when it is not theirs, or over already."""
    return _end(list(UserSession.objects.filter(user=user, pk=pk).values_list("session_key", flat=True)))


def _end(keys: list[str]) -> int:
    with transaction.atomic():
        UserSession.objects.filter(session_key__in=keys).delete()
        ended, _ = Session.objects.filter(session_key__in=keys).delete()
    return ended
