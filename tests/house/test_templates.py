import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from tests.house.tree import ROOT, name, tracked

TEMPLATES = [path for path in tracked("templates/*") if path.suffix in {".html", ".txt"}]
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
# The content security policy lets none of these run, so none may be written.
INLINE = re.compile(r"<style\b|<script\b(?![^>]*\bsrc=)|\s(?:style|on[a-z]+|hx-on[:\w-]*)\s*=|javascript:|\sjs:", re.I)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
INCLUDE = re.compile(r"{% include ([^%]+) %}")


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_compiles(path: Path) -> None:
    get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_template_holds_nothing_inline(path: Path) -> None:
    assert INLINE.findall(TAG.sub("", path.read_text())) == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_an_include_says_what_it_takes(path: Path) -> None:
    assert [each for each in INCLUDE.findall(path.read_text()) if not each.rstrip().endswith("only")] == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_template_asks_no_foreign_host(path: Path) -> None:
    assert re.findall(r"(?:src|href|action|hx-\w+)=[\"']?(?:https?:)?//[^\s\"']+", path.read_text()) == []
