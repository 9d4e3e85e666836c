"""``python -m sandbox``: starts the stand-in for Rivya and says where it listens."""

import argparse
import signal
import socket
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn

from sandbox.app import build
from sandbox.assumptions import load_assumptions
from sandbox.clock import Clock
from sandbox.fault_rules import load_faults
from sandbox.seeding import seed
from sandbox.store import Store
from sandbox.wire import OpenProtocol
from sandbox.world import World


def main(arguments: list[str] | None = None) -> int:
    """Run until interrupted."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn stops first and then passes it on
    with ExitStack() as stack:
        data = options.data or Path(stack.enter_context(TemporaryDirectory(prefix="rivya-sandbox-"))) / "sandbox.sqlite"
        listener = socket.socket(socket.AF_INET6 if ":" in options.host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((options.host, options.port))
            listener.listen(2048)  # who comes before the first line is printed waits
        except OSError as error:
            sys.stderr.write(f"sandbox cannot listen on {options.host}:{options.port}: {error.strerror}\n")
            return 1
        with suppress(KeyboardInterrupt):
            _serve(_world(options, data), listener, options.host)
    return 0


class _Server(uvicorn.Server):
    """uvicorn, which tells the one line that others wait for."""

    address = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"sandbox ready on {self.address}\n")
            sys.stdout.flush()


def _serve(world: World, listener: socket.socket, host: str) -> None:
    server = _Server(uvicorn.Config(
        build(world), http=OpenProtocol, loop="uvloop", ws="none", log_level="warning", access_log=False,
        server_header=False, timeout_keep_alive=75, timeout_graceful_shutdown=2, lifespan="on",
    ))  # fmt: skip
    port = listener.getsockname()[1]
    server.address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    server.run(sockets=[listener])


def _world(options: argparse.Namespace, data: Path) -> World:
    data.parent.mkdir(parents=True, exist_ok=True)
    media = data.with_name(f"{data.name}-media")
    media.mkdir(exist_ok=True)
    store = Store(data)
    assumptions = load_assumptions(store)
    given = {"speed": options.speed, "rate_limit_per_minute": options.rate_limit}
    given["allow_local_webhooks"] = options.local_webhooks or None
    assumptions.change({name: value for name, value in given.items() if value is not None})
    assumptions.save(store)
    world = World(
        store,
        Clock(assumptions.clock_offset_seconds),
        assumptions,
        media,
        options.seed,
        options.control,
        options.public_url,
    )
    seed(world)
    load_faults(world)
    return world


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m sandbox", description="A stand-in for Rivya. See sandbox/README.md.")
    parser.add_argument("--port", type=int, default=9100, help="0 chooses a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--seed", type=int, default=1, help="the same seed paints the same media")
    parser.add_argument("--data", type=Path, help="SQLite file; without it nothing outlives the process")
    parser.add_argument("--control", action="store_true", help="opens /_sandbox/, for tests")
    parser.add_argument("--speed", type=float, help="divides the time of jobs and answers (1)")
    parser.add_argument("--rate-limit", type=int, help="calls a minute and key; 0 is off (0)")
    parser.add_argument("--local-webhooks", action="store_true", help="rings at http and loopback addresses, too")
    parser.add_argument("--public-url", help="address put into media URLs, instead of the one that was called")
    options = parser.parse_args(arguments)
    if options.speed is not None and options.speed <= 0:
        parser.error("--speed must be positive")
    return options


if __name__ == "__main__":
    sys.exit(main())
