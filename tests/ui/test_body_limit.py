"""A body that is larger than its page can use is refused before it is kept."""

from typing import Any

from console.ui.body_limit import FORM_BYTES, UPLOAD_BYTES, limit_bodies


async def answered(
    path: str, pieces: list[bytes], declared: int | None = None, *, signed_in: bool = True
) -> tuple[int, int]:
    """The status of the answer, and how many bytes the application behind the limit got to see."""
    seen, sent = 0, []
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        nonlocal seen
        for _ in pieces:
            seen += len((await receive())["body"])
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
