"""Which webhooks are believed, under both schemes."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console import rivya
from tests.rivya.stage import payload

RAW = payload("webhook.succeeded.json")
SECRET = "whsec_" + base64.b64encode(b"the signing secret").decode()
OTHER = "whsec_" + base64.b64encode(b"quite another one").decode()
NOW = datetime(2026, 5, 14, 9, 31, 50, tzinfo=UTC)
T = int(NOW.timestamp())


def timestamped(raw: bytes = RAW, *, secret: str = SECRET, at: int | str = T) -> dict[str, str]:
    digest = hmac.new(secret.encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    return {"X-Rivya-Signature": f"t={at},v1={digest}"}


def standard(raw: bytes = RAW, *, secret: str = SECRET, at: int | str = T) -> dict[str, str]:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, f"evt_77aa.{at}.".encode() + raw, hashlib.sha256).digest()).decode()
    return {"webhook-id": "evt_77aa", "webhook-timestamp": str(at), "webhook-signature": f"v1,{digest}"}


SCHEMES = [(timestamped, rivya.TimestampScheme()), (standard, rivya.StandardScheme())]
both = pytest.mark.parametrize(("sign", "scheme"), SCHEMES, ids=["timestamp", "standard"])


def believed(
    raw: bytes, headers: Mapping[str, str], scheme: rivya.SignatureScheme, *secrets: str
) -> rivya.WebhookEvent:
    return rivya.verify_webhook(raw, headers, secrets or (SECRET,), scheme=scheme, now=NOW)


def reason(raw: bytes, headers: Mapping[str, str], scheme: rivya.SignatureScheme, *secrets: str) -> str:
    with pytest.raises(rivya.SignatureInvalid) as caught:
        believed(raw, headers, scheme, *secrets)
    return caught.value.reason


@both
def test_a_signed_event_is_believed_and_names_its_task(sign, scheme) -> None:  # type: ignore[no-untyped-def]
    event = believed(RAW, sign(), scheme)
    assert (event.id, event.type, event.task_id) == ("evt_77aa", "generation.succeeded", "task_c2f9a1")
    assert event.generation is not None
    assert event.generation.status == "succeeded"


@both
def test_any_of_several_secrets_will_do(sign, scheme) -> None:  # type: ignore[no-untyped-def]
    assert believed(RAW, sign(), scheme, OTHER, SECRET).id == "evt_77aa"
    assert reason(RAW, sign(), scheme, OTHER) == "mismatch"


@both
def test_a_changed_body_is_not_believed(sign, scheme) -> None:  # type: ignore[no-untyped-def]
    assert reason(RAW + b" ", sign(), scheme) == "mismatch"
    assert reason(RAW.replace(b"task_c2f9a1", b"task_c2f9a2"), sign(), scheme) == "mismatch"


@both
@pytest.mark.parametrize(("off_seconds", "fine"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_old_and_future_events_are_not_believed(sign, scheme, off_seconds: int, fine: bool) -> None:  # type: ignore[no-untyped-def]
    headers = sign(at=T + off_seconds)
    if fine:
        assert believed(RAW, headers, scheme).id == "evt_77aa"
    else:
        assert reason(RAW, headers, scheme) == "old"


@both
@pytest.mark.parametrize("at", ["", "soon", "-5", "1e9", "٣", "9" * 40, f"{T}.5"])
def test_a_time_that_is_no_number_is_not_believed(sign, scheme, at: str) -> None:  # type: ignore[no-untyped-def]
    assert reason(RAW, sign(at=at), scheme) in ("timestamp", "header")


@both
def test_without_headers_or_secrets_nothing_is_believed(sign, scheme) -> None:  # type: ignore[no-untyped-def]
    assert reason(RAW, {}, scheme) == "header"
    with pytest.raises(rivya.SignatureInvalid):
        rivya.verify_webhook(RAW, sign(), [], scheme=scheme, now=NOW)
    assert reason(RAW, sign(), scheme, "not base64 at all!") == "mismatch"


@pytest.mark.parametrize("header", ["v1=ab", f"t={T}", f"t={T},v1=", f"t={T},t={T},v1=ab", "x", f"t={T},v1=é", ",=,"])
def test_a_crooked_signature_header_is_not_believed(header: str) -> None:
    assert reason(RAW, {"X-Rivya-Signature": header}, rivya.TimestampScheme()) in ("header", "mismatch")


@both
def test_header_names_are_configuration_in_any_case(sign, scheme) -> None:  # type: ignore[no-untyped-def]
    shouting = {name.upper(): value for name, value in sign().items()}
    assert believed(RAW, shouting, scheme).id == "evt_77aa"
    renamed = {"X-Sig": timestamped()["X-Rivya-Signature"]}
    assert believed(RAW, renamed, rivya.TimestampScheme(header="X-Sig")).id == "evt_77aa"


def test_one_good_signature_among_several_is_enough() -> None:
    good = timestamped()["X-Rivya-Signature"].partition("v1=")[2]
    assert (
        believed(RAW, {"X-Rivya-Signature": f"t={T},v1={'0' * 64}, v1={good}"}, rivya.TimestampScheme()).id
        == "evt_77aa"
    )
    head = standard()
    head["webhook-signature"] = f"v1,AAAA v1a,BBBB {head['webhook-signature']}"
    assert believed(RAW, head, rivya.StandardScheme()).id == "evt_77aa"


def test_a_signature_of_one_event_does_not_fit_another_id() -> None:
    assert reason(RAW, standard() | {"webhook-id": "evt_78"}, rivya.StandardScheme()) == "mismatch"


def test_a_body_beyond_its_cap_is_not_even_hashed() -> None:
    raw = b" " * (1024 * 1024 + 1)
    assert reason(raw, timestamped(raw), rivya.TimestampScheme()) == "too_big"


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b"{}", b'{"id":"e"}', b'{"id":1,"type":"x"}', b"\xff", b"[" * 50_000]
)
def test_a_signed_body_that_is_no_event_is_not_believed(raw: bytes) -> None:
    assert reason(raw, timestamped(raw), rivya.TimestampScheme()) == "body"


@pytest.mark.parametrize("place", ["data", "object", "generation", "nowhere"])
def test_the_task_is_found_wherever_the_event_carries_it(place: str) -> None:
    whole = json.loads(RAW)
    generation = whole.pop("data")
    carried = {
        "data": {"data": generation},
        "object": {"data": {"object": generation}},
        "generation": {place: generation},
    }
    raw = json.dumps(whole | carried.get(place, {})).encode()
    event = believed(raw, timestamped(raw), rivya.TimestampScheme())
    assert event.task_id == (None if place == "nowhere" else "task_c2f9a1")


def test_an_unknown_type_with_a_strange_body_is_believed_as_a_hint() -> None:
    raw = b'{"id":"evt_1","type":"weather.changed","data":{"id":"task_9","final_credits":"free"},"created_at":5e99}'
    event = believed(raw, timestamped(raw), rivya.TimestampScheme())
    assert (event.type, event.task_id, event.generation) == ("weather.changed", "task_9", None)


def test_the_clock_is_the_machines_when_none_is_given() -> None:
    at = int((datetime.now(UTC) - timedelta(seconds=10)).timestamp())
    assert rivya.verify_webhook(RAW, timestamped(at=at), [rivya.Secret(SECRET)]).id == "evt_77aa"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200), st.text(max_size=80))
def test_nothing_random_is_believed_or_crashes(raw: bytes, header: str) -> None:
    for scheme in (rivya.TimestampScheme("h"), rivya.StandardScheme("h", "h", "h")):
        with pytest.raises(rivya.SignatureInvalid):
            rivya.verify_webhook(raw, {"h": header}, [SECRET], scheme=scheme, now=NOW)
