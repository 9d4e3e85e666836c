import re
from pathlib import Path

import pytest

from tests.house.tree import name, tracked

BANNED = {"services", "utils", "helpers", "common", "core", "misc", "managers", "handlers", "signals"}
# Written in pieces, so that this file does not find itself.
UNFINISHED = re.compile(
    "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error", "coming" + " soon", "lorem" + " ipsum"])
)
MACHINE = re.compile(
    "|".join(
        [
            r"(?<![\w.])/(?:wo" + "rk|ro" + "ot|fa" + r"rm)/\w",
            r"--?(?:extra-)?index-" + "url[ =]",
            "find-" + "links[ =]",
            "trusted-" + "host[ =]",
        ]
    )
)
SECRET = re.compile(
    "|".join(["AKIA" + "[0-9A-Z]{16}", "BEGIN [A-Z ]*PRIVATE" + " KEY", "rvya_sk_" + "live_[A-Za-z0-9]{8,}"])
)
WORDS = (
    ".py",
    ".html",
    ".js",
    ".css",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".txt",
    ".json",
    ".example",
    "Dockerfile",
    "run",
)


def test_files_are_named_after_what_they_do() -> None:
    assert [name(path) for path in tracked("console", "sandbox", "tests") if path.stem in BANNED] == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [("unfinished work", UNFINISHED), ("paths and addresses of a machine", MACHINE), ("secrets", SECRET)],
)
def test_committed_files_hold_nothing_that_must_not_land(what: str, pattern: re.Pattern[str]) -> None:
    found = [
        f"{name(path)}:{number}: {line.strip()[:120]}"
        for path in texts()
        for number, line in lines(path)
        if pattern.search(line)
    ]
    assert found == [], what


def texts() -> list[Path]:
    return [path for path in tracked("*") if path.name.endswith(WORDS) and "vendor" not in path.parts]


def lines(path: Path) -> list[tuple[int, str]]:
    return list(enumerate(path.read_text().splitlines(), start=1))
