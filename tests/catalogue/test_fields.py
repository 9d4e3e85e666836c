import json
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from console.catalogue.fields import ParametersForm
from console.catalogue.models import CatalogueModel
from tests.catalogue.conftest import Named

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True, allow_infinity=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["key", "type", "required", "default", "min", "max", "step", "options", "description", "label"])
TYPES = st.sampled_from(["select", "number", "text", "boolean", "array", "object", "hologram", "integer", ""])
ITEMS = st.builds(
    lambda key, kind, rest: {**rest, "key": key, "type": kind},
    st.text(max_size=8),
    TYPES,
    st.dictionaries(KEYS, ANY_JSON),
)


def answered(model: CatalogueModel, /, **typed: Any) -> ParametersForm:
    data = QueryDict(mutable=True)
    for name, value in typed.items():
        data.setlist(f"param-{name}", value if isinstance(value, list) else [value])
    return ParametersForm(model, data)


@settings(max_examples=200, deadline=None)
@given(st.one_of(ANY_JSON, st.lists(ITEMS, max_size=5)))
def test_a_form_can_be_made_of_anything_that_rivya_might_send(params: Any) -> None:
    model = CatalogueModel(id="odd", raw={"params": params, "reference_media": params, "notices": params})
    drawn = ParametersForm(model)
    for one in [*drawn.first(), *drawn.rest()]:
        assert one.look
        str(one.bound)
    filled = answered(model, **dict.fromkeys(drawn.fields, "1"))
    if filled.is_valid():
        json.dumps(filled.params(), allow_nan=False)
    assert model.references.words
    assert all(isinstance(notice, str) for notice in model.notices)


@pytest.mark.parametrize(
    ("param", "typed", "travels"),
    [
        ({"type": "select", "options": ["5", "10"]}, "5", "5"),
        ({"type": "select", "options": [5, 10]}, "5", "5"),
        ({"type": "select", "options": [True, False]}, "false", "false"),
        ({"type": "select", "options": [{"value": "hd", "label": "Sharp"}]}, "hd", "hd"),
        ({"type": "number"}, "5.0", 5),
        ({"type": "number", "min": 0, "max": 1, "step": 0.05}, "0.15", 0.15),
        ({"type": "text"}, "two\r\nlines", "two\nlines"),
        ({"type": "boolean"}, "true", True),
        ({"type": "array"}, '[1, {"a": null}]', [1, {"a": None}]),
        ({"type": "hologram"}, '{"depth": 3}', {"depth": 3}),
        ({}, "7", 7),
    ],
)
def test_a_value_travels_as_rivya_expects_it(model_with: Named, param: Any, typed: str, travels: Any) -> None:
    form = answered(model_with({"key": "it", **param}), it=typed)
    assert form.is_valid(), form.errors
    assert form.params() == {"it": travels}
    assert type(form.params()["it"]) is type(travels)


@pytest.mark.parametrize(
    ("param", "typed", "says"),
    [
        ({"type": "select", "options": ["5", "10"]}, "7", "7 is not one of the choices"),
        ({"type": "number", "min": 3}, "2", "3 or more"),
        ({"type": "number", "max": 3}, "4", "3 or less"),
        ({"type": "number", "min": 0, "step": 0.5}, "0.7", "multiple of 0.5"),
        ({"type": "number"}, "many", "must be a number"),
        ({"type": "number"}, "NaN", "must be a number"),
        ({"type": "number"}, "1e400", "must be a number"),
        ({"type": "object"}, "[1]", "must be an object"),
        ({"type": "array"}, "{}", "must be a list"),
        ({"type": "hologram"}, "{depth: 3}", "not JSON"),
        ({"type": "hologram"}, "NaN", "not JSON"),
        ({"type": "hologram"}, "1e999", "not JSON"),
        ({"type": "hologram"}, '"\\u0000"', "not JSON"),
        ({"type": "hologram"}, '"\\ud800"', "not JSON"),
        ({"type": "hologram"}, "[" * 5000 + "]" * 5000, "not JSON"),
        ({"type": "text", "required": True}, "  ", "required"),
    ],
)
def test_what_does_not_fit_is_told_in_words(model_with: Named, param: Any, typed: str, says: str) -> None:
    form = answered(model_with({"key": "it", **param}), it=typed)
    assert not form.is_valid()
    assert says in " ".join(map(str, form.errors["it"]))


@pytest.mark.parametrize("kind", ["select", "number", "text", "boolean", "array", "hologram"])
def test_what_is_left_empty_is_left_out(model_with: Named, kind: str) -> None:
    form = answered(model_with({"key": "it", "type": kind, "options": ["a", "b"]}), it="")
    assert form.is_valid()
    assert form.params() == {}


@pytest.mark.parametrize("kind", ["select", "number", "text", "boolean", "array", "hologram"])
def test_what_is_required_must_be_given(model_with: Named, kind: str) -> None:
    assert "it" in answered(model_with({"key": "it", "type": kind, "required": True, "options": ["a"]})).errors


@pytest.mark.parametrize(
    "key", ["model", "prompt", "class", "__init__", "self", "a b", 'quote"', "é", "x" * 300, "fields"]
)
def test_a_parameter_may_have_any_name(model_with: Named, key: str) -> None:
    model = model_with({"key": key, "type": "text"})
    form = answered(model, **{model.parameters[0].name: "yes"})
    assert form.is_valid()
    assert form.params() == {key: "yes"}


def test_the_references_are_never_a_parameter_of_their_own(model_with: Named) -> None:
    assert model_with({"key": "referenceMediaItems", "type": "array"}).parameters == ()


def test_defaults_are_shown_and_impossible_ones_are_not(model_with: Named) -> None:
    model = model_with(
        {"key": "good", "type": "number", "default": 0.5, "min": 0, "max": 1, "step": 0.1},
        {"key": "outside", "type": "number", "default": 9, "max": 5},
        {"key": "unlisted", "type": "select", "default": "x", "options": ["a", "b"]},
    )
    assert [field.initial for field in ParametersForm(model).fields.values()] == [0.5, None, None]


def test_a_default_that_misses_its_own_steps_can_be_sent(model_with: Named) -> None:
    model = model_with({"key": "it", "type": "number", "default": 0.25, "min": 0, "step": 0.1})
    assert answered(model, it="0.25").is_valid()


def test_values_of_another_models_form_are_kept_where_they_fit(model_with: Named) -> None:
    typed = answered(model_with(), ratio="16:9", seed="7", style="loud").data
    form = ParametersForm(
        model_with(
            {"key": "ratio", "type": "select", "options": ["1:1", "16:9"], "default": "1:1"},
            {"key": "seed", "type": "number"},
            {"key": "style", "type": "select", "options": ["soft"], "default": "soft"},
        )
    )
    form.keep(typed)
    assert [field.initial for field in form.fields.values()] == ["16:9", 7, "soft"]


def test_values_of_an_earlier_job_are_shown_again(model_with: Named) -> None:
    params = [{"key": "n", "type": "number"}, {"key": "on", "type": "boolean"}, {"key": "deep", "type": "hologram"}]
    given = {"n": 5, "on": False, "deep": {"a": [1]}, "gone": 1}
    form = ParametersForm(model_with(*params), given=given)
    shown = {one.parameter.key: one.bound.value() for one in form.shown()}
    assert shown == {"n": 5, "on": "false", "deep": '{\n  "a": [\n    1\n  ]\n}'}


def test_what_was_typed_wrongly_is_shown_again_as_it_was(model_with: Named) -> None:
    form = answered(model_with({"key": "it", "type": "hologram"}), it="{oops")
    assert form["it"].value() == "{oops"


def dialogue(model_with: Named, voices: list[str], texts: list[str]) -> ParametersForm:
    model = model_with({"key": "dialogue", "type": "array", "required": True})
    return answered(model, **{"dialogue-voice": voices, "dialogue-text": texts})


def test_a_dialogue_is_written_line_by_line(model_with: Named) -> None:
    form = dialogue(model_with, ["Adam", "Alice", ""], ["Hello", "Good day", ""])
    assert form.is_valid()
    assert form.params() == {"dialogue": [{"voice": "Adam", "text": "Hello"}, {"voice": "Alice", "text": "Good day"}]}


@pytest.mark.parametrize(
    ("voices", "texts", "says"),
    [
        ([""], [""], "at least one line"),
        (["Adam"], [""], "Line 1 needs a text"),
        ([""], ["Hi"], "Line 1 needs a voice"),
    ],
)
def test_a_dialogue_with_gaps_says_where(model_with: Named, voices: list[str], texts: list[str], says: str) -> None:
    assert says in " ".join(map(str, dialogue(model_with, voices, texts).errors["dialogue"]))


def test_a_model_with_a_dialogue_needs_no_prompt(model_with: Named) -> None:
    assert model_with().prompt_is_required
    assert not model_with({"key": "dialogue", "type": "array", "required": True}).prompt_is_required
    assert not model_with(supported_api_inputs=["file"]).prompt_is_required


@pytest.mark.parametrize(
    ("param", "look"),
    [
        ({"key": "aspect_ratio", "type": "select", "options": ["auto", "1:1", "16:9"]}, "frames"),
        ({"key": "image_size", "type": "select", "options": ["square_hd", "portrait_16_9"]}, "frames"),
        ({"key": "duration", "type": "select", "options": [str(n) for n in range(3, 16)]}, "steps"),
        ({"key": "quality", "type": "select", "options": ["std", "pro"]}, "segments"),
        ({"key": "voice", "type": "select", "options": list("abcdefgh")}, "list"),
        ({"key": "seed", "type": "number"}, "number"),
        ({"key": "map", "type": "hologram"}, "json"),
    ],
)
def test_a_parameter_is_asked_for_in_the_way_that_suits_it(model_with: Named, param: Any, look: str) -> None:
    assert [one.look for one in ParametersForm(model_with(param)).shown()] == [look]
