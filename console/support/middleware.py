"""Lends a person's eyes to support for one request: every page says so, nothing can be changed.

A cookie names the viewing, so that nobody else's request pays for the question; the row decides. In the admin site the
staff are always themselves.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from console.support.models import Viewing
from console.support.viewing import COOKIE, SAME_SITE
from console.teams.models import User
from console.ui import problems
from console.ui.problem_views import answer

ADMIN: Final = "/admin/"
# A person's own door: addresses, passwords and sessions are not the team's.
ACCOUNT: Final = "/account/"
_SAFE: Final = ("GET", "HEAD", "OPTIONS")


@sync_and_async_middleware
def through_their_eyes(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Sets `request.viewing` and the person's `request.user`, or refuses what would not be a look."""
    if iscoroutinefunction(get_response):

        async def seen_async(request: HttpRequest) -> HttpResponseBase:
            if not _is_asked(request):
                return await cast(Awaitable[HttpResponseBase], get_response(request))
            refusal = await sync_to_async(_lend)(request)
            return _told(request, refusal or await cast(Awaitable[HttpResponseBase], get_response(request)))

        return seen_async

    def seen(request: HttpRequest) -> HttpResponseBase:
        if not _is_asked(request):
            return cast(HttpResponseBase, get_response(request))
        return _told(request, _lend(request) or get_response(request))

    return seen


def _is_asked(request: HttpRequest) -> bool:
    return COOKIE in request.COOKIES and not request.path.startswith(ADMIN)


def _lend(request: HttpRequest) -> HttpResponseBase | None:
    viewing = Viewing.find(request.COOKIES[COOKIE], request.user)
    if viewing is not None:
        _stand_in(request, viewing)
    if request.method not in _SAFE:
        happened = "Support looks and changes nothing." if viewing else "The look through somebody's eyes is over."
        return answer(request, problems.from_status(403, detail=happened))
    if viewing is not None and request.path.startswith(ACCOUNT):
        return answer(request, problems.from_status(403, detail="A person's sign-in is theirs alone."))
    return None


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
