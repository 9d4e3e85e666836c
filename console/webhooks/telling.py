"""The log in words: what each verdict means and what mends it, and what a request did."""

from dataclasses import dataclass
from typing import Final

from console.webhooks.models import Delivery, Endpoint

Verdict, Effect = Delivery.Verdict, Delivery.Effect


@dataclass(frozen=True)
class Told:
    """`tone` is the state whose pill it wears; `title` the word on it; then what it means and what to do."""

    tone: str
    title: str
    means: str
    next_step: str = ""


_ROTATE: Final = "If Rivya's own requests look like this, rotate the secret here: Rivya then signs with what we hold."
_NOBODY: Final = "If it was not Rivya, nothing needs to be done: nothing of it was taken over."

VERDICTS: Final[dict[str, Told]] = {
    Verdict.ACCEPTED: Told("active", "Accepted", "Signed by Rivya with this endpoint's secret, and new."),
    Verdict.DUPLICATE: Told("quiet", "Duplicate", "Signed by Rivya, and stored before. Answered as stored."),
    Verdict.NO_HEADER: Told(
        "refused", "No signature", "It came without the header that holds the signature.",
        "Compare the names below. If Rivya signs in the other scheme, change it in the endpoint's settings. If it "
        "calls its header something else, ask whoever runs the console to set that name (RIVYA_WEBHOOK_HEADER, or "
        "RIVYA_WEBHOOK_STANDARD_HEADERS).",
    ),
    Verdict.UNREADABLE_HEADER: Told(
        "refused", "Unreadable signature", "The header that should hold the signature makes no sense.",
        "See whether the endpoint's scheme is the right one.",
    ),
    Verdict.CLOCK: Told(
        "low", "Clock is off",
        "It says it was signed more than five minutes from now. Its signature was not checked.",
        "Check the clock of the machine this console runs on. An old request sent again looks like this too, and so "
        "does a forged one.",
    ),
    Verdict.OLD_SECRET: Told(
        "low", "Old secret", "Signed with a secret that was rotated away more than an hour ago.",
        "A late retry of Rivya's, which needs nothing. If new ones keep coming, rotate again.",
    ),
    Verdict.WRONG_SECRET: Told(
        "refused", "Wrong secret", "Signed with the secret of another endpoint of this team.",
        "Rivya sends that endpoint's events to this address: compare the addresses at Rivya.",
    ),
    Verdict.WRONG_SCHEME: Told(
        "low", "Other scheme", "Signed with the right secret, in the scheme this endpoint is not set to.",
        "Change the scheme in the endpoint's settings.",
    ),
    Verdict.BODY_CHANGED: Told(
        "refused", "Body changed", "The signature is Rivya's, and the bytes are not those that were signed.",
        "A proxy in front of the console rewrites JSON: let it pass `/hooks/` through untouched.",
    ),
    Verdict.NO_MATCH: Told(
        "refused", "Signature does not fit",
        "Signed with a secret this console never held, or changed on the way: the signature cannot tell which.",
        f"{_ROTATE} {_NOBODY}",
    ),
    Verdict.NOT_JSON: Told("refused", "Not JSON", "Properly signed, but its body is not JSON.", "Tell Rivya about it."),
    Verdict.NOT_AN_EVENT: Told(
        "refused", "Not an event", "Properly signed JSON without the id and type of an event.", "Tell Rivya about it."
    ),
    Verdict.TOO_BIG: Told("refused", "Too big", "Its body is larger than 256 KB; no event is.", _NOBODY),
}  # fmt: skip

EFFECTS: Final[dict[str, str]] = {
    Effect.NONE: "Nothing.",
    Effect.RUNG: "Its job was made due, to be read from Rivya at once.",
    Effect.BUSY: "Its job was just being read, and is read once more.",
    Effect.ENDED: "Nothing: its job had ended already.",
    Effect.REVIEW: "Nothing: its job waits for a person's decision.",
    Effect.WAITING: "No job has this task yet. It is matched as soon as one has.",
    Effect.STRANGE_JOB: "Nothing: no job of this team has this task.",
    Effect.STRANGE_TYPE: "Nothing: this console does not know this type of event.",
    Effect.NO_TASK: "It names no task, so it rings at nothing. Jobs are read by the clock.",
    Effect.TEST: "Nothing: it was a test that somebody here asked for.",
}


def verdict_of(delivery: Delivery) -> Told:
    """What was thought of a request."""
    return VERDICTS[delivery.verdict]


def clock_words(delivery: Delivery) -> str:
    """How far off the signed time was; empty where that is not the trouble."""
    off = delivery.clock_off_seconds
    if off is None:
        return ""
    return f"Off by {abs(off):,} s: signed {'in the future' if off > 0 else 'in the past'} by this console's clock."


def state_of(endpoint: Endpoint) -> tuple[str, str]:
    """The pill of an endpoint: the state whose look it has, and the word on it."""
    if endpoint.state == Endpoint.State.REGISTERING:
        return "unknown", "Not finished"
    if endpoint.is_gone_at_rivya:
        return "failed", "Gone at Rivya"
    if endpoint.is_stopped_by_rivya:
        return "low", "Stopped by Rivya"
    return {"active": ("active", "Active"), "paused": ("paused", "Paused")}.get(endpoint.state, ("deleted", "Deleted"))
