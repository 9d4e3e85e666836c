"""Words in brackets that a prompt may hold to choose its own fate, for demos without the control face."""

import re
from typing import Any

from sandbox.answers import ApiError

FATES: dict[str, dict[str, Any]] = {
    "fail": {"outcome": "fail"},
    "fail charged": {"outcome": "fail", "charged": True},
    "fail half": {"outcome": "fail", "charged": "half"},
    "fail null": {"outcome": "fail", "error": None},
    "fail new": {
        "outcome": "fail",
        "error": {"code": "provider_moderated", "message": "The provider turned this down."},
    },
    "slow": {"seconds": 60.0},
    "instant": {"seconds": 0.0, "queued_seconds": 0.0},
    "hang": {"outcome": "hang"},
    "odd": {"open_status": "warming_up"},
    "many": {"count": 4},
    "gone": {"media": "expired"},
    "extra": {"extra": {"eta_seconds": 3, "provider": {"region": "eu"}}},
}

REFUSALS = {
    "refuse": ("validation_failed", "The prompt was refused by the safety rules."),
    "broke": ("insufficient_credits", "The wallet does not hold enough credits for this run."),
    "closed": ("public_api_disabled", "The Public API is switched off for now."),
}


def words(prompt: str) -> list[str]:
    """Return the bracketed words of a prompt, in lower case."""
    return [word.strip().lower() for word in re.findall(r"\[([^\[\]]{1,40})\]", prompt)]


def fate_of(prompt: str) -> dict[str, Any]:
    """Return the parts of a plan that the prompt asks for."""
    fate: dict[str, Any] = {}
    for word in words(prompt):
        fate |= FATES.get(word, {})
    return fate


def refuse_if_asked(prompt: str, attempt: int) -> None:
    """Refuse a prompt that asks for it. ``[busy]`` and ``[error]`` pass on the second attempt with the same key."""
    asked = words(prompt)
    for word, (code, message) in REFUSALS.items():
        if word in asked:
            raise ApiError(code, message)
    if "busy" in asked and attempt == 1:
        raise ApiError("rate_limited", "Too many requests.", headers={"Retry-After": "1"})
    if "error" in asked and attempt == 1:
        raise ApiError("internal_error", "Something went wrong.")
