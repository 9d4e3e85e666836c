"""When and from where a session was last used: one small write a session and process every five minutes.

allauth's own middleware writes a row at every request, which on SQLite is a synced transaction at every request. Here a
request costs one look into a dictionary; what was written in the last minutes is not written again.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

EVERY_SECONDS: Final = 300
_MOST: Final = 20_000
_written: OrderedDict[str, float] = OrderedDict()


@sync_and_async_middleware
def last_seen(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Writes it down before the view runs, so that a stream that stays open is seen too."""
    if iscoroutinefunction(get_response):

        async def seen_async(request: HttpRequest) -> HttpResponseBase:
            if _is_due(request):
                await sync_to_async(_write)(request)
            return await cast(Awaitable[HttpResponseBase], get_response(request))

        return seen_async

    def seen(request: HttpRequest) -> HttpResponseBase:
        if _is_due(request):
            _write(request)
        return cast(HttpResponseBase, get_response(request))

    return seen


def note(session_key: str) -> None:
    """The session was just written, by whoever made it."""
    _written[session_key] = time.monotonic()
    _written.move_to_end(session_key)
    while len(_written) > _MOST:
        _written.popitem(last=False)


def _is_due(request: HttpRequest) -> bool:
    key = request.session.session_key
    return bool(key) and time.monotonic() - _written.get(key or "", -EVERY_SECONDS) >= EVERY_SECONDS


def _write(request: HttpRequest) -> None:
    """A session that nobody is signed in with, or that ended in this moment, gets no row."""
    person, key = request.user, request.session.session_key  # in this order: the first loads what the second says
    if not person.is_authenticated or key is None:
        return
    facts = {
        "user": person,
        "ip": get_adapter(request).get_client_ip(request),
        "user_agent": request.headers.get("User-Agent", "")[: UserSession._meta.get_field("user_agent").max_length],
        "last_seen_at": timezone.now(),
    }
    if not UserSession.objects.filter(session_key=key).update(**facts):
        try:
            with transaction.atomic():
                UserSession.objects.create(session_key=key, **facts)
        except IntegrityError:  # two requests at once: the other one wrote it
            return
    note(key)
