"""What the house is made of: the files that are committed, or would be."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@functools.cache
def tracked(*patterns: str) -> tuple[Path, ...]:
    """Files that git knows, or would add, matching these patterns; without git (an unpacked archive), files on disk."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        return tuple(
            sorted({path for pattern in patterns for path in ROOT.rglob(pattern) if ".venv" not in path.parts})
        )
    return tuple(sorted(path for line in set(listed.stdout.splitlines()) if (path := ROOT / line).is_file()))


def modules(*folders: str) -> tuple[Path, ...]:
    """Python files of these top folders, without migrations."""
    return tuple(path for path in tracked("*.py") if inside(path, *folders) and "migrations" not in path.parts)


def inside(path: Path, *folders: str) -> bool:
    return path.relative_to(ROOT).parts[0] in folders


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[str]:
    """Names of the modules that a file imports, at any depth of its code; relative imports are left out."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
