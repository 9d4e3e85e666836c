"""What a hostile caller sends, and what no answer to it may be."""

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from tests.access.test_matrix import text

Value = str | bytes
FORM = "application/x-www-form-urlencoded"
NO_LIMITS: dict[str, Any] = {"LIMITS_PER_MINUTE": dict.fromkeys(("submit", "ask", "upload", "export", "webhook"), 0)}
NO_LIMITS |= {"LIMIT_STREAMS": 0, "ACCOUNT_RATE_LIMITS": False}
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
# What has broken programs like this one: each is sent into every field.
ALWAYS: list[Value] = [
    "a\0b",
    b"\xff\xfe\x80 \xed\xa0\x80",  # not UTF-8
    'x\r\n2026-11-27 ERROR root: forged\n{"event": "forged", "level": "critical"}',
    "9" * 5000,  # more digits than int() reads
    "99999999999999999999",  # past 64 bits
    "²",  # isdigit(), and no number
    "",
    MARKUP,
]  # fmt: skip
# And these in turn, some to each field.
IN_TURN: list[Value] = [
    "-1",
    "NaN",
    "-Infinity",
    "1e400",
    "٣٤",
    "0x10",
    "1_000",
    "٫",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "99999-12-31T25:61:61+99:99",
    "9999-12-31T23:59:59-14:00",
    "00000000-0000-0000-0000-000000000000",
    "{00000000-0000-0000-0000-00000000000g}",
    "'; DROP TABLE jobs_job; --",
    "%_\\%' ESCAPE '",
    '"unbalanced AND OR NOT NEAR( * ^ : -',
    "{{ 7*7 }}{% debug %}${7*7}#{7*7}",
    "%s%n%(name)s{0}{settings}",
    "../../../../../../etc/passwd",
    "..\\..\\boot.ini:stream",
    "//evil.example/\\@evil.example",
    "javascript:alert(1)",
    "http://169.254.169.254/latest/meta-data/",
    '{"a": [1, {"$ne": null}], "__proto__": {"x": 1}}',
    "[" * 3000,
    "null",
    "True",
    "\u202egnp.exe\u202c\u2066",
    "e" + "\u0301" * 400,
    "👩‍👩‍👧‍👦🏳️‍🌈" * 20,
    "A" * 70_000,
    "   \t\v\f\u2028\u2029\x85 ",
    "\x1b[2J\x1b[31mred\x07",
    '=HYPERLINK("http://evil.example")',
    "=?utf-8?q?=0D=0ABcc:=20evil@example.com?=",
    "evil@example.com\nBcc: all@example.com",
    "a" * 300 + "@example.com",
    "COM1",
]  # fmt: skip
TURNS = 5  # of these to each field


def for_field(number: int) -> list[Value]:
    """What the field of this number is sent; neighbours are sent different things."""
    return ALWAYS + [IN_TURN[(number * TURNS + at) % len(IN_TURN)] for at in range(TURNS)]


@contextmanager
def names_read() -> Iterator[set[str]]:
    """The fields that the code asks of a query or a form meanwhile: what is never asked for can do no harm."""
    read: set[str] = set()

    def noting(method: Any) -> Any:
        def noted(self: QueryDict, key: Any, *others: Any, **named: Any) -> Any:
            if isinstance(key, str):
                read.add(key)
            return method(self, key, *others, **named)

        return noted

    with pytest.MonkeyPatch.context() as patch:
        for name in ("__getitem__", "__contains__", "get", "getlist"):
            patch.setattr(QueryDict, name, noting(getattr(QueryDict, name)))
        yield read


def encoded(form: dict[str, Any]) -> str:
    """As a query or a form's body; values may be bytes that are no text, or lists."""
    pairs = [(name, each) for name, value in form.items() for each in (value if isinstance(value, list) else [value])]
    return "&".join(f"{quote(name, safe='')}={quote(as_sent(each), safe='')}" for name, each in pairs)


def as_sent(value: Any) -> Value:
    return value if isinstance(value, bytes) else str(value)


def has_files(form: dict[str, Any]) -> bool:
    return any(isinstance(value, UploadedFile) for value in form.values())


class Log(logging.Handler):
    """The lines that the product would write, as its own formatter makes them."""

    def __init__(self) -> None:
        super().__init__()
        root = logging.getLogger()
        product = next(each for each in root.handlers if "ProcessorFormatter" in repr(each.formatter))
        self.formatter, self.filters = product.formatter, product.filters
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def faults(self) -> list[str]:
        """Of the lines since the last question: a traceback, and what would be read as another line."""
        records, self.records = self.records, []
        found = []
        for record in records:
            line = self.format(record)
            if "Traceback (most recent call last)" in line:
                found.append(f"a traceback is logged: {_short(record)}")
            if "\n" in line or "\r" in line or "\x1b" in line:
                found.append(f"a line of the log can be forged: {line[:300]!r}")
            if not isinstance(json.loads(line), dict):
                found.append(f"a line of the log is no event: {line[:300]!r}")
        return found


def _short(record: logging.LogRecord) -> str:
    """What was raised, and where."""
    if not record.exc_info or record.exc_info[1] is None:
        return record.getMessage()[:300]
    frames = traceback.extract_tb(record.exc_info[2])
    ours = [frame for frame in frames if "/console/" in frame.filename]
    places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in [*frames[:-3:-1], *ours[-1:]])
    return f"{record.exc_info[1]!r:.200} at {places}"


@contextmanager
def logged() -> Iterator[Log]:
    root, log = logging.getLogger(), Log()
    level = root.level
    root.addHandler(log)
    root.setLevel(logging.INFO)
    try:
        yield log
    finally:
        root.removeHandler(log)
        root.setLevel(level)


def said(answer: Any) -> str:
    """The body; that of bytes which are no text as well, and nothing of a stream that goes on."""
    if answer.streaming and not answer.is_async:
        return b"".join(answer.streaming_content).decode(errors="replace")
    return text(answer)


def faults(answer: Any, log: Log) -> list[str]:
    """What is wrong with an answer to whatever it was."""
    found = log.faults()
    words = said(answer)
    if answer.status_code >= 500 and answer.status_code not in (502, 503):  # those two say that Rivya gave no answer
        found.append(f"status {answer.status_code}")
    if "Traceback (most recent call last)" in words:
        found.append("a traceback is shown")
    if "text/html" in answer.headers.get("Content-Type", "") and ("<script>alert(1)" in words or "<img src=x" in words):
        found.append("markup is taken over as it came")
    if urlsplit(answer.headers.get("Location", "").replace("\\", "/")).hostname not in (None, "testserver"):
        found.append(f"it leads away, to {answer.headers['Location']}")
    return found
