"""The library as people see it: a page of files, each with what is known about its uses and its copy at Rivya."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from console.files.models import FileKind, ReferenceFile, Upload
from console.projects.reach import within
from console.teams.models import Membership
from console.ui.keyset import Cursor, Page, fetch_by_time, read_page

PAGE_SIZE = 48


@dataclass(frozen=True, slots=True)
class Card:
    """A file with its number of jobs and the time until which its copy at Rivya can be used."""

    file: ReferenceFile
    jobs: int
    at_rivya_until: datetime | None


@dataclass(frozen=True, slots=True)
class Wish:
    """Which files: of one project, of some kinds; empty means all."""

    project: UUID | None = None
    kinds: tuple[str, ...] = ()

    @classmethod
    def of(cls, project: str, kinds: str) -> "Wish":
        """From the words of an address; what makes no sense is left out. `kinds` are separated by commas."""
        known = tuple(kind for kind in kinds.split(",") if kind in FileKind.values)
        return cls(uuid_of(project), known)


def read_files(membership: Membership, wish: Wish, cursor: Cursor | None, size: int = PAGE_SIZE) -> Page[Any]:
    """One page of the kept files that the member sees, newest first."""
    files = (
        ReferenceFile.objects.kept()
        .filter(within(membership), team=membership.team_id)
        .select_related("project", "added_by")
    )
    if wish.project:
        files = files.filter(project=wish.project)
    if wish.kinds:
        files = files.filter(kind__in=wish.kinds)
    return read_page(partial(fetch_by_time, files), cursor, size)


def cards(files: Sequence[ReferenceFile]) -> list[Card]:
    """The files with what else is known, in their order."""
    known = {pk: (jobs, until) for pk, jobs, until in _known([file.pk for file in files])}
    return [Card(file, *known.get(file.pk, (0, None))) for file in files]


def _known(pks: list[UUID]) -> "QuerySet[ReferenceFile, Any]":
    copies = Upload.objects.alive().filter(account=OuterRef("project__key__account"), sha256=OuterRef("sha256"))
    until = Subquery(copies.order_by("-expires_at").values("expires_at")[:1])
    found = ReferenceFile.objects.filter(pk__in=pks).order_by()
    return found.annotate(jobs=Count("uses__job", distinct=True), until=until).values_list("pk", "jobs", "until")


def uuid_of(text: str) -> UUID | None:
    """The UUID a text names, None when it names none."""
    try:
        return UUID(text)
    except ValueError:
        return None
