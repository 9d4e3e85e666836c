"""One turn's life in one process: send, look, wait, and again, until it is final or given away."""

import asyncio
import contextlib
from collections.abc import Coroutine
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from console.chat.accepting import Accepted
from console.chat.confirming import count_confirmation
from console.chat.exchanging import confirm, look, send
from console.chat.live_turn import LiveTurn
from console.chat.models import Turn, TurnPiece
from console.chat.outcomes import Act, Next, Outcome
from console.chat.settling import settle
from console.chat.unlocking import Access, unlock
from console.chat.writing import Piece, Writer


class Run:
    """`task` lives through it. `stop` and `abandon` end the exchange that is under way, each in its own way."""

    def __init__(self, turn: Turn, lease: UUID, writer: Writer) -> None:
        self.pk = turn.pk
        self.turn = turn
        self.lease = lease
        self.live = LiveTurn(turn.pk, send=turn.sends)
        self.task: asyncio.Task[None] | None = None
        self.is_final = False
        self.is_known = False  # the database has confirmed our lease once
        self.is_stopped = turn.stop_requested_at is not None
        self._writer = writer
        self._exchange: asyncio.Task[Outcome] | None = None
        self._stopping = asyncio.Event()
        self._stored = 0
        self._index = 0
        self._noting: asyncio.Future[None] | None = None

    def piece(self) -> Piece | None:
        """The text that is not stored yet."""
        text = self.live.text
        if len(text) <= self._stored:
            self.live.tell_if_quiet()
            return None
        piece = Piece(self.pk, self.live.drawing.send, self._index, text[self._stored :])
        self._stored, self._index = len(text), self._index + 1
        return piece

    def stop(self) -> None:
        """A person stops it: the connection to Rivya is closed at once."""
        if self.is_stopped:
            return
        self.is_stopped = True
        self.live.tell("stopping")
        self._stopping.set()
        if self._exchange is not None:
            self._exchange.cancel()

    def abandon(self) -> None:
        """It is somebody else's now, or this process ends: nothing more is written here."""
        if self.task is not None:
            self.task.cancel()

    async def live_through(self, step: Next) -> None:
        """Until there is nothing more to do."""
        while step.act is not None:
            self.live.tell("stopping" if self.is_stopped else step.phase)
            await self._wait(step.after_seconds)
            outcome = await self._done(step.act)
            step = await self._writer.write(partial(settle, self.pk, outcome))
            if step.text_is_over:
                self.live.end()
        self.is_final = True

    async def _wait(self, seconds: float) -> None:
        if seconds > 0 and (self.is_stopped and not self._stopping.is_set()):
            await asyncio.sleep(seconds)
        elif seconds > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), seconds)
                self._stopping.clear()

    async def _done(self, act: Act) -> Outcome:
        match act:
            case Act.SEND:
                return await self._sent()
            case Act.LOOK:
                return await self._looked()
            case Act.CONFIRM:
                return await self._confirmed()

    async def _sent(self) -> Outcome:
        if self.is_stopped:
            return self._stopped()
        access: Access | None = await self._writer.write(self._begin_send)
        if access is None:
            return self._stopped()
        self.is_known = True
        self._stored = self._index = 0
        self.live.restart(self.turn.sends)
        if access.missing:
            return Outcome(Act.SEND, self.lease, no_key=access.missing)
        return await self._ended(send(self.turn, self.lease, access, self._note, self.live))

    async def _looked(self) -> Outcome:
        access, taken = await self._writer.write(self._begin_look)
        self.is_known = True
        if access.missing:
            return Outcome(Act.LOOK, self.lease, no_key=access.missing)
        return await look(self.turn, self.lease, access, taken)

    async def _confirmed(self) -> Outcome:
        access: Access = await self._writer.write(self._begin_confirm)
        self.is_known = True
        if access.missing:
            return Outcome(Act.CONFIRM, self.lease, no_key=access.missing)
        return await confirm(self.turn, self.lease, access)

    async def _ended(self, exchange: Coroutine[Any, Any, Outcome]) -> Outcome:
        self._exchange = asyncio.get_running_loop().create_task(exchange)
        try:
            return await self._exchange
        except asyncio.CancelledError:
            if self.is_stopped and self._exchange.cancelled() and not asyncio.current_task().cancelling():  # type: ignore[union-attr]
                return self._stopped()
            self._exchange.cancel()
            raise
        finally:
            self._exchange = None

    def _stopped(self) -> Outcome:
        self._stopping.clear()
        session = self.turn.conversation.session_id
        return Outcome(Act.SEND, self.lease, session_id=session, text=self.live.text, stopped=True)

    def _begin_send(self) -> Access | None:
        """The send is counted before its first byte goes out: a kill leaves a trace. None when a stop came first."""
        ours = Turn.objects.filter(pk=self.pk, lease=self.lease, finished_at=None, stop_requested_at=None)
        access = self._fresh(to_read=False)
        if access.missing:
            return access
        first_sent_at = self.turn.first_sent_at or timezone.now()
        if not ours.update(sends=F("sends") + 1, first_sent_at=first_sent_at):
            return None
        if self.turn.sends:
            TurnPiece.objects.filter(turn_id=self.pk).delete()
        self.turn.sends, self.turn.first_sent_at = self.turn.sends + 1, first_sent_at
        return access

    def _begin_look(self) -> tuple[Access, set[str]]:
        access = self._fresh(to_read=True)
        others = Turn.objects.filter(conversation_id=self.turn.conversation_id).exclude(pk=self.pk)
        return access, set(others.exclude(rivya_message_id="").values_list("rivya_message_id", flat=True))

    def _begin_confirm(self) -> Access:
        access = self._fresh(to_read=False)
        is_ours = access.missing or count_confirmation(self.turn, self.lease)
        return access if is_ours else Access(missing="held elsewhere")

    def _fresh(self, *, to_read: bool) -> Access:
        self.turn = Turn.objects.select_related("conversation").get(pk=self.pk)
        return unlock(self.turn, to_read=to_read)

    def _note(self, session_id: str) -> None:
        """Rivya has it: written down at once, recovery needs the session."""
        note = Accepted(self.pk, self.lease, session_id)
        self._noting = asyncio.ensure_future(self._writer.write(note))
