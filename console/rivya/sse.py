"""Server-sent events by the WHATWG grammar: bytes in any chunks to whole events. Knows nothing of Rivya."""

from typing import NamedTuple

LARGEST_EVENT_BYTES = 4 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class RawEvent(NamedTuple):
    """One dispatched event: its name ("message" when none was given) and its data lines joined by LF."""

    name: str
    data: str

    def __repr__(self) -> str:
        return f"<RawEvent {self.name!r} of {len(self.data)} characters>"


class Oversize(ValueError):
    """A line or an event grew beyond the limit: nothing sane sends that."""


class EventParser:
    """Feed it chunks; it returns the events they complete. Holds at most one unfinished event of `limit_bytes`."""

    def __init__(self, *, limit_bytes: int = LARGEST_EVENT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._line = bytearray()
        self._held_bytes = 0
        self._after_cr = False
        self._at_start = True
        self._name = ""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> list[RawEvent]:
        """The events completed by this chunk. Raises `Oversize`. An event without its blank line is never returned."""
        if self._after_cr and chunk:
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")
        self._after_cr = self._after_cr or chunk.endswith(b"\r")
        events = [self._ended(piece) for piece in chunk.splitlines(keepends=True)]
        return [event for event in events if event is not None]

    def _ended(self, piece: bytes) -> RawEvent | None:
        """Take a piece of a line; if it ends the line and the line ends an event, that event."""
        text = piece.rstrip(b"\r\n")
        self._held_bytes += len(text)
        if self._held_bytes > self._limit_bytes:
            raise Oversize(f"An event has more than {self._limit_bytes} bytes.")
        is_unfinished = len(text) == len(piece)
        if is_unfinished or self._line:
            self._line += text
        if is_unfinished:
            return None
        line = bytes(self._line) if self._line else text
        self._line.clear()
        return self._taken(self._without_bom(line))

    def _without_bom(self, line: bytes) -> bytes:
        at_start, self._at_start = self._at_start, False
        return line.removeprefix(_BOM) if at_start else line

    def _taken(self, line: bytes) -> RawEvent | None:
        if not line:
            return self._dispatched()
        name, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
            self._held_bytes += 1
        else:
            self._held_bytes -= len(line)
        if name == "event":
            self._name = value
        return None

    def _dispatched(self) -> RawEvent | None:
        event = RawEvent(self._name or "message", "\n".join(self._data)) if self._data else None
        self._name = ""
        self._data = []
        self._held_bytes = 0
        return event
