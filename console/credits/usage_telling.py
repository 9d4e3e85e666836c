"""A line of the ledger as a page says it."""

from dataclasses import dataclass

from django.urls import reverse

from console.credits.models import NOBODY, Entry
from console.credits.usage_filters import Known
from console.credits.usage_lines import Line


@dataclass(frozen=True)
class Told:
    """One row of the ledger's page."""

    line: Line
    known: Known

    @property
    def entry(self) -> Entry:
        return self.line.entry

    @property
    def what(self) -> str:
        entry = self.entry
        if entry.kind in Entry.CLOSING and entry.outcome == Entry.Outcome.FAILED:
            return "Charged, though it failed" if entry.kind == Entry.Kind.SETTLE else "Released, it failed"
        return entry.get_kind_display()

    @property
    def tone(self) -> str:
        """The colour of the word: what is charged is ink, what comes back is green, what is held is quiet."""
        match self.entry.kind:
            case Entry.Kind.SETTLE:
                return "red" if self.entry.outcome == Entry.Outcome.FAILED else "ink"
            case Entry.Kind.RELEASE:
                return "green"
            case Entry.Kind.CORRECT:
                return "violet"
        return "quiet"

    @property
    def amount(self) -> int:
        """The figure that the line is about: a release gives back, so it says how much."""
        return self.line.returned if self.entry.kind == Entry.Kind.RELEASE else self.entry.credits

    @property
    def sign(self) -> str:
        return "+" if self.entry.kind == Entry.Kind.CORRECT and self.amount > 0 else ""

    @property
    def note(self) -> str:
        """What else there is to say."""
        entry, line = self.entry, self.line
        if entry.kind == Entry.Kind.CORRECT:
            return f"{self.known.name('person', entry.person_id or NOBODY)}: {entry.reason}"
        if entry.kind == Entry.Kind.ACCEPT and entry.credits != line.reserved:
            return f"instead of {line.reserved:,}"
        if entry.kind == Entry.Kind.SETTLE and line.returned:
            return f"{line.returned:,} of {line.held:,} returned"
        if entry.kind == Entry.Kind.SETTLE and entry.credits > line.held:
            return f"{line.held:,} were held"
        return ""

    @property
    def is_correctable(self) -> bool:
        """Whether it ends its work: what was charged for it may be put right."""
        return self.entry.kind in Entry.CLOSING

    @property
    def person(self) -> str:
        return self.known.name("person", self.entry.asker or NOBODY)  # type: ignore[attr-defined]

    @property
    def project(self) -> str:
        return self.known.name("project", self.entry.project_id)

    @property
    def url(self) -> str:
        """The job behind it; a chat turn has no page of its own."""
        return reverse("jobs:show", args=[self.entry.subject]) if self.entry.subject_kind == "job" else ""
