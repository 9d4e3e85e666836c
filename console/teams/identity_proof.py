"""When coming back from the identity server shows who is there: only when it says that it asked them just now.

A browser that is signed in there comes back at once and nobody has shown anything. What tells the two apart is
`auth_time` of the id token; what a form asked for (`prompt=login`, `max_age`) can be left out by whoever sends it.
"""

import time
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest

JUST_NOW_SECONDS: Final = 300  # the way back, with a second step there, takes a while
CLOCKS_DIFFER_SECONDS: Final = 60
METHOD: Final = "socialaccount"
ID: Final = "oidc"  # of this way to prove it, among allauth's


def note_return(request: HttpRequest, sociallogin: Any) -> None:
    """Remember for the rest of this request whether the server asked them just now."""
    token = (sociallogin.account.extra_data or {}).get("id_token") or {}
    at = token.get("auth_time") if isinstance(token, dict) else None
    since = time.time() - at if isinstance(at, int | float) and not isinstance(at, bool) else None
    is_recent = since is not None and -CLOCKS_DIFFER_SECONDS <= since <= JUST_NOW_SECONDS
    request.was_asked_there = is_recent  # type: ignore[attr-defined]


def note_sign_in(request: HttpRequest) -> None:
    """The record of a sign-in through the server says whether they were asked; without that it proves nothing."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    if records and records[-1]["method"] == METHOD and _was_asked(request):
        records[-1]["asked"] = True
        request.session.modified = True


def counts(record: dict[str, Any]) -> bool:
    """Whether this record of a session shows who was there: a password, a code, a passkey, or a question there."""
    return record["method"] != METHOD or record.get("asked") is True


def prove(request: HttpRequest, sociallogin: Any) -> None:
    """A proof again. Whoever has a password or a second step here gives that instead."""
    facts = {"provider": sociallogin.account.provider, "uid": sociallogin.account.uid}
    if not (request.user.is_authenticated and SocialAccount.objects.filter(user_id=request.user.pk, **facts).exists()):
        messages.error(request, "That was somebody else's account, so it proves nothing here.")
    elif ID not in [way["id"] for way in get_adapter().get_reauthentication_methods(request.user)]:
        messages.error(request, "Confirm that it is you with your password or your second step here.")
    elif not _was_asked(request):
        words = (
            f"{settings.OIDC_NAME} did not say that it asked you just now, so it proves nothing here. Confirm again;"
        )
        messages.error(request, f"{words} if this message stays, show it to whoever runs this console.")
    else:
        record_authentication(request, request.user, METHOD, reauthenticated=True, asked=True, **facts)


def _was_asked(request: HttpRequest) -> bool:
    return bool(getattr(request, "was_asked_there", False))
