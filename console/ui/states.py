"""How a state is told to a person: a colour, an icon and a word, the same on every page (`docs/design.md`, Pills)."""

from typing import Final, NamedTuple


class Shown(NamedTuple):
    """The three ways one state is told. `tone` is the colour's name in `static/css/components/pill.css`."""

    tone: str
    icon: str
    word: str


_STATES: Final[dict[str, Shown]] = {
    # jobs (Rivya's own states are open strings: rivya-api.md §6)
    "unsent": Shown("slate", "send", "Sending"),
    "sending": Shown("slate", "send", "Sending"),
    "queued": Shown("slate", "clock", "Queued"),
    "processing": Shown("blue", "circle-dot", "Processing"),
    "succeeded": Shown("green", "circle-check", "Succeeded"),
    "failed": Shown("red", "circle-x", "Failed"),
    "refused": Shown("red-line", "ban", "Refused"),
    "unknown": Shown("amber", "circle-question-mark", "Outcome unknown"),
    "needs_review": Shown("violet", "eye", "Needs review"),
    "withdrawn": Shown("grey", "undo-2", "Withdrawn"),
    # causes of failures
    "cause_open": Shown("red", "circle-alert", "Open"),
    "cause_assigned": Shown("slate", "user", "Assigned"),
    "cause_resolved": Shown("green", "circle-check", "Resolved"),
    "cause_ignored": Shown("grey", "pause", "Ignored"),
    # turns of a conversation
    "streaming": Shown("blue", "circle-dot", "Answering"),
    "done": Shown("green", "circle-check", "Answered"),
    "stopped": Shown("grey", "square", "Stopped"),
    # keys
    "active": Shown("green", "circle-check", "Active"),
    "retiring": Shown("slate", "hourglass", "Being replaced"),
    "unopenable": Shown("amber", "lock", "Cannot be opened"),
    "retired": Shown("grey", "archive", "Retired"),
    # files
    "checking": Shown("slate", "clock", "Checking"),
    "uploading": Shown("blue", "upload", "Uploading"),
    "ready": Shown("green", "circle-check", "Ready"),
    "expired": Shown("grey", "hourglass", "Expired"),
    "deleted": Shown("grey", "trash-2", "Deleted"),
    # models
    "callable": Shown("green", "circle-check", "Ready"),
    "unready": Shown("grey", "ban", "Not callable"),
    "withheld": Shown("grey", "ban", "Not callable"),
    "gone": Shown("grey", "archive", "No longer offered"),
    # projects and credits
    "open": Shown("green", "circle-check", "Open"),
    "archived": Shown("grey", "archive", "Archived"),
    "paused": Shown("amber", "pause", "Paused"),
    "over_budget": Shown("amber", "gauge", "Budget used up"),
    "reserved": Shown("slate", "clock", "Reserved"),
    "reserve": Shown("slate", "clock", "Reserved"),
    "settled": Shown("green", "check", "Charged"),
    "settle": Shown("green", "check", "Charged"),
    "charged": Shown("green", "check", "Charged"),
    "released": Shown("grey", "undo-2", "Released"),
    "release": Shown("grey", "undo-2", "Released"),
    "accept": Shown("slate", "check", "Taken by Rivya"),
    "correct": Shown("violet", "pencil", "Corrected"),
    # intervals of a wallet
    "explained": Shown("green", "circle-check", "Explained"),
    "under_way": Shown("blue", "hourglass", "On its way"),
    "maybe": Shown("amber", "circle-question-mark", "Perhaps ours"),
    "unexplained": Shown("amber", "triangle-alert", "Not explained"),
    "noted": Shown("violet", "pencil", "Explained by a person"),
    "quiet": Shown("grey", "minus", "No change"),
    "low": Shown("amber", "triangle-alert", "Low"),
    # reviews
    "approved": Shown("green", "shield-check", "Approved"),
    "sent_back": Shown("amber", "undo-2", "Sent back"),
}


def shown(state: str, word: str = "") -> Shown:
    """How `state` is told; a state nobody knows yet is grey and called by its own name. `word` replaces the word."""
    name = state.strip().lower().replace(" ", "_").replace("-", "_")
    known = _STATES.get(name) or Shown("grey", "circle-dashed", _humanised(name))
    return known._replace(word=word) if word else known


def known_states() -> frozenset[str]:
    """Every state that has its own colour, icon and word."""
    return frozenset(_STATES)


def _humanised(name: str) -> str:
    return name.replace("_", " ").strip().capitalize() or "Unknown"
