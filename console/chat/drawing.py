"""The blocks of an answer as a page has them, and what a listener lacks of them as one message."""

import re
from dataclasses import dataclass
from typing import NamedTuple, Self
from uuid import UUID

from console.chat.incremental import Incremental

_LINE_END = re.compile(r"\r\n|\r|\n")
_MARK = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})\.([0-9]{1,6})")


class Mark(NamedTuple):
    """How much a page has drawn: of which send, how many finished blocks, how many blocks in all."""

    send: int
    finished: int
    drawn: int

    @classmethod
    def read(cls, text: str) -> Self | None:
        """From an event's id; None for anything else."""
        found = _MARK.fullmatch(text)
        return cls(*map(int, found.groups())) if found else None

    def __str__(self) -> str:
        return f"{self.send}.{self.finished}.{self.drawn}"


@dataclass(frozen=True)
class Partial:
    """A piece of HTML and where it goes (an `hx-partial` of the page)."""

    target: str
    swap: str
    html: str

    def __str__(self) -> str:
        return f'<hx-partial hx-target="#{self.target}" hx-swap="{self.swap}">{self.html}</hx-partial>'


class Drawing:
    """The HTML of one send's answer, block by block; `number` grows with every change."""

    def __init__(self, pk: UUID, send: int) -> None:
        self.pk = pk
        self.send = send
        self.number = 0
        self._blocks: list[str] = []
        self._finished = 0
        self._incremental = Incremental()
        self._messages: dict[Mark | None, bytes] = {}

    @property
    def mark(self) -> Mark:
        """How much there is."""
        return Mark(self.send, self._finished, len(self._blocks))

    @property
    def html(self) -> str:
        """All blocks."""
        return "".join(self._blocks)

    def feed(self, text: str) -> bool:
        """Draw the text so far; whether anything changed."""
        changed = self._incremental.feed(text)
        for block in changed:
            wrapped = f'<div class="answer-block" id="turn-{self.pk}-{block.index}">{block.html}</div>'
            if block.index < len(self._blocks):
                self._blocks[block.index] = wrapped
            else:
                self._blocks.append(wrapped)
            if block.final:
                self._finished = block.index + 1
        if changed:
            self.number += 1
            self._messages.clear()
        return bool(changed)

    def message_after(self, seen: Mark | None) -> bytes:
        """What a page that has `seen` lacks, made once for all that have seen the same."""
        if seen not in self._messages:
            partials = "".join(map(str, self._partials(seen)))
            self._messages[seen] = message(partials, id=str(self.mark))
        return self._messages[seen]

    def _partials(self, seen: Mark | None) -> list[Partial]:
        answer = f"turn-{self.pk}-answer"
        fits = seen and seen.send == self.send and seen.finished <= self._finished and seen.drawn <= len(self._blocks)
        if seen is None or not fits:
            return [Partial(answer, "innerMorph", self.html)]
        redrawn = [
            Partial(f"turn-{self.pk}-{index}", "outerMorph", self._blocks[index])
            for index in range(seen.finished, seen.drawn)
        ]
        added = "".join(self._blocks[seen.drawn :])
        return redrawn + ([Partial(answer, "beforeend", added)] if added else [])


def message(data: str, *, event: str = "", id: str = "") -> bytes:
    """One server-sent event; any line ending in `data` becomes one of its lines."""
    lines = [f"id: {id}"] if id else []
    lines += [f"event: {event}"] if event else []
    lines += [f"data: {line}" for line in _LINE_END.split(data)]
    return ("\n".join(lines) + "\n\n").encode()
