"""As many readers of chat streams as asked for, in one process: they note when each delta arrives.

    .venv/bin/python -m benchmarks.chat_readers < order.pickle > result.json

The order says where to connect, what each reader sends, over how many seconds they begin, and which deltas count: those
written between `from_us` and `to_us` (microseconds of CLOCK_MONOTONIC).
"""

import asyncio
import json
import pickle
import re
import sys
import time
from array import array
from dataclasses import dataclass, field
from typing import Any

WORD = re.compile(rb"zq(\d+)(?=\D)")
LONGEST_WORD = 24


@dataclass
class Order:
    """What to do."""

    port: int
    requests: list[bytes]
    begin_us: int
    ramp_seconds: float
    from_us: int
    to_us: int
    done: bytes
    give_up_us: int


@dataclass
class Measured:
    """What came, in microseconds."""

    first: "array[float]" = field(default_factory=lambda: array("d"))
    started: "array[float]" = field(default_factory=lambda: array("d"))
    delays: "array[float]" = field(default_factory=lambda: array("d"))
    done: int = 0
    cut: int = 0


class Reader(asyncio.Protocol):
    """One reader: finds the newest words in what arrives."""

    def __init__(self, order: Order, request: bytes, measured: Measured, over: asyncio.Future[None]) -> None:
        self._order, self._request, self._measured, self._over = order, request, measured, over
        self._newest = self._newest_word = b""
        self._last = 0
        self._tail = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._asked = time.monotonic_ns() // 1000
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns() // 1000
        if self._last == 0 and now > self._order.to_us:
            return
        data = self._tail + data
        place = data.rfind(self._newest_word) if self._newest_word else -1
        for word in WORD.findall(data, max(place, 0)) if now < self._order.to_us + 2_000_000 else ():
            self._take(int(word), now)
        if self._order.done in data:
            self._measured.done += 1
            self._transport.close()
        self._tail = data[-LONGEST_WORD:]

    def _take(self, written: int, now: int) -> None:
        if written <= self._last:
            return
        if self._last == 0:
            self._measured.first.append(now - written)
            self._measured.started.append(now - self._asked)
        self._last, self._newest_word = written, b"zq%d" % written
        if self._order.from_us <= written < self._order.to_us:
            self._measured.delays.append(now - written)

    def connection_lost(self, _error: Exception | None) -> None:
        if not self._over.done():
            self._over.set_result(None)


async def read(order: Order) -> Measured:
    loop, measured, waiting, connecting = asyncio.get_running_loop(), Measured(), [], []
    for number, request in enumerate(order.requests):
        due = order.begin_us + int(order.ramp_seconds * 1e6 * number / len(order.requests))
        await asyncio.sleep(max(0.0, (due - time.monotonic_ns() // 1000) / 1e6))
        over: asyncio.Future[None] = loop.create_future()
        waiting.append(over)
        connecting.append(asyncio.ensure_future(connected(order, request, measured, over)))
    left = (order.give_up_us - time.monotonic_ns() // 1000) / 1e6
    _, cut = await asyncio.wait(waiting, timeout=max(0.1, left))
    measured.cut = len(cut)
    return measured


async def connected(order: Order, request: bytes, measured: Measured, over: "asyncio.Future[None]") -> None:
    try:
        make = lambda: Reader(order, request, measured, over)  # noqa: E731
        await asyncio.get_running_loop().create_connection(make, "127.0.0.1", order.port)
    except OSError:
        over.set_result(None)


def share(values: "array[float]", part: float) -> float:
    """A percentile, in milliseconds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] / 1000 if ordered else float("nan")


if __name__ == "__main__":
    import uvloop

    order: Order = pickle.load(sys.stdin.buffer)
    found = uvloop.run(read(order))
    json.dump(
        {
            "first_ms": share(found.first, 0.5),
            "first_p99_ms": share(found.first, 0.99),
            "started_ms": share(found.started, 0.5),
            "started_p99_ms": share(found.started, 0.99),
            "p50_ms": share(found.delays, 0.5),
            "p99_ms": share(found.delays, 0.99),
            "deltas": len(found.delays),
            "begun": len(found.first),
            "done": found.done,
        },
        sys.stdout,
    )
