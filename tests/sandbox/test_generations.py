from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.process import DEMO, OTHER, Sandbox, wait_until


def test_a_job_is_reserved_runs_and_settles(sandbox: Sandbox, account: str) -> None:
    made = sandbox.generate("seedream-4-0", params={"max_images": 3}, key=account).json()

    assert (made["status"], made["reserved_credits"], made["final_credits"], made["result"]) == ("queued", 6, 0, None)
    assert sandbox.api("GET", "/credits", account).json()["current_credits"] == 94
    job = sandbox.finished(made["id"], account)
    assert (job["status"], job["final_credits"], len(job["result"]["urls"])) == ("succeeded", 6, 3)
    assert job["result"]["primary_url"] == job["result"]["urls"][0]


@pytest.mark.parametrize(
    ("word", "final", "error"),
    [
        ("[fail]", 0, "generation_failed"),
        ("[fail charged]", 6, "generation_failed"),
        ("[fail half]", 3, "generation_failed"),
        ("[fail null]", 0, None),
        ("[fail new]", 0, "provider_moderated"),
    ],
)
def test_a_failed_job_says_why_and_what_it_kept(
    sandbox: Sandbox, account: str, word: str, final: int, error: str | None
) -> None:
    job = sandbox.finished(sandbox.generate("seedream-4-0", f"A sea {word}", key=account).json()["id"], account)

    assert (job["status"], job["final_credits"], job["result"]) == ("failed", final, None)
    assert (job["error"] or {}).get("code") == error
    assert sandbox.api("GET", "/credits", account).json()["current_credits"] == 100 - final


def test_a_foreign_job_reads_like_one_that_does_not_exist(sandbox: Sandbox) -> None:
    task = sandbox.generate().json()["id"]

    foreign, absent = sandbox.api("GET", f"/generations/{task}", OTHER), sandbox.api("GET", "/generations/task_no")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.json()["error"]["message"] == absent.json()["error"]["message"]


def test_the_same_key_and_body_make_one_job(sandbox: Sandbox, account: str) -> None:
    first = sandbox.generate(idempotency_key="one", key=account)
    with ThreadPoolExecutor(8) as pool:
        again = list(pool.map(lambda _: sandbox.generate(idempotency_key="one", key=account).json(), range(8)))
    other = sandbox.generate(prompt="Something else", idempotency_key="one", key=account)

    assert all(answer == first.json() for answer in again)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")
    state = sandbox.state()
    keyed = [entry for entry in state["idempotency"] if entry["account"] == account.removeprefix("rvya_sk_")]
    assert [(entry["posts"], entry["bodies_identical"]) for entry in keyed] == [(10, False)]
    assert len([job for job in state["generations"] if job["account"] == keyed[0]["account"]]) == 1


def test_a_key_in_flight_answers_conflict(sandbox: Sandbox, account: str) -> None:
    sandbox.fault("slow", seconds=3, when="during", match={"account": account.removeprefix("rvya_sk_")})
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(sandbox.generate, idempotency_key="two", key=account)
        wait_until(lambda: any(one["used"] for one in sandbox.control("GET", "/faults")["data"]))
        second = sandbox.generate(idempotency_key="two", key=account)
        first = slow.result()

    assert (second.status_code, second.json()["error"]["code"]) == (409, "idempotency_conflict")
    assert first.status_code == 200
    assert sandbox.generate(idempotency_key="two", key=account).json() == first.json()


def test_an_idempotency_key_is_forgotten_after_a_day(sandbox: Sandbox, account: str) -> None:
    first = sandbox.generate(idempotency_key="day", key=account).json()
    sandbox.control("PUT", "/clock", {"advance_seconds": 24 * 3600 + 1})

    assert sandbox.generate(idempotency_key="day", key=account).json()["id"] != first["id"]


@pytest.mark.parametrize(
    "body",
    [
        {"model": "nobody", "prompt": "x"},
        {"model": "studio-upscaler", "prompt": "x"},
        {"model": "gpt-5-2-chat", "prompt": "x"},
        {"model": "z-image"},
        {"model": "z-image", "prompt": "x" * 1001},
        {"model": "z-image", "prompt": "x", "files": []},
        {"model": "z-image", "prompt": "x", "params": {"aspect_ratio": "2:1"}},
        {"model": "kling-2-6", "prompt": "x", "params": {"duration": 5}},
        {"model": "seedream-4-0", "prompt": "x", "params": {"max_images": "2"}},
        {"model": "seedream-4-0", "prompt": "x", "params": {"max_images": 7}},
        {"model": "elevenlabs-dialogue-v3", "prompt": "x"},
        {"model": "z-image", "prompt": "x", "client_request_id": "x" * 129},
        {
            "model": "flux-2-pro",
            "prompt": "x",
            "params": {"referenceMediaItems": [{"url": "http://x/y", "kind": "image"}]},
        },
    ],
)
def test_a_wrong_body_is_refused_and_costs_nothing(sandbox: Sandbox, account: str, body: dict[str, object]) -> None:
    answer = sandbox.api("POST", "/generations", account, json=body, headers={"idempotency-key": "same"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_failed")
    assert sandbox.api("GET", "/credits", account).json()["current_credits"] == 100


def test_unknown_params_are_dropped_and_defaults_filled_in(sandbox: Sandbox) -> None:
    task = sandbox.generate("kling-2-6", params={"unheard_of": 1, "duration": "10"}).json()["id"]

    job = next(job for job in sandbox.state()["generations"] if job["id"] == task)
    assert job["params"] == {"duration": "10", "sound": "false", "aspect_ratio": "1:1"}


def test_an_empty_wallet_refuses_and_studio_can_empty_it(sandbox: Sandbox, account: str) -> None:
    sandbox.control("POST", f"/accounts/{account.removeprefix('rvya_sk_')}/spend", {"credits": 99})

    assert sandbox.generate(key=account).status_code == 200
    answer = sandbox.generate(key=account)
    assert (answer.status_code, answer.json()["error"]["code"]) == (402, "insufficient_credits")


def test_credits_expire_without_a_call(sandbox: Sandbox, account: str) -> None:
    sandbox.control(
        "POST", f"/accounts/{account.removeprefix('rvya_sk_')}/grant", {"credits": 7, "expires_in_seconds": 60}
    )
    assert sandbox.api("GET", "/credits", account).json()["current_credits"] == 107

    sandbox.control("PUT", "/clock", {"advance_seconds": 61})
    assert sandbox.api("GET", "/credits", account).json()["current_credits"] == 100


def test_an_outcome_decides_the_next_job(sandbox: Sandbox) -> None:
    sandbox.control("POST", "/outcomes", {"match": {"model": "z-image"}, "outcome": "hang", "open_status": "paused"})
    hung, next_ = sandbox.generate().json()["id"], sandbox.generate().json()["id"]

    assert sandbox.finished(next_)["status"] == "succeeded"
    assert sandbox.api("GET", f"/generations/{hung}").json()["status"] == "paused"
    sandbox.control("PATCH", f"/generations/{hung}", {"outcome": "fail", "charged": True, "finish_in_seconds": 0})
    assert (sandbox.finished(hung)["status"], sandbox.finished(hung)["final_credits"]) == ("failed", 1)


def test_a_model_with_a_new_kind_of_parameter_can_be_added_and_used(sandbox: Sandbox) -> None:
    param = {"key": "palette", "type": "colour-wheel", "required": True, "wheel": {"turns": 3}}
    sandbox.control("POST", "/models", {"id": "dream-1", "category": "image", "base_credits": 2, "params": [param]})

    listed = next(model for model in sandbox.api("GET", "/models").json()["data"] if model["id"] == "dream-1")
    assert listed["params"] == [param]
    assert sandbox.generate("dream-1").status_code == 400
    made = sandbox.generate("dream-1", params={"palette": {"hue": [1, 2]}}).json()
    assert sandbox.finished(made["id"])["final_credits"] == 2
    sandbox.control("DELETE", "/models/dream-1")
    assert sandbox.generate("dream-1").status_code == 400


def test_the_ledger_adds_up_to_the_balance(sandbox: Sandbox) -> None:
    for word in ("", "[fail]", "[fail half]", "[slow]"):
        sandbox.generate("seedream-4-0", f"Money {word}", key=DEMO)
    state = sandbox.state()

    for name, facts in state["accounts"].items():
        assert sum(row["credits"] for row in state["ledger"] if row["account"] == name) == facts["balance"]
        open_ = sum(row["reserved"] for row in state["charges"] if (row["account"], row["state"]) == (name, "reserved"))
        assert open_ == facts["reserved"]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'{"model": NaN}', b"[" * 100_000, b'{"model": "z-image", "prompt": "\\ud800"}', b"\xff"],
)
def test_a_body_that_is_no_proper_json_object_is_refused(sandbox: Sandbox, content: bytes) -> None:
    for path in ("/generations", "/chat/completions", "/webhooks"):
        answer = sandbox.api("POST", path, content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_failed")
