"""An ASGI application behind a real uvicorn, for tests of what a server does with its answers."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn


@asynccontextmanager
async def served(application: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on a free port of a real uvicorn."""
    own = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, log_config=None, lifespan="off", loop="asyncio"))
    running = asyncio.create_task(server.serve([own]))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{own.getsockname()[1]}", timeout=20) as client:
        yield client
    server.should_exit = True
    await running
