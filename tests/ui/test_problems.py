import pytest

from console import rivya
from console.ui import problem_words, problems

CODES = sorted(problem_words.BY_CODE)


def refused(
    kind: type[rivya.Refused] = rivya.Refused, code: str = "", status: int = 400, said: str = ""
) -> rivya.Refused:
    return kind(code=code, status=status, message=said, request_id="req_1")


@pytest.mark.parametrize("code", CODES)
def test_every_code_says_what_happened_and_what_to_do(code: str) -> None:
    told = problems.from_code(code)
    assert told.title
    assert told.what_happened.endswith(".")
    assert told.next_step.endswith(".")
    assert 400 <= told.status < 600


@pytest.mark.parametrize(
    ("error", "charged"),
    [
        (refused(rivya.Invalid, "validation_failed"), "no"),
        (refused(rivya.TooMany, "rate_limited", 429), "no"),
        (refused(rivya.Unavailable, "public_api_disabled", 503), "no"),
        (refused(rivya.Unavailable, "internal_error", 500), "unknown"),
        (rivya.NoAnswer(sent=False), "no"),
        (rivya.NoAnswer(sent=True), "unknown"),
        (rivya.TimedOut(), "unknown"),
        (rivya.Unreadable(), "unknown"),
        (rivya.StreamCut("lost"), "unknown"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value,
)
def test_a_failed_paid_call_says_truly_whether_it_was_charged(error: rivya.RivyaError, charged: str) -> None:
    assert problems.from_error(error, paid=True).charged == charged
    assert problems.from_error(error).charged == "none"


def test_a_code_nobody_knows_yet_is_told_by_its_status() -> None:
    assert (
        problems.from_error(refused(code="rate_limited_v2", status=429)).title
        == problems.from_code("rate_limited").title
    )
    assert problems.from_error(refused(code="odd", status=418)).title == problem_words.NEW_CODE.title
    assert problems.from_code("http_503").title == problems.from_code("internal_error").title
    assert problems.from_code("odd").title == problem_words.NEW_CODE.title


def test_rivyas_own_sentence_is_passed_on_where_it_helps() -> None:
    told = problems.from_code("validation_failed", message="duration must be 5 or 10.", request_id="req_9")
    assert "Rivya says: duration must be 5 or 10." in told.what_happened
    assert told.request_id == "req_9"


def test_a_failed_job_that_was_charged_says_how_much() -> None:
    assert problems.from_code("generation_failed", final_credits=12).charged_words == "12 credits were charged."
    assert problems.from_code("generation_failed", final_credits=0).charged_words == "Nothing was charged."
    assert problems.from_code("outcome_unknown", known=False).charged == "unknown"


def test_our_own_stops_send_and_charge_nothing() -> None:
    budget = problems.over_budget("Autumn", left=3, needed=8)
    assert "needs 8 credits" in budget.what_happened
    assert "3 left" in budget.what_happened
    assert {budget.charged, problems.key_paused("prod", "refused").charged} == {"no"}
    assert problems.file_refused("This is a video, not a picture.").what_happened == "This is a video, not a picture."


@pytest.mark.parametrize("state", ["refused", "unopenable", "retired", "something new"])
def test_a_key_that_cannot_be_used_is_named(state: str) -> None:
    assert "The key prod" in problems.key_paused("prod", state).what_happened


def test_a_problem_can_lead_to_its_next_step() -> None:
    told = problems.from_code("api_key_revoked").leading_to("/keys/", "Open the keys")
    assert (told.action_url, told.action_label) == ("/keys/", "Open the keys")


def test_no_words_shout_or_blame() -> None:
    said = " ".join(f"{w.title} {w.happened} {w.next_step}" for w in problem_words.BY_CODE.values())
    assert "!" not in said
    assert "something went wrong" not in said.lower()
