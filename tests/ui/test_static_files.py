import re
from pathlib import Path

import pytest

from console.ui.ratios import RATIOS

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
STYLES = sorted(path for path in (ROOT / "static/css").rglob("*.css") if path.name != "console.css")
HEAD = (ROOT / "templates/ui/_head.html").read_text() + (ROOT / "templates/ui/_scripts.html").read_text()
LAYERS = (ROOT / "static/css/console.css").read_text()


# A passkey is asked for on the pages of signing in alone.
OF_SOME_PAGES = {"passkeys.js"}


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_a_script_is_one_small_behaviour_that_pages_load(script: Path) -> None:
    lines = script.read_text().splitlines()
    assert len(lines) < 100
    assert lines[0].startswith("// ")
    assert f"js/{script.name}'" in HEAD or script.name in OF_SOME_PAGES


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_a_script_needs_nothing_the_policy_forbids(script: Path) -> None:
    assert re.findall(r"\beval\(|new Function|\.onclick\b|https?://|setAttribute\(\"style", script.read_text()) == []


# The admin site is dressed by Django; what we add to a page of it stands alone.
OF_PAGES = [path for path in STYLES if not path.name.startswith("admin-")]


@pytest.mark.parametrize("style", OF_PAGES, ids=name)
def test_a_style_sheet_stands_in_a_layer(style: Path) -> None:
    assert f'url("{style.relative_to(ROOT / "static/css")}") layer(' in LAYERS


@pytest.mark.parametrize("style", STYLES, ids=name)
def test_a_component_never_mentions_the_theme(style: Path) -> None:
    assert not re.search(r"prefers-color-scheme|data-theme=|\.dark\b", style.read_text()) or style.name == "tokens.css"


def test_every_shape_has_its_class() -> None:
    drawn = (ROOT / "static/css/components/ratios.css").read_text()
    assert set(re.findall(r"\.ratio-(\w+)", drawn)) == set(RATIOS)
