"""An error told to a person: what happened, was anything charged, what to do next. The only such mapping.

Codes are Rivya's (`rivya-api.md` §13), by code first and by status when the code is new, and our own stops. A Problem
comes from an exception of the client, the stored code of a job, or one of our own refusals.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from console import rivya
from console.ui import problem_words
from console.ui.amounts import credits_in_words
from console.ui.problem_words import Words

Charged = Literal["no", "yes", "unknown", "none"]

_CHARGED_WORDS: dict[Charged, tuple[str, str]] = {
    "no": ("circle-check", "Nothing was charged."),
    "yes": ("coins", "This was charged."),
    "unknown": ("circle-question-mark", "It is not known yet whether this was charged."),
    "none": ("info", ""),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person is told. `charged` "none": money has no part in it. `status` is the page's HTTP status."""

    title: str
    what_happened: str
    charged: Charged = "none"
    next_step: str = ""
    action_label: str = ""
    action_url: str = ""
    request_id: str = ""
    status: int = 500
    charged_credits: int = 0

    @property
    def charged_words(self) -> str:
        """One sentence about the money; empty when there is none in it."""
        if self.charged == "yes" and self.charged_credits:
            return f"{self.charged_credits:,} {'credit was' if self.charged_credits == 1 else 'credits were'} charged."
        return _CHARGED_WORDS[self.charged][1]

    @property
    def charged_icon(self) -> str:
        """The icon beside that sentence."""
        return _CHARGED_WORDS[self.charged][0]

    def leading_to(self, url: str, label: str) -> "Problem":
        """The same problem with the button that does the next step."""
        return replace(self, action_url=url, action_label=label)


class NotNow(Exception):
    """Something the console needs is away, and nothing of ours is wrong: a page with status 503."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = replace(problem, status=503)


def from_error(error: rivya.RivyaError, *, paid: bool = False) -> Problem:
    """The problem behind a failed call; `paid` says that the call would have cost credits."""
    words = _of_error(error)
    charged: Charged = "none" if not paid else "no" if error.outcome == "not_done" else "unknown"
    return _problem(words, charged=charged, request_id=getattr(error, "request_id", None) or "")


def from_code(
    code: str, *, message: str = "", request_id: str = "", final_credits: int | None = None, known: bool = True
) -> Problem:
    """The problem behind a job's stored code. `known` is False while its outcome, and so its charge, is open."""
    words = problem_words.BY_CODE.get(code) or _by_status(_status_in(code)) or problem_words.NEW_CODE
    charged: Charged = "yes" if final_credits else "no" if known else "unknown"
    told = _problem(words, charged=charged, request_id=request_id, said=message)
    return replace(told, charged_credits=final_credits or 0)


def over_budget(project: str, left: int, needed: int, *, deciders: Sequence[str] = ()) -> Problem:
    """The project's budget does not hold the reservation: nothing was sent. Figures in credits.

    `deciders` are the people who may raise it.
    """
    happened = f"This needs {credits_in_words(needed)}; the budget of {project} has {max(left, 0):,} left this month."
    told = replace(_problem(problem_words.OVER_BUDGET, charged="no"), what_happened=happened)
    who = _one_of(deciders)
    return replace(told, next_step=f"Choose something smaller, or ask {who} to raise the budget.") if who else told


def wallet_too_low(told: Problem, account: str, contact: str, *, may_name: bool) -> Problem:
    """`insufficient_credits` with who owns the wallet: not our own budget's stop. `may_name`: the person asking may say
    who the billing contact is.
    """
    words = problem_words.WALLET_UNOWNED if may_name else problem_words.WALLET_UNKNOWN
    return replace(
        told, next_step=(problem_words.WALLET_OWNED if contact else words).format(contact=contact, account=account)
    )


def _one_of(names: Sequence[str]) -> str:
    """As a sentence lists them: of more than three, the first two."""
    if len(names) < 3:
        return " or ".join(names)
    return f"{names[0]}, {names[1]} or {names[2]}" if len(names) == 3 else f"{names[0]}, {names[1]} or another admin"


def key_paused(key: str, state: str) -> Problem:
    """The key cannot be used (`state`: refused, unopenable, retired): nothing was sent."""
    words = problem_words.KEY_STATES.get(state, problem_words.KEY_STATES["refused"])
    return replace(_problem(words, charged="no"), what_happened=words.happened.replace("The key", f"The key {key}", 1))


def key_missing(project: str) -> Problem:
    """The project has no key to send with: nothing was sent."""
    happened = f"Calls to Rivya for {project} have no key to be sent with."
    return replace(_problem(problem_words.KEY_MISSING, charged="no"), what_happened=happened)


def file_refused(reason: str) -> Problem:
    """A reference file was not taken, with the reason in words: nothing was sent."""
    return replace(_problem(problem_words.FILE_REFUSED, charged="none"), what_happened=reason)


def too_often(happened: str, wait_seconds: int) -> Problem:
    """One person did this more often than the console lets anybody: nothing was done, nothing charged."""
    told = replace(_problem(problem_words.PAGES[429], charged="no"), what_happened=happened, status=429)
    waiting = "a second" if wait_seconds == 1 else f"{wait_seconds} seconds"
    return replace(told, next_step=f"Wait {waiting}, then go back and send it again: what you typed is still there.")


def from_status(status: int, *, detail: str = "") -> Problem:
    """What an HTTP status of our own pages says; `detail` replaces the sentence when the view knows better."""
    words = problem_words.PAGES.get(status, problem_words.PAGES[500])
    told = _problem(replace(words, status=status), charged="none")
    return replace(told, what_happened=detail) if detail else told


def form_expired() -> Problem:
    """A form that is too old, or came from another site."""
    return _problem(problem_words.EXPIRED, charged="none")


def looking_only(happened: str) -> Problem:
    """Support sees as somebody else sees, and asked for more than a look."""
    return replace(_problem(problem_words.LOOKING_ONLY, charged="none"), what_happened=happened)


def _of_error(error: rivya.RivyaError) -> Words:
    if isinstance(error, rivya.Refused):
        return problem_words.BY_CODE.get(error.code) or _by_status(error.status) or problem_words.NEW_CODE
    if isinstance(error, rivya.TimedOut):
        return problem_words.TIMED_OUT
    if isinstance(error, rivya.Unreadable):
        return problem_words.UNREADABLE
    if isinstance(error, rivya.NoAnswer):
        return problem_words.LOST if error.sent else problem_words.UNREACHED
    if isinstance(error, rivya.MediaRefused):
        return problem_words.BY_CODE["result_not_collected"]
    return problem_words.LOST


def _by_status(status: int) -> Words | None:
    code = problem_words.BY_STATUS.get(status) or ("internal_error" if status >= 500 else "")
    return problem_words.BY_CODE.get(code)


def _status_in(code: str) -> int:
    digits = code.removeprefix("http_")
    return int(digits) if code.startswith("http_") and digits.isdigit() else 0


def _problem(words: Words, *, charged: Charged, request_id: str = "", said: str = "") -> Problem:
    happened = f"{words.happened} Rivya says: {said}" if said and words.quotes else words.happened
    return Problem(words.title, happened, charged, words.next_step, request_id=request_id, status=words.status)
