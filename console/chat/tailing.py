"""Turns that run in another process, followed through their rows: one look a tick for all of them."""

import asyncio
import contextvars
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog
from asgiref.sync import sync_to_async
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.db.models import Q

from console.chat.live_turn import LiveTurn
from console.chat.models import Turn, TurnPiece

log = structlog.get_logger("console.chat")

TAIL_SECONDS = 0.25
MOST_AT_ONCE = 100
Row = Mapping[str, Any]


@dataclass
class Followed:
    """A turn that runs elsewhere, as far as it was read."""

    live: LiveTurn
    listeners: int = 0
    send: int = -1
    next_index: int = 0


class Tail:
    """Runs only while somebody listens."""

    def __init__(self) -> None:
        self._followed: dict[UUID, Followed] = {}
        self._task: asyncio.Task[None] | None = None

    async def follow(self, pk: UUID) -> LiveTurn:
        """The turn as it was a moment ago; `leave` it in the end."""
        followed = self._followed.setdefault(pk, Followed(LiveTurn(pk)))
        followed.listeners += 1
        if followed.send < 0:
            await self._look([pk])
        if self._task is None or self._task.done():
            context = contextvars.Context()
            self._task = asyncio.get_running_loop().create_task(self._keep_looking(), context=context)
        return followed.live

    def leave(self, pk: UUID) -> None:
        """One listener less."""
        followed = self._followed.get(pk)
        if followed is None:
            return
        followed.listeners -= 1
        if followed.listeners <= 0:
            del self._followed[pk]
        if not self._followed and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(TAIL_SECONDS)
            try:
                pks = list(self._followed)
                for start in range(0, len(pks), MOST_AT_ONCE):
                    await self._look(pks[start : start + MOST_AT_ONCE])
            except DatabaseError as error:  # the next look finds the same
                log.warning("chat_tail_failed", error=type(error).__name__)

    async def _look(self, pks: list[UUID]) -> None:
        known = {pk: (each.send, each.next_index) for pk in pks if (each := self._followed.get(pk))}
        turns, pieces = await sync_to_async(_read)(known)
        for pk in known:
            followed, turn = self._followed.get(pk), turns.get(pk)
            if followed is not None and turn is not None:
                _apply(followed, turn, pieces.get(pk, []))
            elif followed is not None:
                followed.live.end()


def tail() -> Tail:
    """The tail of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _of_the_loop:
        _of_the_loop[loop] = Tail()
    return _of_the_loop[loop]


def phase_of(status: str, stop_requested: bool, has_text: bool) -> str:
    """What is going on, as far as the row tells."""
    if stop_requested:
        return "stopping"
    if status == Turn.Status.UNKNOWN:
        return "finding_out"
    if status == Turn.Status.STREAMING:
        return "writing" if has_text else "accepted"
    return "sending"


def _apply(followed: Followed, turn: Row, pieces: Iterable[TurnPiece]) -> None:
    live = followed.live
    if followed.send != turn["sends"]:
        followed.send, followed.next_index = turn["sends"], 0
        live.restart(turn["sends"])
    for piece in pieces:
        if piece.send == followed.send and piece.index == followed.next_index:
            live.add(piece.text)
            followed.next_index += 1
    live.tell(phase_of(turn["status"], turn["stop_requested_at"] is not None, followed.next_index > 0))
    if turn["status"] not in Turn.OPEN:
        live.end()


def _read(known: dict[UUID, tuple[int, int]]) -> tuple[Mapping[UUID, Row], dict[UUID, list[TurnPiece]]]:
    close_old_connections()
    rows = Turn.objects.filter(pk__in=known).values("pk", "status", "sends", "stop_requested_at")
    turns: dict[UUID, Row] = {row["pk"]: row for row in rows}
    wanted = Q(pk__in=[])
    for pk, (send, index) in known.items():
        if pk in turns:
            sends = turns[pk]["sends"]
            wanted |= Q(turn_id=pk, send=sends, index__gte=index if send == sends else 0)
    pieces: dict[UUID, list[TurnPiece]] = {}
    for piece in TurnPiece.objects.filter(wanted).order_by("turn_id", "index"):
        pieces.setdefault(piece.turn_id, []).append(piece)
    return turns, pieces


_of_the_loop: "WeakKeyDictionary[asyncio.AbstractEventLoop, Tail]" = WeakKeyDictionary()
