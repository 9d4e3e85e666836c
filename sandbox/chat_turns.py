"""A chat turn's beginning and its two ends, each one transaction: open, commit, release (rivya-api.md §7, A22)."""

import json
import math
from dataclasses import dataclass
from typing import Any

from sandbox import money
from sandbox.answers import new_id, new_request_id
from sandbox.chat_answers import answer_to, tokens_in
from sandbox.chat_requests import Question
from sandbox.clock import written
from sandbox.idempotency import Once
from sandbox.world import World

TITLE_LENGTH = 48


@dataclass
class Turn:
    """A turn whose reserve is taken. ``completion`` is set once it is committed."""

    id: str
    request_id: str
    session: str
    question: Question
    answer: str
    call: Once
    completion: dict[str, Any] | None = None

    @property
    def world(self) -> World:
        return self.call.caller.world


def open_turn(call: Once, question: Question) -> Turn:
    """Reserve the model's base price and make the session, if it is a new one."""
    world, account = call.caller.world, call.caller.account
    turn_id, session, now = new_id("chatcmpl"), question.session or new_id("sess"), world.clock.now()
    with world.store.transaction():
        money.reserve(world, account, question.model.base_credits, turn_id)
        if question.session is None:
            world.store.add(
                "sessions", id=session, account=account, model=question.model.id, title=_title(question.message),
                controls=json.dumps(question.controls), created_at=now, updated_at=now,
            )  # fmt: skip
        world.store.add(
            "turns", id=turn_id, account=account, session=session, model=question.model.id, endpoint=call.endpoint,
            idempotency_key=call.key, client_request_id=question.client_request_id, state="running",
            reserved=question.model.base_credits, created_at=now, updated_at=now,
        )  # fmt: skip
    earlier = len(_said(world, session, "user"))
    names = [name for _, name in question.pictures]
    answer = answer_to(question.message, question.model.id, seed=world.seed, earlier=earlier, pictures=names)
    return Turn(turn_id, new_request_id(), session, question, answer, call)


def commit(turn: Turn) -> None:
    """Keep question and answer, settle the credits from the tokens, and store the answer under its key."""
    world, now = turn.world, turn.world.clock.now()
    usage = _usage(turn)
    with world.store.transaction():
        price = max(1, math.ceil(usage["total_tokens"] / world.assumptions.tokens_per_credit))
        settled = money.settle(world, turn.id, price)
        _say(turn, "user", turn.question.message, now - 0.001, [file for file, _ in turn.question.pictures])
        message = _say(turn, "assistant", turn.answer, now, [])
        world.store.run("UPDATE sessions SET updated_at = ?, last_message_at = ? WHERE id = ?", now, now, turn.session)
        world.store.run(
            "UPDATE turns SET state = 'committed', final = ?, updated_at = ? WHERE id = ?", settled.final, now, turn.id
        )
        completion = {
            "id": turn.id, "object": "chat.completion", "session_id": turn.session, "model": turn.question.model.id,
            "created_at": written(now), "message": message, "usage": usage,
            "credits": {"reserved": settled.reserved, "final": settled.final},
        }  # fmt: skip
        turn.call.keep(completion)
    turn.completion = completion


def release(turn: Turn) -> None:
    """Give the whole reserve back; nothing of the turn is kept."""
    _release(turn.world, turn.id)


def release_stranded(world: World) -> None:
    """At the start: turns that were running when the sandbox died were never committed."""
    for row in world.store.all("SELECT id FROM turns WHERE state = 'running'"):
        _release(world, row["id"])


def _release(world: World, turn: str) -> None:
    with world.store.transaction():
        now, sql = (
            world.clock.now(),
            "UPDATE turns SET state = 'released', updated_at = ? WHERE id = ? AND state = 'running'",
        )
        if world.store.run(sql, now, turn):
            money.settle(world, turn, 0)


def _say(turn: Turn, role: str, content: str, at: float, files: list[str]) -> dict[str, Any]:
    message = {"id": new_id("msg"), "role": role, "content": content, "created_at": written(at)}
    turn.world.store.add(
        "messages", id=message["id"], session=turn.session, role=role, content=content, created_at=at,
        attachments=json.dumps([{"file_id": file} for file in files]),
    )  # fmt: skip
    return message


def _usage(turn: Turn) -> dict[str, int]:
    history = sum(tokens_in(text) for text in _said(turn.world, turn.session))
    before, after = history + tokens_in(turn.question.message) + 400, tokens_in(turn.answer)
    return {"input_tokens": before, "output_tokens": after, "total_tokens": before + after}


def _said(world: World, session: str, role: str | None = None) -> list[str]:
    sql = "SELECT content FROM messages WHERE session = ? AND role = COALESCE(?, role)"
    return [row["content"] for row in world.store.all(sql, session, role)]


def _title(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= TITLE_LENGTH else f"{line[: TITLE_LENGTH - 3].rstrip()}..."
