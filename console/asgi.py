"""The only entry: static files by path prefix, everything else through Django."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

from asgiref.wsgi import WsgiToAsgi
from django.conf import settings
from django.core.asgi import get_asgi_application
from whitenoise import WhiteNoise

django_application = get_asgi_application()


def _absent(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"No such file."]


_whitenoise = WhiteNoise(_absent, max_age=60, immutable_file_test=r"^.+\.[0-9a-f]{12}\..+$")
_whitenoise.add_files(str(settings.STATIC_ROOT), prefix=settings.STATIC_URL)
static_application = WsgiToAsgi(_whitenoise)


async def application(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Static files by prefix, the rest through Django."""
    if scope["type"] == "http" and scope["path"].startswith(settings.STATIC_URL):
        await static_application(scope, receive, send)
    else:
        await django_application(scope, receive, send)
