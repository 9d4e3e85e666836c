"""``GET /chat/sessions`` and one session with its messages (rivya-api.md §9, A23)."""

import json
import sqlite3
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.access import Caller, needs
from sandbox.answers import ApiError, json_answer
from sandbox.clock import written


@needs("chat:read")
async def list_sessions(_: Request, caller: Caller) -> Response:
    """Answer the account's API sessions, newest first."""
    rows = caller.world.store.all(
        "SELECT * FROM sessions WHERE account = ? ORDER BY created_at DESC, rowid DESC", caller.account
    )
    listed = {"object": "list", "data": [_shown(row) for row in rows]}
    return json_answer(listed | caller.world.assumptions.list_extras)


@needs("chat:read")
async def read_session(request: Request, caller: Caller) -> Response:
    """Answer one session with what was committed in it, oldest first."""
    store = caller.world.store
    row = store.one(
        "SELECT * FROM sessions WHERE id = ? AND account = ?", request.path_params["session_id"], caller.account
    )
    if row is None:
        raise ApiError("not_found", "There is no such session.")
    messages = store.all("SELECT * FROM messages WHERE session = ? ORDER BY created_at, rowid", row["id"])
    return json_answer(_shown(row) | {caller.world.assumptions.messages_field: [_message(one) for one in messages]})


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"], "object": "chat.session", "model": row["model"], "tool_slug": None, "title": row["title"],
        "controls": json.loads(row["controls"]), "created_at": written(row["created_at"]),
        "updated_at": written(row["updated_at"]), "last_message_at": written(row["last_message_at"]),
    }  # fmt: skip


def _message(row: sqlite3.Row) -> dict[str, Any]:
    shown = {name: row[name] for name in ("id", "role", "content")} | {"created_at": written(row["created_at"])}
    attachments = json.loads(row["attachments"])
    return shown | ({"attachments": attachments} if attachments else {})
