import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT, imports, inside, modules, name

CLIENT = ROOT / "console" / "rivya"
CLIENT_MAY_IMPORT = {"httpx", "msgspec", "console"}


def test_every_import_follows_the_floors_of_the_house() -> None:
    """In a process of its own: it switches off every log that this one has, and tests that read them would follow."""
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_client_needs_nothing_but_httpx_msgspec_and_the_standard_library() -> None:
    foreign = {
        f"{name(path)}: {imported}"
        for path in modules("console")
        if CLIENT in path.parents
        for imported in imports(path)
        if (top := imported.partition(".")[0]) not in CLIENT_MAY_IMPORT and top not in sys.stdlib_module_names
    }
    assert foreign == set()


def test_httpx_is_imported_in_exactly_one_module_of_the_console() -> None:
    importers = [
        name(path) for path in modules("console") if any(each.partition(".")[0] == "httpx" for each in imports(path))
    ]
    assert len(importers) == 1
    assert importers[0].startswith("console/rivya/")


def test_the_sandbox_and_the_console_share_no_code() -> None:
    crossings = {
        f"{name(path)}: {imported}"
        for path in modules("console", "sandbox")
        for imported in imports(path)
        if imported.partition(".")[0] in {"console", "sandbox", "tests", "dev"}
        and not inside(path, imported.partition(".")[0])
    }
    assert crossings == set()
