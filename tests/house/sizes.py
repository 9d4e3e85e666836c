"""How long the house's files and functions are: `python -m tests.house.sizes` prints those worth another look."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.house.tree import inside, modules, name, tracked

# house.md §12: (look again, stop), in lines.
LIMITS = {"module": (200, 300), "function": (25, 40), "template": (60, 100), "test": (20, 40)}


class Size(NamedTuple):
    kind: str
    where: str
    lines: int

    @property
    def is_past_look(self) -> bool:
        return self.lines > LIMITS[self.kind][0]

    @property
    def is_past_stop(self) -> bool:
        return self.lines > LIMITS[self.kind][1]


def sizes() -> list[Size]:
    """Every module, function, test and template, the longest first within its kind."""
    found = [*templates(), *(size for path in sources() for size in (module(path), *functions(path)))]
    return sorted(found, key=lambda size: (size.kind, -size.lines))


def sources() -> tuple[Path, ...]:
    return modules("console", "sandbox", "tests", "benchmarks", "dev.py", "manage.py")


def templates() -> Iterator[Size]:
    for path in tracked("templates/*.html"):
        yield Size("template", name(path), length(path))


def module(path: Path) -> Size:
    return Size("module", name(path), length(path))


def functions(path: Path) -> Iterator[Size]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            kind = "test" if inside(path, "tests") and node.name.startswith("test_") else "function"
            yield Size(kind, f"{name(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)


def length(path: Path) -> int:
    return len(path.read_text().splitlines())


if __name__ == "__main__":
    for size in filter(lambda size: size.is_past_look, sizes()):
        print(f"{size.lines:5} {size.kind:9} {'STOP ' if size.is_past_stop else ''}{size.where}")  # noqa: T201
