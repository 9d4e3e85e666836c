"""Every code that Rivya or the console can name has a verdict; one that nobody knows is told as such."""

import re
from pathlib import Path

import pytest

from console import failures
from console.failures.verdicts import CATALOGUE, Charge, Retry, verdict_on
from console.rivya._exchange import _BY_CODE
from console.ui import problem_words

ROOT = Path(failures.__file__).parents[2]


@pytest.mark.parametrize("code", sorted({*_BY_CODE, "generation_failed"}))
def test_every_code_of_the_api_has_a_verdict(code: str) -> None:
    verdict = verdict_on(code)
    assert verdict.is_known
    assert all([verdict.todo, verdict.who, verdict.charge_words, verdict.retry_words])
    assert "“" not in verdict.title, "it has no words yet"


def test_every_code_that_a_job_can_end_with_has_a_verdict() -> None:
    source = "".join(path.read_text() for path in (ROOT / "console" / "jobs").glob("*.py"))
    named = set(re.findall(r'error_code="(\w+)"', source)) | set(re.findall(r'code = "(\w+)"', source))
    named |= set(re.findall(r'_put_before_a_person\(job, "(\w+)"', source))
    assert len(named) >= 3
    assert named - CATALOGUE.keys() == set()


def test_the_words_of_problems_and_the_verdicts_know_the_same_job_codes() -> None:
    chats = {"chat_failed", "chat_broken_off", "not_reached", "session_not_readable"}
    assert problem_words.BY_CODE.keys() - chats <= CATALOGUE.keys()


@pytest.mark.parametrize(
    ("code", "retry"),
    [
        ("api_key_revoked", Retry.AFTER),
        ("validation_failed", Retry.NEVER),
        ("rate_limited", Retry.LATER),
        ("generation_failed", Retry.HELPS),
        ("outcome_unknown", Retry.LOOK),
        ("http_422", Retry.NEVER),
        ("http_503", Retry.HELPS),
    ],
)
def test_a_verdict_says_whether_a_retry_helps(code: str, retry: Retry) -> None:
    assert verdict_on(code).retry == retry


@pytest.mark.parametrize("code", ["moon_phase_wrong", "", "http_", "http_²00", "http_999999", "http_302"])
def test_a_code_that_nobody_knows_is_told_as_such(code: str) -> None:
    verdict = verdict_on(code)
    assert not verdict.is_known
    assert (verdict.retry, verdict.charge) == (Retry.LOOK, Charge.MAYBE)
