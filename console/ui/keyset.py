"""Pages of a list, newest first: a page begins where the last one ended, so a deep page costs what the first does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest

PARAMETER = "page"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Row(Protocol):
    """What can be paged: something with a time and an id, listed by (created_at, id), newest first."""

    @property
    def pk(self) -> Any: ...

    @property
    def created_at(self) -> Any: ...


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list, and which way to read from it. As text: "older-1763692800123456-<hex id>"."""

    at: datetime
    id: UUID
    newer: bool = False

    def __str__(self) -> str:
        micros = (self.at - _EPOCH) // timedelta(microseconds=1)
        return f"{'newer' if self.newer else 'older'}-{micros}-{self.id.hex}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """The cursor that `text` names; None, which means the first page, when it names none."""
        way, _, rest = text.partition("-")
        micros, _, name = rest.partition("-")
        if way not in {"older", "newer"} or not (micros.isascii() and micros.isdigit()):
            return None
        try:
            return cls(_EPOCH + timedelta(microseconds=int(micros)), UUID(hex=name), way == "newer")
        except (ValueError, OverflowError):
            return None

    def beyond(self, at: str = "created_at") -> Q:
        """The rows past this place, in its direction; written so that an index on (`at`, id) is walked."""
        way = "gt" if self.newer else "lt"
        same_or_past, past = Q((f"{at}__{way}e", self.at)), Q((f"{at}__{way}", self.at))
        return same_or_past & (past | Q((f"id__{way}", self.id)))


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Some rows, newest first, and the cursors of the pages on both sides (None: there is none)."""

    rows: Sequence[R]
    newer: Cursor | None
    older: Cursor | None


@dataclass(frozen=True, slots=True)
class Links:
    """What `ui/_pager.html` takes; each may be empty."""

    first: str
    newer: str
    older: str


def read_page(fetch: Callable[[Cursor | None, int], Sequence[R]], cursor: Cursor | None, size: int) -> Page[R]:
    """The page at `cursor`. `fetch(cursor, limit)` gives rows past the cursor, the nearest first.

    Reading towards newer rows and finding no full page shows the first page instead of a stump.
    """
    rows = list(fetch(cursor, size + 1))
    if cursor and not rows:
        return read_page(fetch, None, size)
    if cursor is None or not cursor.newer:
        return _page(rows[:size], is_first=cursor is None, has_older=len(rows) > size)
    if len(rows) <= size:
        return read_page(fetch, None, size)
    return _page(rows[:size][::-1], is_first=False, has_older=True)


def fetch_by_time(queryset: "QuerySet[Any]", cursor: Cursor | None, limit: int) -> list[Any]:
    """`fetch` for a queryset of rows with `created_at` and `id`."""
    if cursor is None:
        return list(queryset.order_by("-created_at", "-id")[:limit])
    order = ("created_at", "id") if cursor.newer else ("-created_at", "-id")
    return list(queryset.filter(cursor.beyond()).order_by(*order)[:limit])


def cursor_of(request: HttpRequest) -> Cursor | None:
    """The place that the address names."""
    return Cursor.parse(request.GET.get(PARAMETER, ""))


def links(request: HttpRequest, page: Page[Any]) -> Links:
    """The addresses of the neighbours: this one, with another cursor."""

    def to(cursor: Cursor | None) -> str:
        query = query_without(request, PARAMETER)
        place = f"{PARAMETER}={cursor}" if cursor else ""
        return f"{request.path}?{'&'.join(filter(None, [query, place]))}".removesuffix("?")

    return Links(
        first=to(None) if page.newer else "",
        newer=to(page.newer) if page.newer else "",
        older=to(page.older) if page.older else "",
    )


def query_without(request: HttpRequest, *names: str) -> str:
    """The address's query without these and without what is empty."""
    query = request.GET.copy()
    for name in list(query):
        kept = [value for value in query.getlist(name) if value and name not in names]
        query.setlist(name, kept)
    return query.urlencode()


def _page(rows: list[R], *, is_first: bool, has_older: bool) -> Page[R]:
    newer = Cursor(rows[0].created_at, rows[0].pk, newer=True) if rows and not is_first else None
    older = Cursor(rows[-1].created_at, rows[-1].pk) if rows and has_older else None
    return Page(rows, newer, older)
