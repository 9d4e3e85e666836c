"""Who sends a request, asked before it is read: large bodies are taken from people who are signed in only."""

from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections
from django.http import HttpRequest, parse_cookie

from console.engine.threads import LentThread


async def is_signed_in(scope: dict[str, Any]) -> bool:
    """Whether the ASGI request's session cookie is of somebody who is signed in now."""
    given = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    key = parse_cookie(given).get(settings.SESSION_COOKIE_NAME, "")
    if not key:
        return False
    async with LentThread():
        return await sync_to_async(_has_person)(key)


def _has_person(session_key: str) -> bool:
    request = HttpRequest()
    request.session = SessionStore(session_key)
    try:
        return get_user(request).is_authenticated
    finally:
        close_old_connections()
