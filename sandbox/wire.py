"""Misbehaving below HTTP: resets, silent closes and half bodies on the connection itself."""

import asyncio
import socket
import struct
from typing import Any

from starlette.types import Receive, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

CONNECTION = "sandbox.connection"


class OpenProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which also hands the transport to the application, so that faults can cut the wire."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {CONNECTION: {"transport": self.transport}}


async def reset(scope: Scope, receive: Receive) -> None:
    """End the connection with a TCP reset: what was not read by the client is lost to it."""
    _end(scope, hard=True)
    await gone(receive)


async def close(scope: Scope, receive: Receive) -> None:
    """End the connection in an orderly way (FIN), however little was said."""
    _end(scope, hard=False)
    await gone(receive)


async def cut_now(scope: Scope, *, hard: bool) -> None:
    """End the connection from within a streamed answer, whose own listener then cancels it."""
    _end(scope, hard=hard)
    await asyncio.sleep(5)


async def gone(receive: Receive, seconds: float = 5.0) -> bool:
    """Wait until the client is gone, at most ``seconds``. Returns whether it is."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    except asyncio.CancelledError:  # the sandbox stops: no traceback for a fault that did its work
        return True
    return True


def _end(scope: Scope, *, hard: bool) -> None:
    transport: Any = scope["extensions"][CONNECTION]["transport"]
    connection = transport.get_extra_info("socket")
    if not hard:
        transport.close()
        return
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
