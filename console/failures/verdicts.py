"""What to make of an error code: will a retry help, was it charged, what to do, who can do it.

The catalogue of the API's codes (`rivya-api.md` §13) and of our own findings. What happened is told by
`ui/problem_words.py`, as on the job's page; a code that is in neither is counted like any other, and flagged.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from console.ui import problem_words


class Retry(StrEnum):
    """Whether the same job, sent again as a new one, has a better chance."""

    HELPS = "helps"
    LATER = "later"
    AFTER = "after"
    NEVER = "never"
    LOOK = "look"


class Charge(StrEnum):
    """What is known about the money by the code alone; each job's own figure is in the ledger."""

    NO = "no"
    YES = "yes"
    MAYBE = "maybe"
    OPEN = "open"


RETRY_WORDS: Final = {
    Retry.HELPS: ("rotate-cw", "green", "A retry may help"),
    Retry.LATER: ("clock", "slate", "A retry helps later"),
    Retry.AFTER: ("pencil", "amber", "A retry helps after a change"),
    Retry.NEVER: ("ban", "red", "A retry does not help"),
    Retry.LOOK: ("eye", "violet", "Look before you retry"),
}
CHARGE_WORDS: Final = {
    Charge.NO: "Never charged.",
    Charge.YES: "Charged: Rivya did the work.",
    Charge.MAYBE: "Rivya says for each job what it charged; the ledger has it.",
    Charge.OPEN: "Not known yet whether it was charged; the credits stay reserved.",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`todo` is the next step, `who` can take it. `is_known` is False for a code that nobody has seen before."""

    code: str
    retry: Retry
    charge: Charge
    who: str
    todo: str
    is_known: bool = True

    @property
    def title(self) -> str:
        """What happened, in a few words."""
        words = problem_words.BY_CODE.get(self.code) or _OURS.get(self.code)
        return words if isinstance(words, str) else words.title if words else f"Rivya said “{self.code}”"

    @property
    def retry_words(self) -> str:
        return RETRY_WORDS[self.retry][2]

    @property
    def retry_icon(self) -> str:
        return RETRY_WORDS[self.retry][0]

    @property
    def retry_tone(self) -> str:
        return RETRY_WORDS[self.retry][1]

    @property
    def charge_words(self) -> str:
        return CHARGE_WORDS[self.charge]


_ANYBODY, _ADMINS, _WALLET, _OPERATOR = (
    "Anybody who makes jobs",
    "An owner or admin of the team",
    "Whoever owns the Rivya account",
    "Whoever runs this console",
)
_NEW_KEY: Final = "Replace the key under Keys, then try these jobs again."
_OURS: Final = {
    "unknown_too_long": "Nobody knows what became of it",
    "result_held": "The result is held back",
    "failed": "The generation failed",
    "refused": "Rivya refused the job",
    "needs_review": "A person has to decide",
}


def _catalogue(*rows: tuple[str, Retry, Charge, str, str]) -> dict[str, Verdict]:
    return {row[0]: Verdict(*row) for row in rows}


CATALOGUE: Final = _catalogue(
    # Rivya's codes
    ("public_api_disabled", Retry.LATER, Charge.NO, _ANYBODY, "Wait until Rivya switches its API on again."),
    ("api_key_missing", Retry.AFTER, Charge.NO, _ADMINS, _NEW_KEY),
    ("api_key_invalid", Retry.AFTER, Charge.NO, _ADMINS, _NEW_KEY),
    ("api_key_revoked", Retry.AFTER, Charge.NO, _ADMINS, _NEW_KEY),
    ("api_key_expired", Retry.AFTER, Charge.NO, _ADMINS, _NEW_KEY),
    ("api_scope_denied", Retry.AFTER, Charge.NO, _ADMINS, "Make a key with this scope, then replace the old one."),
    ("rate_limited", Retry.LATER, Charge.NO, _ANYBODY, "Wait a few minutes, then try fewer jobs at once."),
    ("validation_failed", Retry.NEVER, Charge.NO, _ANYBODY, "Change what Rivya names, then send it as a new job."),
    ("not_found", Retry.AFTER, Charge.NO, _ADMINS, "Check that key and files belong to the same Rivya account."),
    ("webhook_url_rejected", Retry.NEVER, Charge.NO, _ADMINS, "Register a public https address under Webhooks."),
    ("chat_model_not_supported", Retry.NEVER, Charge.NO, _ANYBODY, "Choose a chat model."),
    ("chat_session_conflict", Retry.NEVER, Charge.NO, _ANYBODY, "Start a new chat."),
    ("chat_attachment_not_supported", Retry.NEVER, Charge.NO, _ANYBODY, "Remove it, or choose another model."),
    ("idempotency_conflict", Retry.LOOK, Charge.OPEN, _ANYBODY, "Compare the timeline with Rivya's list, then decide."),
    ("insufficient_credits", Retry.AFTER, Charge.NO, _WALLET, "Top up the wallet at Rivya, then try these jobs again."),
    ("internal_error", Retry.HELPS, Charge.MAYBE, _ANYBODY, "Try again; if it stays, ask Rivya's support."),
    ("generation_failed", Retry.HELPS, Charge.MAYBE, _ANYBODY, "Try again; if it fails anew, change prompt or files."),
    # our own stops and findings
    ("key_cannot_be_opened", Retry.AFTER, Charge.NO, _OPERATOR, "Restore the keyset, or replace the key."),
    ("key_not_usable", Retry.AFTER, Charge.NO, _ADMINS, _NEW_KEY),
    ("task_missing", Retry.LOOK, Charge.OPEN, _ANYBODY, "Look at Rivya whether it was charged, then decide."),
    ("outcome_unknown", Retry.LOOK, Charge.OPEN, _ANYBODY, "Look at Rivya whether it ran, then decide on the job."),
    ("unknown_too_long", Retry.LOOK, Charge.OPEN, _ANYBODY, "The console keeps asking. Look at Rivya if it is urgent."),
    ("too_long", Retry.LOOK, Charge.OPEN, _ANYBODY, "Give the request ids to Rivya's support."),
    ("needs_review", Retry.LOOK, Charge.OPEN, _ANYBODY, "Open each job and decide what became of it."),
    ("result_missing", Retry.LOOK, Charge.YES, _ANYBODY, "Give the request ids to Rivya's support: it was charged."),
    ("result_not_collected", Retry.LOOK, Charge.YES, _ANYBODY, "Look for it at Rivya; a retry is charged again."),
    ("result_held", Retry.NEVER, Charge.YES, _OPERATOR, "Allow the media host in RIVYA_MEDIA_HOSTS."),
    ("failed", Retry.HELPS, Charge.MAYBE, _ANYBODY, "Try again; if it fails anew, change prompt or files."),
    ("refused", Retry.LOOK, Charge.NO, _ANYBODY, "Open a job and read what Rivya said."),
)  # fmt: skip


def verdict_on(code: str) -> Verdict:
    """The verdict on a stored code; one that only names a status is judged by it; a new one is flagged."""
    if code in CATALOGUE:
        return CATALOGUE[code]
    digits = code.removeprefix("http_") if code.startswith("http_") else ""
    if digits.isascii() and digits.isdigit() and len(digits) == 3:
        alike = problem_words.BY_STATUS.get(int(digits)) or ("internal_error" if digits >= "500" else "")
        if alike in CATALOGUE:
            like = CATALOGUE[alike]
            return Verdict(alike, like.retry, like.charge, like.who, like.todo)
    todo = "This console does not know the code yet. Open a job, read what Rivya says, and ask its support."
    return Verdict(code, Retry.LOOK, Charge.MAYBE, _ANYBODY, todo, is_known=False)
