import re
from pathlib import Path

import pytest
from django.template import Context, Template, TemplateSyntaxError

from console.ui import navigation
from console.ui.icons import ICONS
from console.ui.states import known_states, shown

ROOT = Path(__file__).resolve().parents[2]
SPRITE = (ROOT / "static/img/icons.svg").read_text()
TEMPLATES = "\n".join(path.read_text() for path in sorted((ROOT / "templates").rglob("*.html")))


def test_the_sprite_draws_the_listed_icons_and_no_others() -> None:
    assert set(re.findall(r'<symbol id="([^"]+)"', SPRITE)) == ICONS


def test_every_icon_a_template_names_exists() -> None:
    named = set(re.findall(r'{% icon "([^"]+)"', TEMPLATES))
    named |= set(re.findall(r'\b(?:action_icon|icon_name|icon)="([^"]+)"', TEMPLATES))
    assert named
    assert named - ICONS == set()


def test_every_icon_of_a_state_or_a_place_exists() -> None:
    entries = (*navigation.WORK, *navigation.TEAM, *navigation.CREATE, *navigation.PERSON)
    used = {shown(state).icon for state in known_states()} | {entry.icon for entry in entries}
    assert used - ICONS == set()


def test_an_icon_nobody_drew_is_refused_when_the_page_is_made() -> None:
    with pytest.raises(TemplateSyntaxError, match="unicorn"):
        Template('{% load ui %}{% icon "unicorn" %}').render(Context())


def test_an_icon_beside_words_is_silent_and_one_alone_speaks() -> None:
    page = Template('{% load ui %}{% icon "x" %}|{% icon "x" label %}').render(Context({"label": "Close <it>"}))
    silent, spoken = page.split("|")
    assert 'aria-hidden="true"' in silent
    assert 'aria-label="Close &lt;it&gt;"' in spoken
