"""CSV that any spreadsheet opens as it is meant."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Any, Final

BOM: Final = b"\xef\xbb\xbf"  # without it some spreadsheets take UTF-8 for something else
CUT_SHORT: Final = b"This export ended before its end: whoever asked for it may no longer read it.\r\n"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: Any) -> str:
    """The value as text that no spreadsheet takes for a formula; a number stays one."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) and not isinstance(value, int) else text


def written(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows as lines of a file, every cell safe."""
    lines = StringIO(newline="")
    csv.writer(lines).writerows(map(safe_cell, row) for row in rows)
    return lines.getvalue().encode()
