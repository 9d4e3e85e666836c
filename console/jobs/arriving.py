"""What arrived, by its content: a result is what its bytes are, whatever the job's kind or the media host say."""

from dataclasses import dataclass

from console import rivya
from console.files import media, storing
from console.files.facts import Facts, Reason, Rejected
from console.jobs.fetching import NotFetched, Verdict
from console.jobs.models import Result

# A medium we cannot decode may have been damaged on its way; after so many tries it is kept as it is, for download.
DAMAGED_TRIES = 3


@dataclass(frozen=True)
class Arrived:
    """A result that lies in a file of ours, and what it is."""

    file: storing.Incoming
    fetched: rivya.Media
    facts: Facts
    preview: bytes | None
    peaks: list[int]


def examine(result: Result, fetched: rivya.Media, into: storing.Incoming) -> Arrived:
    """Look at what was downloaded. What cannot be opened is kept for download: it was paid for. Raises NotFetched."""
    into.file.flush()
    try:
        facts = media.inspect(into.path)
    except Rejected as rejected:
        return _unopened(result, fetched, into, rejected)
    return Arrived(into, fetched, facts, *_looks(into, facts))


def _unopened(result: Result, fetched: rivya.Media, into: storing.Incoming, rejected: Rejected) -> Arrived:
    if rejected.reason in {Reason.TEXT, Reason.EMPTY}:
        raise NotFetched(Verdict.DEAD, f"Something else came instead of the result. {rejected.words}") from None
    if rejected.reason == Reason.BROKEN and result.tries < DAMAGED_TRIES:
        raise NotFetched(Verdict.LATER, f"It arrived damaged. {rejected.words}") from None
    return Arrived(into, fetched, Facts("other", "application/octet-stream"), None, [])


def _looks(into: storing.Incoming, facts: Facts) -> tuple[bytes | None, list[int]]:
    try:
        return media.preview(into.path, facts), media.peaks(into.path, facts)
    except Rejected:  # playable but not drawable: it is shown without a preview
        return None, []
