"""The only entry: static files by path prefix, everything else through Django."""

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from whitenoise import WhiteNoise

from console.engine.cutting import is_no_cut
from console.engine.keeping_open import kept_open
from console.engine.threads import Handler
from console.ui.answer_headers import for_bare_answers
from console.ui.body_limit import limit_bodies
from console.ui.charset import Utf8Request

django.setup(set_prefix=False)
django_application = Handler()
django_application.request_class = Utf8Request

from console.chat import leaving  # noqa: E402 - its models need the applications to be ready
from console.teams.sending_person import is_signed_in  # noqa: E402
from console.worker import starting  # noqa: E402

logging.getLogger("uvicorn.error").addFilter(is_no_cut)
limited_application = limit_bodies(django_application, is_signed_in)

_whitenoise = WhiteNoise(None, max_age=60, allow_all_origins=False, immutable_file_test=r"^.+\.[0-9a-f]{12}\..+$")
_whitenoise.add_files(str(settings.STATIC_ROOT), prefix=settings.STATIC_URL)


async def application(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Static files by prefix, the rest through Django."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(settings.STATIC_URL):
        await _send_file(scope, send)
    elif scope["type"] == "http":
        await limited_application(scope, receive, send)
    else:
        await django_application(scope, receive, send)


async def _live(receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    await receive()
    if reasons := await sync_to_async(starting.refusals)():
        sys.stderr.write(f"{starting.told(reasons)}\n")
        await send({"type": "lifespan.startup.failed", "message": "The console does not start."})
        return
    with kept_open():
        leaving.begin()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await leaving.end()
    await send({"type": "lifespan.shutdown.complete"})


async def _send_file(scope: dict[str, Any], send: Callable[[Any], Awaitable[None]]) -> None:
    # Not through asgiref's WsgiToAsgi: the next request of the connection may start inside its `send`, inherits an
    # executor that is about to end, and fails.
    status, headers, body = await asyncio.to_thread(_read_file, scope["path"], scope["method"], scope["headers"])
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    encoded += for_bare_answers()
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


def _read_file(path: str, method: str, headers: list[tuple[bytes, bytes]]) -> tuple[int, list[tuple[str, str]], bytes]:
    found = _whitenoise.files.get(path)
    if found is None:
        return 404, [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")], b"No such file."
    environ = {f"HTTP_{name.decode().upper().replace('-', '_')}": value.decode("latin-1") for name, value in headers}
    response = found.get_response(method, environ)
    if response.file is None:
        return response.status, response.headers, b""
    with response.file:
        return response.status, response.headers, response.file.read()
