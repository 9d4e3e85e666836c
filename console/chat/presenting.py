"""Everything a page shows of one turn."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from console.chat.drawing import Drawing
from console.chat.explaining import explain
from console.chat.models import Turn
from console.chat.rendering import render
from console.chat.tailing import phase_of
from console.files.models import ReferenceFile
from console.ui.problems import Problem


@dataclass
class Shown:
    """`is_live`: the page is to follow the turn by a stream of its own. `text` is what is stored of an open answer."""

    turn: Turn
    text: str
    is_live: bool

    @property
    def pk(self) -> UUID:
        return self.turn.pk

    @property
    def status(self) -> str:
        return self.turn.status

    @property
    def position(self) -> int:
        return self.turn.position

    @property
    def is_removed(self) -> bool:
        """The project's retention took its words."""
        return self.turn.conversation.words_removed_at is not None

    @property
    def question(self) -> str:
        return self.turn.question

    @cached_property
    def attachments(self) -> list[ReferenceFile]:
        """The images sent with the question."""
        return [each.file for each in self.turn.attachments.all()]

    @property
    def is_open(self) -> bool:
        return self.turn.is_open

    @property
    def answer_text(self) -> str:
        """Committed, or as far as it came."""
        return self.text if self.is_open else self.turn.answer

    @cached_property
    def answer_html(self) -> SafeString:
        """In blocks that a stream can go on with while it is open; else the whole."""
        if not self.is_open:
            return render(self.turn.answer, f"turn-{self.pk}")
        return mark_safe(self._drawing.html)  # noqa: S308

    @property
    def stream_url(self) -> str:
        """Where the rest of the answer comes from."""
        return f"{reverse('chat:stream', args=[self.pk])}?seen={self._drawing.mark}"

    @property
    def phase(self) -> str:
        """What is going on (`listening`); empty when nothing is."""
        if not self.is_open:
            return ""
        return phase_of(self.turn.status, self.turn.stop_requested_at is not None, bool(self.text))

    @cached_property
    def problem(self) -> Problem | None:
        return explain(self.turn)

    @property
    def is_checking_charge(self) -> bool:
        """Stopped or answered, and not known yet what was charged."""
        return self.turn.status in (Turn.Status.STOPPED, Turn.Status.DONE) and not self.turn.is_final

    @property
    def is_charge_assumed(self) -> bool:
        """Rivya never told its figure: what was reserved stands for it."""
        return self.turn.is_final and self.turn.status == Turn.Status.DONE and self.turn.final_credits is None

    @property
    def credits_words(self) -> str:
        """What it cost, as far as it is known."""
        turn = self.turn
        if self.is_charge_assumed:
            return (
                f"{_credits(turn.quoted_credits if turn.reserved_credits is None else turn.reserved_credits)} assumed"
            )
        if turn.is_final:
            return _credits(turn.final_credits or 0)
        return f"{_credits(turn.reserved_credits or turn.quoted_credits)} reserved"

    @property
    def can_stop(self) -> bool:
        return self.is_open and self.turn.stop_requested_at is None

    @property
    def can_retry(self) -> bool:
        """A new turn with the same question; never while the outcome of this one is open."""
        return not self.is_removed and not self.is_open and self.turn.status != Turn.Status.NEEDS_REVIEW

    @property
    def retry_credits(self) -> int:
        return self.turn.quoted_credits

    @cached_property
    def retry_submission(self) -> UUID:
        return uuid4()

    @property
    def elapsed_seconds(self) -> float:
        return ((self.turn.finished_at or timezone.now()) - self.turn.created_at).total_seconds()

    @cached_property
    def _drawing(self) -> Drawing:
        drawing = Drawing(self.pk, self.turn.sends)
        drawing.feed(self.text)
        return drawing


def shown_turns(turns: Iterable[Turn]) -> list[Shown]:
    """For a page: each open one with its stream."""
    return [shown_of(turn) for turn in turns]


def shown_of(turn: Turn, *, with_stream: bool = True) -> Shown:
    """`with_stream` False for the page whose own request is the stream."""
    pieces: Any = turn.pieces.filter(send=turn.sends).order_by("index").values_list("text", flat=True)
    text = "".join(pieces) if turn.is_open else ""
    return Shown(turn, text, with_stream and turn.is_open)


def _credits(count: int) -> str:
    return f"{count:,} {'credit' if count == 1 else 'credits'}"
