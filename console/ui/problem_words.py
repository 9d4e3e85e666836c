"""The words of every problem. Plain verbs, no blame, and always what to do next."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """Title, what happened, what to do; `status` for a page of its own; `quotes` adds Rivya's own sentence."""

    title: str
    happened: str
    next_step: str
    status: int = 502
    quotes: bool = False


_REPLACE_KEY: Final = (
    "An owner or admin of the team replaces the key under Keys; jobs that wait for it go on by themselves."
)
_AGAIN: Final = (
    "The console asks again by itself with the same request, so it cannot become two jobs. You may leave this page."
)

BY_CODE: Final[dict[str, Words]] = {
    # Rivya's codes, rivya-api.md §13
    "public_api_disabled": Words("Rivya's API is switched off", "Rivya answers no calls at the moment.", _AGAIN, 503),
    "api_key_missing": Words("Rivya got no key", "The call reached Rivya without its key.", _REPLACE_KEY),
    "api_key_invalid": Words("Rivya does not know this key", "Rivya could not verify the key.", _REPLACE_KEY),
    "api_key_revoked": Words("The key was revoked", "Somebody revoked this key in Rivya's settings.", _REPLACE_KEY),
    "api_key_expired": Words("The key has expired", "Rivya no longer accepts this key.", _REPLACE_KEY),
    "api_scope_denied": Words(
        "The key may not do this",
        "The key lacks the scope that this call takes.",
        "Scopes cannot be added to a key: make a new one at Rivya with this scope, then replace the key under Keys.",
    ),
    "rate_limited": Words("Rivya asks us to slow down", "Too many requests in a short time.", _AGAIN, 503),
    "validation_failed": Words(
        "Rivya did not accept the request",
        "The model, the prompt, a parameter or a file does not fit.",
        "Change what it names, then send it as a new job.",
        422,
        quotes=True,
    ),
    "not_found": Words(
        "Rivya does not have this",
        "It is gone, or belongs to another Rivya account than the key.",
        "Check that the key belongs to the account that made it.",
        404,
    ),
    "webhook_url_rejected": Words(
        "Rivya does not accept this console's address",
        "Rivya rings at public https addresses only.",
        "Whoever runs the console gives it one (CONSOLE_PUBLIC_URL).",
        422,
    ),
    "chat_model_not_supported": Words(
        "This model does not chat", "The model cannot be used for chats.", "Choose a chat model.", 422
    ),
    "chat_session_conflict": Words(
        "This chat cannot go on",
        "Rivya closed or blocked the session.",
        "Start a new chat; the text so far stays here.",
        409,
    ),
    "chat_attachment_not_supported": Words(
        "The attachment was refused",
        "This model does not take such a file.",
        "Remove it, or choose another model.",
        422,
    ),
    "idempotency_conflict": Words(
        "Two requests share one key",
        "Rivya holds another request under this job's idempotency key.",
        "A person must look: compare the job's timeline with Rivya's list, then decide whether to send a new job.",
        409,
    ),
    "insufficient_credits": Words(
        "The wallet is too low",
        "Rivya's balance does not hold this reservation.",
        "The owner of the Rivya account tops it up at Rivya; then send the job again.",
        402,
    ),
    "internal_error": Words("Rivya had a fault", "Rivya answered with an error of its own.", _AGAIN),
    "generation_failed": Words(
        "The generation failed",
        "Rivya took the job and could not finish it.",
        "Try again as a new job; if it fails again, change the prompt or the references.",
        quotes=True,
    ),
    # our own stops and findings
    "key_cannot_be_opened": Words(
        "The key cannot be opened",
        "The stored key does not open with this console's keyset, so nothing was sent.",
        "Restore the keyset, or replace the key under Keys.",
    ),
    "key_not_usable": Words(
        "The key is not in use", "The project's key was refused by Rivya or retired, so nothing was sent.", _REPLACE_KEY
    ),
    "task_missing": Words(
        "Rivya no longer knows this job",
        "Rivya accepted the job and now says that it has no such task.",
        "Give the request id to Rivya's support. Before sending it again, look there whether it was charged.",
    ),
    "outcome_unknown": Words(
        "The outcome is not known",
        "Rivya could not be asked about this job for more than a day past its time.",
        "Look at Rivya whether the job ran before you send it again: a new job may be charged a second time.",
    ),
    "too_long": Words(
        "This job takes far too long",
        "Rivya has kept it open for more than a day past its time.",
        "Give the request id to Rivya's support. Rivya has no way to cancel it.",
    ),
    "result_missing": Words(
        "There is no result",
        "Rivya says that the job succeeded and names nothing to download.",
        "Give the request id to Rivya's support.",
    ),
    "result_not_collected": Words(
        "The result could not be brought home",
        "Rivya's link did not give a file this console may keep.",
        "Try to collect it again soon: such links do not live long.",
    ),
    "chat_failed": Words(
        "The answer failed",
        "Rivya began to answer and could not go on.",
        "Ask again: it is a new question.",
        quotes=True,
    ),
    "chat_broken_off": Words(
        "The answer was broken off",
        "Rivya began to answer several times and broke off each time; it has kept nothing of it.",
        "Ask again later, or choose another model.",
    ),
    "not_reached": Words(
        "Rivya could not be reached", "No connection to Rivya came about, so nothing was sent.", "Ask again later.", 503
    ),
    "session_not_readable": Words(
        "The conversation cannot be read at Rivya",
        "No key of this account may read it, so it is not known whether the answer was given.",
        "Give the project a key of the same account that may read chats, then look at Rivya what was charged.",
    ),
}

BY_STATUS: Final[dict[int, str]] = {
    400: "validation_failed",
    401: "api_key_invalid",
    402: "insufficient_credits",
    403: "api_scope_denied",
    404: "not_found",
    409: "idempotency_conflict",
    413: "validation_failed",
    422: "validation_failed",
    429: "rate_limited",
}

NEW_CODE: Final = Words(
    "Rivya said no",
    "Rivya refused with a reason that this console does not know yet.",
    "Give the request id to Rivya's support.",
    quotes=True,
)
TIMED_OUT: Final = Words(
    "Rivya did not answer in time", "The request went out and no answer came back in time.", _AGAIN, 504
)
UNREADABLE: Final = Words("Rivya's answer makes no sense", "An answer came that is not what Rivya promises.", _AGAIN)
LOST: Final = Words("The connection to Rivya was lost", "The request went out and the answer never came back.", _AGAIN)
UNREACHED: Final = Words(
    "Rivya could not be reached", "No connection to Rivya came about, so nothing was sent.", _AGAIN, 503
)

OVER_BUDGET: Final = Words(
    "The budget is used up",
    "",
    "Choose something smaller, or ask an owner or admin to raise the project's budget.",
    409,
)
WALLET_OWNED: Final = "{contact} tops up {account} at Rivya; then ask for it again. The wallet page shows what is left."
WALLET_UNOWNED: Final = (
    "{account} has to be topped up at Rivya, and the team names nobody who does. "
    "Name a billing contact under Team settings."
)
WALLET_UNKNOWN: Final = (
    "{account} has to be topped up at Rivya, and the team names nobody who does. "
    "An owner or admin can name a billing contact under Team settings."
)
FILE_REFUSED: Final = Words("This file was not taken", "", "Nothing was sent. Choose another file.", 422)
KEY_MISSING: Final = Words(
    "The project has no key",
    "",
    "An owner or admin of the team chooses a key in the project's settings.",
    409,
)
KEY_STATES: Final[dict[str, Words]] = {
    "refused": Words(
        "The key is refused", "The key was refused by Rivya, so nothing is sent with it.", _REPLACE_KEY, 409
    ),
    "unopenable": Words(
        "The key cannot be opened",
        "The key does not open with this console's keyset, so nothing is sent with it.",
        "Restore the keyset, or replace the key under Keys.",
        409,
    ),
    "retired": Words(
        "The key is retired", "The key was retired by the team.", "Give the project another key in its settings.", 409
    ),
}
EXPIRED: Final = Words(
    "The form has expired",
    "It was open for too long, or the browser keeps no cookies. Nothing was done.",
    "Load the page again, and send it once more.",
    403,
)
LOOKING_ONLY: Final = Words(
    "You are only looking", "Support looks and changes nothing.", "End the look to act as yourself again.", 403
)
PAGES: Final[dict[int, Words]] = {
    400: Words(
        "This request makes no sense", "The console could not read what the browser sent.", "Go back and try again."
    ),
    403: Words(
        "This is not yours to do",
        "Your role in this team does not allow it, or the page was open for too long.",
        "Reload the page you came from. If it still says no, ask an owner or admin of the team.",
    ),
    404: Words(
        "There is nothing here",
        "The page is gone, was never there, or belongs to a team you are not in.",
        "Check the address, or find it from the start.",
    ),
    405: Words(
        "There is no page at this address",
        "It takes what a form of the console sends to it. Nothing was done.",
        "Go back to the page with the form, or find it from the start.",
    ),
    413: Words("This is too big", "What was sent is larger than the console takes.", "Send less, or a smaller file."),
    415: Words(
        "This form came in another encoding",
        "The console reads forms in UTF-8 only, as every browser sends them. Nothing was done.",
        "Open the page in a browser and send the form from there.",
    ),
    429: Words("Too many tries", "This was tried too often in a short time.", "Wait a few minutes, then try again."),
    500: Words(
        "The console had a fault",
        "Something in the console broke while it made this page. What was saved before is kept.",
        "Try again. If it stays, give the request id to whoever runs this console.",
    ),
}
