"""The event-stream grammar, whatever the chunks and line ends."""

import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.rivya.sse import EventParser, Oversize, RawEvent

NAMES = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), min_size=1, max_size=12)
DATA = st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20), min_size=1)
EVENTS = st.lists(st.tuples(NAMES, DATA), max_size=6)
NOISE = st.sampled_from(["", ": comment", ":", "id: 7", "retry: 10", "unknown", "unknown: x", "datax: y"])
ENDS = st.sampled_from(["\n", "\r", "\r\n"])
at_leisure = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[RawEvent]]:
    """A valid stream in bytes, and what it means."""
    text = draw(st.sampled_from(["", "\ufeff"]))
    meant = []
    for name, data in draw(EVENTS):
        lines = [f"event: {name}", *(f"data: {line}" for line in data)]
        noise = draw(NOISE)
        if noise:
            lines.insert(draw(st.integers(0, len(lines))), noise)
        for line in [*lines, ""]:
            end = draw(ENDS)
            text += line + ("\r" if text.endswith("\r") and line + end == "\n" else end)
        meant.append(RawEvent(name, "\n".join(data)))
    return text.encode(), meant


def chunked(stream: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    return [stream[start:end] for start, end in pairwise(places)]


def parsed(*chunks: bytes, limit_bytes: int = 10_000) -> list[RawEvent]:
    parser = EventParser(limit_bytes=limit_bytes)
    return [event for chunk in chunks for event in parser.feed(chunk)]


@at_leisure
@given(streams(), st.lists(st.integers(0, 10_000), max_size=30))
def test_any_cutting_of_a_valid_stream_gives_the_same_events(
    stream: tuple[bytes, list[RawEvent]], cuts: list[int]
) -> None:
    raw, meant = stream
    assert parsed(*chunked(raw, cuts)) == meant
    assert parsed(*(raw[i : i + 1] for i in range(len(raw)))) == meant


@at_leisure
@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=10))
def test_garbage_never_crashes_and_never_depends_on_the_cutting(raw: bytes, cuts: list[int]) -> None:
    assert parsed(*chunked(raw, cuts)) == parsed(raw)


@pytest.mark.parametrize(
    ("raw", "events"),
    [
        (b"data: a\n\n", [("message", "a")]),
        (b"data:a\n\n", [("message", "a")]),
        (b"data:  a\n\n", [("message", " a")]),
        (b"data\n\n", [("message", "")]),
        (b"data\ndata\n\n", [("message", "\n")]),
        (b"data: a\ndata: b\n\n", [("message", "a\nb")]),
        (b"event: x\n\n", []),
        (b"event: x\n\ndata: a\n\n", [("message", "a")]),
        (b"event: x\nevent: y\ndata: a\n\n", [("y", "a")]),
        (b"event\ndata: a\n\n", [("message", "a")]),
        (b": hi\n\n:\n\ndata: a\n\n", [("message", "a")]),
        (b"data: a\r\rdata: b\r\n\r\n", [("message", "a"), ("message", "b")]),
        (b"\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n", [("message", "a")]),
        (b"data: \xff\n\n", [("message", "\ufffd")]),
        (b"data: never ended", []),
        (b"data: never ended\n", []),
        (b"", []),
        (b"\n\n\n", []),
    ],
)
def test_the_grammar_of_single_cases(raw: bytes, events: list[tuple[str, str]]) -> None:
    assert parsed(raw) == [RawEvent(*event) for event in events]


@pytest.mark.parametrize(
    ("chunks", "events"),
    [
        ([b"data: a\r", b"\ndata: b\r", b"\n\r", b"\n"], [("message", "a\nb")]),
        ([b"data: a\r", b"", b"\n", b"\r", b"\ndata: b\n\n"], [("message", "a"), ("message", "b")]),
        ([b"data: a\r", b"\r", b"data: b\n", b"\r\n"], [("message", "a"), ("message", "b")]),
        ([b"\xef", b"\xbb", b"\xbf", b"data: a\n\n"], [("message", "a")]),
        ([b"\xef\xbb", b"\xbf\n", b"\xef\xbb\xbfdata: no field\n\n"], []),
        ([b"\xef\xbb\xbf\xef\xbb\xbfdata: no field\n\n"], []),
        ([b"data: \xe2", b"\x82", b"\xac\n\n"], [("message", "\u20ac")]),
        ([b"data: \xf0\x9f\x98", b"\x80", b"\n", b"\n"], [("message", "\U0001f600")]),
        ([b"data: \xf0\x9f\n\n"], [("message", "\ufffd")]),
        ([b"data: \xe2\x82", b"(\xc0\xaf\n\n"], [("message", "\ufffd(\ufffd\ufffd")]),
        ([b"id: a\0b\nid: 7\ndata: a\n\n"], [("message", "a")]),
        ([b"retry: soon\nretry: -1\nretry\ndata: a\n\n"], [("message", "a")]),
        ([b"DATA: a\nData: b\n data: c\ndata : d\n\n"], []),
        ([b"event: model.mood\ndata: {}\n\ndata: a\n\n"], [("model.mood", "{}"), ("message", "a")]),
        ([b"data: a\0b:c\n\n"], [("message", "a\0b:c")]),
        ([b"data:\tb\x0bc\x0cd\x85e\xe2\x80\xa8f\n\n"], [("message", "\tb\x0bc\x0cd\ufffde\u2028f")]),
        ([b"data: a\n", b": comment\n", b"data: b\n\n"], [("message", "a\nb")]),
        ([b"data: whole\n\ndata: the end of the body discards this\n"], [("message", "whole")]),
        ([b"data: whole\r\n\r\nevent: done\r\ndata: {}\r\n"], [("message", "whole")]),
    ],
)
def test_the_grammar_over_chunks(chunks: list[bytes], events: list[tuple[str, str]]) -> None:
    assert parsed(*chunks) == [RawEvent(*event) for event in events]
    whole = b"".join(chunks)
    assert parsed(*(whole[i : i + 1] for i in range(len(whole)))) == [RawEvent(*event) for event in events]


def parsed_one_by_one(chunks: Iterator[bytes], limit_bytes: int) -> None:
    parser = EventParser(limit_bytes=limit_bytes)
    for chunk in chunks:
        parser.feed(chunk)


@pytest.mark.parametrize("size", [2, 1000, 100_000])
def test_a_line_without_end_is_held_in_no_more_memory_than_its_limit(size: int) -> None:
    limit = 1_000_000
    chunks = (bytes(bytearray(b"y" * size)) for _ in range(limit // size + 1))  # each a piece of memory of its own
    tracemalloc.start()
    with pytest.raises(Oversize):
        parsed_one_by_one(chunks, limit)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * limit


@pytest.mark.parametrize("piece", [b"x" * 100, b"data: y\n", b"data\n", b"event: "])
def test_what_never_ends_is_refused_within_its_limit(piece: bytes) -> None:
    with pytest.raises(Oversize):
        parsed(*[piece] * 3000, limit_bytes=5000)


def test_comments_may_go_on_for_ever() -> None:
    parser = EventParser(limit_bytes=100)
    for _ in range(1000):
        assert parser.feed(b": still here\n") == []
    assert parser.feed(b"data: a\n\n") == [RawEvent("message", "a")]
