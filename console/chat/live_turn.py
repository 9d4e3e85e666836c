"""A turn while its answer is being written: its text, drawn once for all who listen in this process."""

import asyncio
import time
from uuid import UUID

from console.chat.drawing import Drawing

# The last block is drawn at most this often, and never for more than a twentieth of the turn's time: so what drawing
# costs grows with the time an answer takes and not with the square of its text. Many turns share half of the loop.
REDRAW_SECONDS = 0.04
SHARE_OF_ONE = 20
SHARE_OF_ALL = 2
SENDING_SECONDS = 0.0001  # what a drawing costs besides, to be written into a response and sent
UNSEEN_SECONDS = 0.1
QUIET_SECONDS = 5.0

_writing: "set[LiveTurn]" = set()


class LiveTurn:
    """Lives in one event loop. Text comes in by `add`; listeners read `drawing` and `phase` and wait for changes."""

    def __init__(self, pk: UUID, *, send: int = 0, text: str = "", phase: str = "sending") -> None:
        self.pk = pk
        self.drawing = Drawing(pk, send)
        self.phase = phase
        self.version = 0
        self.listeners = 0
        self.is_over = False
        self.is_elsewhere = False
        self.last_text_at = time.monotonic()
        self._text = text
        self._pending: list[str] = []
        self._waiting: set[asyncio.Future[bool]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._draw_after = 0.0

    @property
    def text(self) -> str:
        """All of this send so far."""
        if self._pending:
            self._text += "".join(self._pending)
            self._pending.clear()
        return self._text

    def add(self, delta: str) -> None:
        """More text came."""
        self._pending.append(delta)
        self.last_text_at = time.monotonic()
        self.tell("writing")
        if self.listeners:
            self._draw_soon()

    async def rest(self) -> None:
        """For who has read all there is: draws it, and returns when the next drawing is due.

        Nobody sees what comes before, and together it costs what one piece would.
        """
        if self._timer is not None and not self.is_over:
            self._timer.cancel()
            self.draw()
        wait = self._draw_after - time.monotonic() if self.listeners else UNSEEN_SECONDS
        await asyncio.sleep(max(wait, 0))

    def restart(self, send: int) -> None:
        """The answer is written anew: what was shown of an earlier send does not count."""
        self._text, self._pending = "", []
        self.drawing = Drawing(self.pk, send)
        self._changed()

    def tell(self, phase: str) -> None:
        """What is going on, when it is something else than before."""
        if phase and phase != self.phase:
            self.phase = phase
            self._changed()

    def tell_if_quiet(self) -> None:
        """Long silence in mid-answer is told, not hidden; Rivya's heartbeats keep the connection."""
        if self.phase in ("writing", "accepted") and time.monotonic() - self.last_text_at > QUIET_SECONDS:
            self.tell("quiet")

    def end(self, *, elsewhere: bool = False) -> None:
        """Nothing more will come here: the turn is at its end, or it goes on in another process."""
        if self.is_over:
            return
        self.is_over, self.is_elsewhere = True, elsewhere
        if self._timer:
            self._timer.cancel()
        _writing.discard(self)
        self._changed()

    def draw(self) -> None:
        """Draw what came since the last time."""
        self._timer = None
        _writing.add(self)
        began = time.thread_time()  # not the waits of a busy machine
        changed = self.drawing.feed(self.text)
        cost = time.thread_time() - began + SENDING_SECONDS
        pause = max(REDRAW_SECONDS, cost * SHARE_OF_ONE, cost * SHARE_OF_ALL * len(_writing))
        self._draw_after = time.monotonic() + pause
        if changed:
            self._changed()

    async def changed_since(self, version: int, within_seconds: float) -> bool:
        """Wait until there is something new; False when the time is over."""
        if self.version != version:
            return True
        # Many thousand times a second in all: a bare future and a timer, where `wait_for` would make a task.
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[bool] = loop.create_future()
        self._waiting.add(waiter)
        timer = loop.call_later(within_seconds, _resolve, waiter, False)
        try:
            return await waiter
        finally:
            timer.cancel()
            self._waiting.discard(waiter)

    def _draw_soon(self) -> None:
        if self._timer is not None or self.is_over:
            return
        wait = max(self._draw_after - time.monotonic(), 0)  # not at once: what comes together is drawn together
        self._timer = asyncio.get_running_loop().call_later(wait, self.draw)

    def _changed(self) -> None:
        self.version += 1
        waiting, self._waiting = self._waiting, set()
        for waiter in waiting:
            _resolve(waiter, True)


def _resolve(waiter: "asyncio.Future[bool]", is_changed: bool) -> None:
    if not waiter.done():
        waiter.set_result(is_changed)
