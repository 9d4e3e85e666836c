"""A body that is larger than its page can use is refused before it is kept."""

import asyncio
import gc
import tempfile
from types import SimpleNamespace
from typing import Any

import pytest

from console.engine.threads import Handler
from console.ui import body_limit
from console.ui.body_limit import FORM_BYTES, LEAST_BYTES_A_SECOND, UPLOAD_BYTES, limit_bodies


async def answered(
    path: str, pieces: list[bytes], declared: int | None = None, *, signed_in: bool = True
) -> tuple[int, int]:
    """The status of the answer, and how many bytes the application behind the limit got to see."""
    seen, sent = 0, []
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        nonlocal seen
        for _ in pieces:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            seen += len(message["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def is_known(scope: dict[str, Any]) -> bool:
        return signed_in

    headers = [(b"content-length", str(declared).encode())] if declared is not None else []
    await limit_bodies(app, is_known)({"type": "http", "path": path, "headers": headers}, receive, send)
    return sent[0]["status"], seen


async def test_a_declared_length_over_the_limit_is_refused_unread() -> None:
    assert await answered("/jobs/", [b"x"], declared=FORM_BYTES + 1) == (413, 0)
    assert await answered("/files/", [b"x"], declared=UPLOAD_BYTES + 1) == (413, 0)


async def test_a_file_may_be_larger_than_a_form() -> None:
    assert await answered("/files/", [b"x" * 10], declared=FORM_BYTES + 1) == (200, 10)


async def test_nobody_may_send_more_than_a_form_before_they_sign_in() -> None:
    assert await answered("/files/", [b"x"], declared=FORM_BYTES + 1, signed_in=False) == (413, 0)
    piece = b"x" * (FORM_BYTES // 2)
    assert await answered("/files/", [piece, piece, b"x"], signed_in=False) == (413, FORM_BYTES)
    assert await answered("/files/", [piece, piece], signed_in=False) == (200, FORM_BYTES)


async def test_an_undeclared_body_is_counted() -> None:
    piece = b"x" * (FORM_BYTES // 2)
    assert await answered("/jobs/", [piece, piece]) == (200, FORM_BYTES)
    assert (await answered("/jobs/", [piece, piece, b"x"]))[0] == 413


async def slow(pieces: list[bytes], pause_seconds: float, sent: list[Any], app: Any = None) -> None:
    """A body whose pieces come with a pause before each; the last says that more will come, and then nothing does."""
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause_seconds if waiting else 3600)
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def known(scope: dict[str, Any]) -> bool:
        return True

    scope = {"type": "http", "path": "/files/", "method": "POST", "headers": [], "query_string": b""}
    await asyncio.wait_for(limit_bodies(app or Handler(), known)(scope, receive, send), 20)


async def test_a_body_that_stands_still_is_refused_and_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Any] = []
    real = tempfile.SpooledTemporaryFile

    def noted(*args: Any, **kwargs: Any) -> Any:
        made.append(real(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", noted)
    monkeypatch.setattr(body_limit, "PAUSE_SECONDS", 0.2)
    sent: list[Any] = []
    await slow([b"x" * 3_000_000], 0, sent)
    gc.collect()
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert all(file.closed for file in made)


async def test_a_slow_body_that_goes_on_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limit, "PAUSE_SECONDS", 2)  # less than all pauses together, more than a busy machine adds
    got: list[bytes] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        got.extend([(await receive())["body"] for _ in range(6)])

    await slow([b"x"] * 6, 0.4, [], app)
    assert got == [b"x"] * 6


async def creeping(monkeypatch: pytest.MonkeyPatch, pieces: list[bytes], each_seconds: float) -> tuple[int, int]:
    """Status, and how many pieces were read of a body of which each comes after so many seconds of a made-up clock."""
    clock = SimpleNamespace(now=500.0)
    monkeypatch.setattr(body_limit, "time", SimpleNamespace(monotonic=lambda: clock.now))
    sent: list[Any] = []
    read = 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal read
        for _ in pieces:
            if (await receive())["type"] == "http.disconnect":
                return
            read += 1
            clock.now += 100  # ours: the disk is slow
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> dict[str, Any]:
        clock.now += each_seconds
        return {"type": "http.request", "body": pieces[read], "more_body": read < len(pieces) - 1}

    async def send(message: Any) -> None:
        sent.append(message)

    async def known(scope: Any) -> bool:
        return True

    await limit_bodies(app, known)({"path": "/files/", "headers": []}, receive, send)
    return sent[0]["status"], read


async def test_a_body_that_creeps_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await creeping(monkeypatch, [b"x"] * 1000, 20) == (408, 3)
    assert await creeping(monkeypatch, [b"x" * LEAST_BYTES_A_SECOND] * 1000, 2) == (408, 60)


async def test_a_phone_on_a_bad_line_is_fast_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing for most of a minute, and then little; and a body of a few bytes that is whole just in time."""
    piece = b"x" * (LEAST_BYTES_A_SECOND * 20)
    assert await creeping(monkeypatch, [b"", b"", *[piece] * 200], 20) == (200, 202)
    assert await creeping(monkeypatch, [b"x", b"x", b"x", b"x"], 20) == (200, 4)


async def test_whoever_waits_for_an_answer_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limit, "PAUSE_SECONDS", 0.1)
    messages, told = [{"type": "http.request", "body": b"", "more_body": False}], []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        told.append(await receive())  # Django waits for the end of the connection meanwhile

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await asyncio.sleep(0.4)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    async def known(scope: Any) -> bool:
        return True

    await limit_bodies(app, known)({"path": "/", "headers": []}, receive, send)
    assert told == [{"type": "http.disconnect"}]
