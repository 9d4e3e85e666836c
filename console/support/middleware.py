"""Lends a person's eyes to support for one request: every page says so, nothing can be changed.

A cookie names the viewing, so that nobody else's request pays for the question; the row decides. In the admin site the
staff are always themselves, and so are they when they sign out, which ends the look.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import sync_and_async_middleware

from console.support.models import Viewing
from console.support.viewing import COOKIE, SAME_SITE, end, note_page
from console.teams.models import User
from console.ui import problems
from console.ui.problem_views import answer

ADMIN: Final = "/admin/"
# A person's own door: addresses, passwords and sessions are not the team's.
ACCOUNT: Final = "/account/"
_SAFE: Final = ("GET", "HEAD", "OPTIONS")
# What a browser says that it wants to show as a page of its own; one that says nothing is taken to.
_PAGES: Final = ("", "document")


@sync_and_async_middleware
def through_their_eyes(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Sets `request.viewing` and the person's `request.user`, or refuses what would not be a look."""
    if iscoroutinefunction(get_response):

        async def seen_async(request: HttpRequest) -> HttpResponseBase:
            if not _is_asked(request):
                return await cast(Awaitable[HttpResponseBase], get_response(request))
            refusal = await sync_to_async(_lend)(request)
            response = refusal or await cast(Awaitable[HttpResponseBase], get_response(request))
            if _is_page(request, response):
                await sync_to_async(note_page)(request.viewing, request)  # type: ignore[attr-defined]
            return _told(request, response)

        return seen_async

    def seen(request: HttpRequest) -> HttpResponseBase:
        if not _is_asked(request):
            return cast(HttpResponseBase, get_response(request))
        response = _lend(request) or get_response(request)
        if _is_page(request, response):
            note_page(request.viewing, request)  # type: ignore[attr-defined]
        return _told(request, response)

    return seen


def _is_asked(request: HttpRequest) -> bool:
    return COOKIE in request.COOKIES and (not request.path.startswith(ADMIN) or _signs_out(request))


def _signs_out(request: HttpRequest) -> bool:
    """The session is the staff's own, so that is whom it signs out."""
    return request.method == "POST" and request.path in (reverse("account_logout"), reverse("admin:logout"))


def _lend(request: HttpRequest) -> HttpResponseBase | None:
    viewing = Viewing.find(request.COOKIES[COOKIE], request.user)
    if _signs_out(request):
        if viewing is not None:
            end(viewing, request)
        return None
    if viewing is not None:
        _stand_in(request, viewing)
    if request.method not in _SAFE:
        if viewing is None:
            over = "The look through somebody's eyes is over, and nothing was changed."
            return answer(request, problems.from_status(403, detail=over))
        return answer(request, problems.looking_only("Support looks and changes nothing."))
    if viewing is None:
        return _tell_over(request)
    if request.path.startswith(ACCOUNT):
        return answer(request, problems.looking_only("A person's sign-in is theirs alone."))
    return None


def _tell_over(request: HttpRequest) -> HttpResponseBase | None:
    """Back to where looks begin, told why: what comes next would be the staff's own, who are in no team."""
    over = Viewing.over(request.COOKIES[COOKIE], request.user)
    if over is None or not _wants_page(request):
        return None
    messages.warning(request, f"You no longer see what {over.person} sees: {over.why_over}.")
    return redirect("admin:openings")


def _wants_page(request: HttpRequest) -> bool:
    is_part = "HX-Request" in request.headers or "text/event-stream" in request.headers.get("Accept", "")
    return request.method == "GET" and not is_part and request.headers.get("Sec-Fetch-Dest", "") in _PAGES


def _is_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether it was read: a page, or what stands in an address of its own. Parts of a page are not counted apart."""
    is_stream = response.headers.get("Content-Type", "").startswith("text/event-stream")
    is_looked = getattr(request, "viewing", None) is not None
    return is_looked and _wants_page(request) and response.status_code < 300 and not is_stream


def _stand_in(request: HttpRequest, viewing: Viewing) -> None:
    async def auser() -> User:
        return viewing.person

    request.viewing = viewing  # type: ignore[attr-defined]
    request.user = viewing.person
    request.auser = auser


def _told(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if getattr(request, "viewing", None) is None:
        response.delete_cookie(COOKIE, samesite=SAME_SITE)  # over: nothing asks again
    else:
        response["Cache-Control"] = "private, no-store"  # what was open is not kept by the browser for longer
    return response
