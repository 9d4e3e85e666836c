import hashlib
import json
from typing import Any

from tests.house.tree import ROOT, name, tracked

VENDOR = ROOT / "static" / "vendor"
LISTED: list[dict[str, Any]] = json.loads((VENDOR / "vendor.json").read_text())
FACTS = {"name", "version", "file", "sha256", "licence"}


def test_vendored_files_are_what_their_list_says() -> None:
    found = {entry["file"]: hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() for entry in LISTED}
    assert found == {entry["file"]: entry["sha256"] for entry in LISTED}


def test_every_vendored_file_is_on_the_list_with_all_its_facts() -> None:
    on_disk = {str(path.relative_to(VENDOR)) for path in tracked("static/vendor/*") if path.name != "vendor.json"}
    assert on_disk == {entry["file"] for entry in LISTED}
    assert [entry for entry in LISTED if not all(entry.get(fact) for fact in FACTS)] == []


def test_the_list_of_vendored_files_holds_no_address() -> None:
    assert "://" not in (VENDOR / "vendor.json").read_text(), name(VENDOR / "vendor.json")
