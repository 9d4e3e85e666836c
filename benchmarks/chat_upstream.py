"""A Rivya that only streams: as many answers at once as asked for, 50 deltas a second each, as cheaply as Python can.

    .venv/bin/python -m benchmarks.chat_upstream PORT

Speaks the chat stream of rivya-api.md §8 and nothing else. A question holds `until=<microseconds of CLOCK_MONOTONIC>`:
its answer goes on until then, and completes. Every delta holds one word `zq<microseconds>`, when it was written.
"""

import asyncio
import itertools
import re
import sys
import time
from collections.abc import Iterator
from typing import Any

PERIOD_MS = 20
UNTIL = re.compile(rb"until=(\d+)")
LENGTH = re.compile(rb"content-length: *(\d+)", re.I)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
NOTHING = b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
IDS = '"request_id":"req_1","session_id":"sess_%d"'
numbers = itertools.count(1)


def markdown() -> Iterator[tuple[str, str]]:
    """What stands around each word of an answer, as JSON writes it: paragraphs, a list, code, a table, and again."""
    while True:
        for _ in range(3):
            yield from [("", " ")] * 20 + [("**", "** ")] + [("", " ")] * 20 + [("`", "` ")] + [("", r".\n\n")]
        for _ in range(6):
            yield from [("- ", " "), *[("", " ")] * 6, ("", r"\n")]
        yield ("\\n", r"\n\n```python\n")
        for _ in range(8):
            yield from [("    ", " = "), ("call(", ", "), ("", r")\n")]
        yield (r"```\n\n", r"\n\n")
        yield from [("| ", " | "), ("", r" |\n|---|---|\n")]
        for _ in range(5):
            yield from [("| ", " | "), ("", r" |\n")]
        yield (r"\n", r"\n\n")


def chunk(event: str, data: str) -> bytes:
    frame = f"event: {event}\ndata: {data}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(frame), frame)


class Answer(asyncio.Protocol):
    """One connection: one question at a time."""

    def __init__(self, slots: list[set["Answer"]]) -> None:
        self._slots = slots
        self._slot = 0
        self._unread = b""
        self._begin()

    def _begin(self) -> None:
        self.until = 0
        self._ids = IDS % next(numbers)
        self._before = f'event: message.delta\ndata: {{{self._ids},"delta":"'.encode()
        self._parts: list[str] = []
        self._around = markdown()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def connection_lost(self, _error: Exception | None) -> None:
        self._slots[self._slot].discard(self)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        head, blank, body = self._unread.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not blank or len(body) < int(length[1] if length else 0):
            return
        self._unread = b""
        found = UNTIL.search(body)
        if not found:
            self._transport.write(NOTHING)
            return
        self.until = int(found[1])
        self._transport.write(HEAD + chunk("session.created", f'{{{self._ids},"model":"gpt-5-2-chat"}}'))
        self._slot = int(time.monotonic() * 1000) % PERIOD_MS
        self._slots[self._slot].add(self)
        self.say(time.monotonic_ns() // 1000)

    def say(self, now: int) -> None:
        """The next delta, or the end."""
        if now >= self.until:
            self._end()
            return
        before, after = next(self._around)
        text = f"{before}zq{now}{after}"
        self._parts.append(text)
        frame = b'%b%b","index":%d}\n\n' % (self._before, text.encode(), len(self._parts) - 1)
        self._transport.write(b"%x\r\n%b\r\n" % (len(frame), frame))

    def _end(self) -> None:
        message = f'{{"id":"msg_{next(numbers)}","role":"assistant","content":"{"".join(self._parts)}"}}'
        usage = f'"usage":{{"output_tokens":{len(self._parts)}}},"credits":{{"reserved":3,"final":1}}'
        self._transport.write(
            chunk("message.completed", f'{{{self._ids},"message":{message}}}')
            + chunk("usage.completed", f"{{{self._ids},{usage}}}")
            + chunk("done", f'{{{self._ids},"ok":true}}')
            + b"0\r\n\r\n"
        )
        self._slots[self._slot].discard(self)
        self._begin()


async def serve(port: int) -> None:
    loop, slots = asyncio.get_running_loop(), [set[Answer]() for _ in range(PERIOD_MS)]
    await loop.create_server(lambda: Answer(slots), "127.0.0.1", port, backlog=4096)
    print("ready", flush=True)
    tick = int(time.monotonic() * 1000)
    while True:
        while tick < int(time.monotonic() * 1000):  # a late tick is made up for, so that the rate holds
            tick += 1
            now = time.monotonic_ns() // 1000
            for answer in list(slots[tick % PERIOD_MS]):
                answer.say(now)
        await asyncio.sleep(0.0005)


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(int(sys.argv[1])))
