import re
from pathlib import Path

import pytest
from django.db.models import TextChoices
from django.template import Context, Template

from console.chat.models import Turn
from console.credits.models import Entry
from console.jobs.models import Job
from console.keys.models import Key, Secret
from console.ui.states import known_states, shown

ROOT = Path(__file__).resolve().parents[2]
STYLES = (ROOT / "static/css/components/pill.css").read_text()


def pill(state: str, word: str = "") -> str:
    return Template("{% load ui %}{% pill state word %}").render(Context({"state": state, "word": word}))


@pytest.mark.parametrize(
    "states",
    [Job.Status, Turn.Status, Key.State, Secret.State, Entry.Kind],
    ids=["job", "turn", "key", "secret", "line"],
)
def test_every_state_of_a_job_and_a_key_has_its_own_look(states: type[TextChoices]) -> None:
    assert set(states.values) - known_states() == set()


@pytest.mark.parametrize("state", sorted(known_states()))
def test_a_state_is_told_by_colour_icon_and_word(state: str) -> None:
    look = shown(state)
    assert f".tone-{look.tone} " in STYLES
    assert look.word in pill(state)
    assert re.search(r"<svg|pill-dot", pill(state))


def test_a_state_nobody_knows_yet_is_grey_and_called_by_its_name() -> None:
    assert shown("being_painted") == ("grey", "circle-dashed", "Being painted")
    assert "tone-grey" in pill("being_painted")


def test_a_state_from_outside_cannot_write_html() -> None:
    assert "<b>" not in pill("<b>x</b>")


def test_a_page_may_say_a_state_in_its_own_word() -> None:
    assert "Retired in May" in pill("retired", "Retired in May")
