"""Nothing that opens something gets into the log, whatever a room hands over."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.audit.masking import LONGEST_TEXT, MASKED, masked, masked_text
from console.audit.models import AuditEvent
from console.audit.recording import record
from console.teams.models import Team, User

RIVYA = "rvya_sk_test_" + "0123456789abcdef"
SIGNED = "https://media.example.com/r/1.png?X-Amz-Signature=" + "ab12" * 16 + "&X-Amz-Expires=60"
HOOK = "https://hooks.example.com/services/T0001/B0001/" + "hQ7zKx0mVb2LwR9sTn4YpE1c"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
OPENERS = [
    RIVYA,
    "whsec_" + "Zm9vYmFyYmF6cXV4",
    "dt_" + "a1b2c3d4e5f6",
    SIGNED,
    HOOK,
    JWT,
    f"Bearer {'k' * 20}",
    "https://dana:hunter2@example.com/",
    "pQ7zKx0mVb2LwR9sTn4YpE1cA8dF3gH6",
    "?signature=0123456789abcdef&x=1",
    "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQ\n-----END",
]
TELLING = [
    "secret", "signing_secret", "password", "newPassword", "token", "access-token", "API_KEY", "sealed", "cookie",
    "Authorization", "csrfToken", "session", "recovery_codes", "private key",
]  # fmt: skip
PLAIN = [
    "Studio work v2 (…3f2a)",
    "3f2a9c1e-7b1d-4a55-9f3e-0c1d2e3f4a5b",
    "production-image-workflow",
    "For the launch of the spring collection, as Dana said on 12 May",
    "nano-banana-2",
    "dana@example.com",
    "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
    "Europe/Berlin",
]


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize("around", ["{}", "see {} there", "({})"])
def test_what_opens_something_is_masked_by_its_shape(opener: str, around: str) -> None:
    kept = json.dumps(masked({"note": around.format(opener), "deep": {"list": [opener]}}))
    for part in (opener, opener[-16:], opener.rpartition("/")[2] or opener):
        assert part not in kept


@pytest.mark.parametrize("name", TELLING)
@pytest.mark.parametrize("value", ["short", ["a", "b"], {"a": 1}, b"bytes", 3.5])
def test_what_is_called_a_secret_is_masked_by_its_name(name: str, value: Any) -> None:
    assert masked({name: value, "deep": {name: value}}) == {name: MASKED, "deep": {name: MASKED}}


@pytest.mark.parametrize("text", PLAIN)
def test_names_ids_and_sentences_stay_as_they_are(text: str) -> None:
    assert masked_text(text) == text


def test_of_an_address_its_host_is_kept() -> None:
    assert (
        masked_text(f"to {HOOK} and http://127.0.0.1:9100")
        == "to https://hooks.example.com/… and http://127.0.0.1:9100"
    )


@pytest.mark.parametrize("opener", OPENERS)
def test_no_part_of_a_line_keeps_it(team: Team, alice: User, opener: str) -> None:
    team.name = opener
    record("thing.done", team, team_id=team.pk, actor=alice, before={"a": opener}, after={opener: {"b": [opener]}})
    line = AuditEvent.objects.select_related("search_entry").values_list(
        "object_label", "before", "after", "search_entry__words"
    )
    assert opener[-16:] not in json.dumps(list(line))


def test_lines_stay_short(team: Team, alice: User) -> None:
    line = record("thing.done", team, team_id=team.pk, actor=alice, after={"a": "x y " * 9999, "b": list(range(9999))})
    assert len(line.after["a"]) == LONGEST_TEXT
    assert len(json.dumps(line.after)) < 2 * LONGEST_TEXT


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes() | st.uuids(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(), ANYTHING))
def test_whatever_is_told_can_be_written(facts: dict[str, Any]) -> None:
    kept = json.dumps(masked(facts), allow_nan=False)
    assert "\\u0000" not in kept
