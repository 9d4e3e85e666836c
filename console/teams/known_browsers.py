"""Browsers in which somebody has signed in before: their failed tries are counted apart from everybody else's.

Counted by account alone, anybody could use an owner's tries up, again and again, from anywhere. So a browser keeps a
signed note of whose it is; with it one's own tries are one's own. Without it the tries at an account are counted
together, from whatever address: the note is what an attacker cannot have. A new browser of a person under attack comes
in by passkey, by the identity server, or by the link of a mail.
"""

from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from console.teams.models import User

AGE_SECONDS: Final = 180 * 24 * 3600
_SALT: Final = "console.teams.known_browsers"
_MOST: Final = 5  # people who share a browser


def remember(request: HttpRequest, response: HttpResponse, user: User) -> HttpResponse:
    """Leave the note. Who signed in here before stays noted; a note is worth nothing without the password."""
    known = [str(user.pk), *(each for each in known_in(request) if each != str(user.pk))][:_MOST]
    note = signing.dumps(known, salt=_SALT)
    attributes = {"secure": settings.SESSION_COOKIE_SECURE, "httponly": True, "samesite": "Lax"}
    response.set_cookie(cookie_name(), note, max_age=AGE_SECONDS, **attributes)
    return response


def counted_by(request: HttpRequest, email: str) -> str:
    """What failed tries at this account are counted by, in this browser."""
    known = known_in(request)
    person = User.objects.filter(email__iexact=email).first() if known and email else None
    if person is None or str(person.pk) not in known:
        return email
    return f"{email}:known:{request.COOKIES[cookie_name()]}"


def cookie_name() -> str:
    """Bound to this host alone wherever the connection is sealed, like the session's."""
    return "__Host-console_known" if settings.SESSION_COOKIE_SECURE else "console_known"


def known_in(request: HttpRequest) -> list[str]:
    """Ids of the people who signed in in this browser."""
    try:
        told = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=_SALT, max_age=AGE_SECONDS)
    except signing.BadSignature:
        return []
    return [str(each) for each in told]
