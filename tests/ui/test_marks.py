from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.utils import timezone

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def draw(source: str, **values: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("amount", "words"),
    [(8, "8 credits"), (1, "1 credit<"), (0, "0 credits"), (1240, "1,240 credits"), (-3, "-3 credits")],
)
def test_credits_always_stand_with_their_number(amount: int, words: str) -> None:
    assert words in draw("{% credits amount %}", amount=amount)


def test_credits_nobody_knows_yet_are_a_dash() -> None:
    assert "Not known yet" in draw("{% credits amount %}", amount=None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "just now"),
        (50, "1 min ago"),
        (600, "10 min ago"),
        (7200, "2 h ago"),
        (90_000, "1 day ago"),
        (3 * 86_400, "3 days ago"),
        (30 * 86_400, "22 Oct"),
        (400 * 86_400, "17 Oct 2025"),
        (-7200, "in 2 h"),
    ],
)
def test_a_moment_is_told_as_people_say_it(seconds: int, words: str) -> None:
    with time_machine.travel(NOW, tick=False):
        assert f">{words}<" in draw("{% ago moment %}", moment=NOW - timedelta(seconds=seconds))


def test_a_moment_is_exact_in_the_zone_in_force_when_pointed_at() -> None:
    with time_machine.travel(NOW, tick=False), timezone.override("Europe/Paris"):
        assert 'title="21 Nov 2026, 13:00:00 CET"' in draw("{% ago moment %}", moment=NOW)


def test_a_moment_that_never_was_says_so() -> None:
    assert "never used" in draw('{% ago moment "never used" %}', moment=None)


def test_a_clock_runs_until_the_end_is_known() -> None:
    with time_machine.travel(NOW, tick=False):
        start = NOW - timedelta(seconds=83)
        assert "data-elapsed>1:23<" in draw("{% elapsed start %}", start=start)
        assert "data-elapsed" not in draw("{% elapsed start end %}", start=start, end=NOW)
        assert "1:01:23" in draw("{% elapsed start %}", start=start - timedelta(hours=1))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0.4 s"), (12, "12 s"), (80, "1 min 20 s"), (3600, "1 h"), (7500, "2 h 5 min"), (None, "\u2013")],
)
def test_a_length_of_time_has_its_units(seconds: float | None, words: str) -> None:
    assert draw("{{ seconds|lasting }}", seconds=seconds) == words


@pytest.mark.parametrize(
    ("name", "letters"), [("Alice Moreau", "AM"), ("alice@example.com", "A"), ("mary.ann.lee@x.org", "ML"), ("", "?")]
)
def test_a_person_is_drawn_by_their_initials(name: str, letters: str) -> None:
    assert draw("{{ name|initials }}", name=name) == letters


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [
        (1024, 1024, "1x1"),
        (1280, 720, "16x9"),
        (720, 1280, "9x16"),
        (1536, 1024, "3x2"),
        (5000, 10, "3x1"),
        (None, 5, "1x1"),
        (0, 0, "1x1"),
    ],
)
def test_a_medium_gets_the_shape_nearest_to_its_own(width: int | None, height: int, shape: str) -> None:
    assert draw("{% ratio width height %}", width=width, height=height) == f"ratio-{shape}"


def test_a_sound_is_drawn_from_its_peaks_and_plays_without_a_script() -> None:
    page = draw('{% waveform "/sound.wav" peaks 94 name %}', peaks=[0, 0.5, 1, 7, -1], name="voice <1>")
    assert page.count("M") >= 10
    assert "controls" in page
    assert "1:34" in page
    assert "voice &lt;1&gt;" in page


class Form(forms.Form):
    name = forms.CharField(help_text="Shown in lists.")
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"class": "own"}))


FIELD = '{% include "ui/_field.html" with field=form.name only %}'


def test_a_field_says_what_is_wrong_where_it_is_wrong() -> None:
    form = Form({"name": ""})
    page = draw(FIELD, form=form)
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'id="id_name_error" role="alert"' in page
    assert 'class="input"' in page


def test_a_field_that_is_right_is_only_described_by_its_help() -> None:
    page = draw(FIELD, form=Form({"name": "fox"}))
    assert "aria-invalid" not in page
    assert 'aria-describedby="id_name_helptext"' in page


def test_a_control_keeps_the_classes_its_form_gave_it() -> None:
    assert 'class="textarea own"' in draw("{% control form.note %}", form=Form())
