"""Why a request was not believed, told apart as far as it can be."""

import json
import re
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from console import rivya
from console.keys.models import Key
from console.teams.models import User
from console.webhooks import signing
from console.webhooks.doctor import MOST_NEIGHBOURS
from console.webhooks.models import Delivery, Endpoint, SigningSecret
from console.webhooks.signing import MOST_OVERLAPPING
from console.webhooks.telling import EFFECTS, VERDICTS, clock_words
from tests.webhooks.ringing import OTHER, SECRET, event, knock, make_endpoint, standard, timestamped

NEW = "whsec_" + "bmV3IG9uZQ=="


def raw_event(**fields: Any) -> bytes:
    return json.dumps(event(**fields), separators=(",", ":")).encode()


def verdict_of(endpoint: Endpoint, raw: bytes, headers: dict[str, str]) -> str:
    assert knock(endpoint, raw, headers) == 400
    return Delivery.objects.get(answer_status=400).verdict


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ({}, "no_header"),
        ({"X-Rivya-Signature": "t=,v1=zz,,;v2"}, "unreadable_header"),
        ({"X-Rivya-Signature": "t=soon,v1=00"}, "unreadable_header"),
        ({"X-Rivya-Signature": "hello"}, "unreadable_header"),
        ({"X-Rivya-Signature": ""}, "unreadable_header"),
        (standard(b"", secret=OTHER), "no_header"),
    ],
)
def test_a_header_that_is_missing_or_makes_no_sense(endpoint: Endpoint, headers: dict[str, str], verdict: str) -> None:
    assert verdict_of(endpoint, raw_event(), headers) == verdict
    assert "content-type" in Delivery.objects.get().header_names


@pytest.mark.parametrize(
    ("scheme", "names"),
    [("timestamp", "x-acme-signature"), ("standard", "webhook-id, webhook-timestamp, webhook-signature")],
)
def test_the_names_looked_for_stand_beside_those_that_came(
    endpoint: Endpoint, alice: User, browser_of: Any, settings: Any, scheme: str, names: str
) -> None:
    settings.RIVYA_WEBHOOK_HEADER = "X-Acme-Signature"
    Endpoint.objects.update(scheme=scheme)
    assert verdict_of(endpoint, raw_event(), {"X-Other": "1"}) == "no_header"
    page = browser_of(alice).get(f"/webhooks/deliveries/{Delivery.objects.get().pk}/").content.decode()
    told = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert f"Signature expected in {names} Headers that came" in told
    assert "x-other" in told


@pytest.mark.parametrize(("off_seconds", "words"), [(-3600, "in the past"), (3600, "in the future")])
def test_a_clock_that_is_off_is_told_in_seconds(endpoint: Endpoint, off_seconds: int, words: str) -> None:
    raw = raw_event()
    assert verdict_of(endpoint, raw, timestamped(raw, at=int(time.time()) + off_seconds)) == "clock"
    off = Delivery.objects.get().clock_off_seconds
    assert off is not None
    assert abs(off - off_seconds) < 60
    assert words in clock_words(Delivery.objects.get())


def test_a_forged_signature_at_another_time_is_not_called_rivyas(endpoint: Endpoint) -> None:
    raw = raw_event()
    assert verdict_of(endpoint, raw, timestamped(raw, secret=OTHER, at=int(time.time()) - 3600)) == "clock"
    told = VERDICTS["clock"]
    assert "Its signature was not checked." in told.means
    assert "forged" in told.next_step


def test_three_headers_of_which_the_signature_is_missing(quiet_key: Key) -> None:
    endpoint, raw = make_endpoint(quiet_key, scheme=Endpoint.Scheme.STANDARD), raw_event()
    headers = standard(raw)
    del headers["webhook-signature"]
    assert verdict_of(endpoint, raw, headers) == "no_header"
    Delivery.objects.all().delete()
    headers = standard(raw)
    del headers["webhook-id"]
    assert verdict_of(endpoint, raw, headers) == "unreadable_header"


def test_a_signed_time_beyond_all_clocks_is_told_too(endpoint: Endpoint) -> None:
    raw = raw_event()
    assert verdict_of(endpoint, raw, timestamped(raw, at=999_999_999_999)) == "clock"


def test_a_secret_nobody_here_ever_had(endpoint: Endpoint) -> None:
    raw = raw_event()
    assert verdict_of(endpoint, raw, timestamped(raw, secret=OTHER)) == "no_match"


def test_another_endpoints_secret(endpoint: Endpoint, quiet_key: Key) -> None:
    make_endpoint(quiet_key, secret=OTHER)
    raw = raw_event()
    assert verdict_of(endpoint, raw, timestamped(raw, secret=OTHER)) == "wrong_secret"


def test_deleted_endpoints_do_not_stand_before_one_that_lives(endpoint: Endpoint, quiet_key: Key) -> None:
    for _ in range(MOST_NEIGHBOURS):
        gone = make_endpoint(quiet_key, state=Endpoint.State.DELETED)
        gone.signing_secrets.all().delete()
    make_endpoint(quiet_key, secret=OTHER)
    raw = raw_event()
    assert verdict_of(endpoint, raw, timestamped(raw, secret=OTHER)) == "wrong_secret"


def test_the_old_secret_is_believed_for_an_hour_and_then_known(endpoint: Endpoint) -> None:
    signing.keep(endpoint, rivya.Secret(NEW))
    raw = raw_event()
    assert knock(endpoint, raw, timestamped(raw)) == 200
    assert Delivery.objects.get().used_old_secret
    fresh = raw_event()
    assert knock(endpoint, fresh, timestamped(fresh, secret=NEW)) == 200
    assert not Delivery.objects.latest("created_at").used_old_secret
    SigningSecret.objects.filter(accepted_until__gt=timezone.now()).update(
        accepted_until=timezone.now() - timedelta(seconds=1)
    )
    late = raw_event()
    assert verdict_of(endpoint, late, timestamped(late)) == "old_secret"


def test_of_many_old_secrets_in_their_hour_the_newest_are_believed(endpoint: Endpoint) -> None:
    rotations = [f"{SECRET}{number}" for number in range(10)]
    with time_machine.travel("2026-11-20 10:00", tick=False) as clock:
        for secret in rotations:
            clock.shift(1)
            signing.keep(endpoint, rivya.Secret(secret))
        known = [secret.reveal() for secret in signing.believed(endpoint)]
    assert known == rotations[::-1][: 1 + MOST_OVERLAPPING]


def test_the_other_scheme_under_the_right_secret(endpoint: Endpoint) -> None:
    raw = raw_event()
    assert verdict_of(endpoint, raw, standard(raw)) == "wrong_scheme"


@pytest.mark.parametrize(
    "sent",
    [
        lambda raw: json.dumps(json.loads(raw)).encode(),
        lambda raw: json.dumps(json.loads(raw), indent=2).encode(),
        lambda raw: raw + b"\n",
        lambda raw: raw.replace(b'"status":"', b'"status": "'),
    ],
)
def test_json_written_anew_on_the_way(endpoint: Endpoint, sent: Any) -> None:
    raw = raw_event()
    assert verdict_of(endpoint, sent(raw), timestamped(raw)) == "body_changed"


def test_other_bytes_under_a_signature_that_was_here_before(endpoint: Endpoint) -> None:
    raw = raw_event()
    headers = timestamped(raw)
    assert knock(endpoint, raw, headers) == 200
    assert verdict_of(endpoint, raw.replace(b"task_1", b"task_2"), headers) == "body_changed"


@pytest.mark.parametrize(("raw", "verdict"), [(b"hello", "not_json"), (b"[1]", "not_an_event"), (b"", "not_json")])
def test_what_is_signed_and_no_event(endpoint: Endpoint, raw: bytes, verdict: str) -> None:
    assert verdict_of(endpoint, raw, timestamped(raw, secret=SECRET)) == verdict


def test_every_verdict_and_every_effect_has_its_words() -> None:
    assert set(VERDICTS) == set(Delivery.Verdict.values)
    assert set(EFFECTS) == set(Delivery.Effect.values)
