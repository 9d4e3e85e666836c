"""Streams that are right by the SSE standard and yet surprise a careless reader (``odd_stream``)."""

import re
from collections.abc import Iterator
from typing import Any


def odd(frame: bytes, fault: dict[str, Any]) -> Iterator[bytes]:
    """Yield one frame as the switches want it: comments, ids, unknown_event, multi_data, crlf, repeat, split_bytes."""
    if fault.get("comments"):
        frame = b": keep-alive\n" + frame
    if fault.get("ids"):
        frame = b"id: 7\nretry: 1500\n" + frame
    if fault.get("multi_data"):
        frame = re.sub(rb'\ndata: (\{"request_id":"[^"]*",)', rb"\ndata: \1\ndata: ", frame)
    if fault.get("unknown_event"):
        frame = b'event: model.mood\ndata: {"mood":"fine"}\n\n' + frame
    if fault.get("repeat") and b"message.delta" in frame:
        frame = frame + frame
    if fault.get("crlf"):
        frame = frame.replace(b"\n", b"\r\n")
    size = int(fault.get("split_bytes", 0)) or len(frame)
    for start in range(0, len(frame), size):
        yield frame[start : start + size]
