from collections.abc import Callable

import pytest

from tests.sandbox.process import DEMO, EXPIRED, NOSCOPE, REVOKED, Sandbox

KEYED = [
    ("POST", "/generations"), ("GET", "/generations/task_x"), ("POST", "/files"), ("GET", "/files/file_x"),
    ("POST", "/chat/completions"), ("POST", "/chat/completions/stream"), ("GET", "/chat/sessions"),
    ("GET", "/chat/sessions/sess_x"), ("GET", "/credits"), ("GET", "/webhooks"), ("POST", "/webhooks"),
    ("GET", "/webhooks/whend_x"), ("PATCH", "/webhooks/whend_x"), ("DELETE", "/webhooks/whend_x"),
    ("POST", "/webhooks/whend_x/rotate-secret"), ("POST", "/webhooks/whend_x/test"),
    ("GET", "/webhooks/whend_x/deliveries"), ("GET", "/webhook-events"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), KEYED)
def test_every_keyed_call_wants_a_living_key(sandbox: Sandbox, method: str, path: str) -> None:
    codes = {
        key: (answer.status_code, answer.json()["error"]["code"])
        for key in (None, "rvya_sk_nobody", REVOKED, EXPIRED)
        for answer in [sandbox.api(method, path, key)]
    }

    assert codes == {
        None: (401, "api_key_missing"),
        "rvya_sk_nobody": (401, "api_key_invalid"),
        REVOKED: (401, "api_key_revoked"),
        EXPIRED: (401, "api_key_expired"),
    }


@pytest.mark.parametrize(("method", "path"), [call for call in KEYED if call[1] != "/credits"])
def test_a_key_without_the_scope_is_refused(sandbox: Sandbox, method: str, path: str) -> None:
    answer = sandbox.api(method, path, NOSCOPE)

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "api_scope_denied")
    assert answer.json()["error"]["requestId"].startswith("req_")


def test_models_and_contract_need_no_key(sandbox: Sandbox) -> None:
    models = sandbox.api("GET", "/models", None).json()
    contract = sandbox.api("GET", "/openapi.json", None).json()

    assert {"z-image", "gpt-5.4-codex-chat", "studio-upscaler"} <= {model["id"] for model in models["data"]}
    assert sum(len(calls) for calls in contract["paths"].values()) == 20


def test_a_key_can_be_revoked_and_narrowed_while_it_is_in_use(sandbox: Sandbox, account: str) -> None:
    assert sandbox.api("GET", "/credits", account).json() == {"current_credits": 100}

    sandbox.control("PATCH", f"/keys/{account}", {"scopes": ["files:read"]})
    assert sandbox.api("GET", "/credits", account).status_code == 403
    sandbox.control("PATCH", f"/keys/{account}", {"state": "revoked"})
    assert sandbox.api("GET", "/credits", account).status_code == 401


def test_the_rate_limit_tells_when_to_come_back(sandbox: Sandbox, account: str) -> None:
    sandbox.control("PUT", "/settings", {"rate_limit_per_minute": 2})
    answers = [sandbox.api("GET", "/credits", account) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["retry-after"]) <= 60
    assert sandbox.api("GET", "/credits", DEMO).status_code == 200


def test_the_control_face_is_shut_without_the_option(start: Callable[..., Sandbox]) -> None:
    running = start("--speed", "100")

    assert running.http.get("/_sandbox/state").status_code == 404
    assert running.api("GET", "/credits").json() == {"current_credits": 5000}
