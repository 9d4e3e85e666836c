"""What the sidebar, the bottom bar and the command palette lead to. A page that has no route yet is left out."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class Entry:
    """One place or one thing to make. `route` is its URL name, `needs` the act of `teams.access.Act` it takes.

    `count` names the route that tells how much of it waits for somebody, `also` pages of other rooms that belong to it.
    """

    label: str
    icon: str
    route: str
    keys: str = ""
    needs: str = ""
    count: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """An entry whose address is known; `current` says that the page shown belongs to it."""

    label: str
    icon: str
    url: str
    keys: str
    needs: str
    current: bool
    count_url: str = ""


WORK: Final = (
    Entry("Home", "house", "home", "g h"),
    Entry("Jobs", "images", "jobs:index", "g j"),
    Entry("Chat", "message-square", "chat:index", "g c"),
    Entry("Models", "boxes", "catalogue:index", "g m"),
    Entry("Files", "folder-open", "files:index", "g f"),
    Entry("Usage", "chart-column", "credits:usage", "g u"),
    Entry("Failures", "triangle-alert", "failures:index", "g x", needs="view_across", count="failures:count"),
    Entry("Wallet", "wallet", "credits:wallet", "g w", needs="view_across"),
)
TEAM: Final = (
    Entry("Keys", "key-round", "keys:index", "g k"),
    Entry("Webhooks", "webhook", "webhooks:index", "g b", needs="manage_webhooks"),
    Entry("People", "users", "teams:people", "g p", also=("projects:invite", "projects:member")),
    Entry("Audit", "scroll-text", "audit:index", "g a", needs="read_audit"),
    Entry("Support", "life-buoy", "support:index", needs="manage_team"),
    Entry("Projects", "layers", "projects:index", "g r"),
    Entry(
        "Settings",
        "settings",
        "teams:settings",
        "g s",
        needs="manage_team",
        also=("teams:second_step", "retention:demo"),
    ),
)
CREATE: Final = (
    Entry("New job", "plus", "jobs:new", "n", needs="submit"),
    Entry("New chat", "message-square", "chat:new", needs="submit"),
    Entry("New project", "layers", "projects:new", needs="manage_projects"),
    Entry("Add a key", "key-round", "keys:new", needs="manage_keys"),
)
PERSON: Final = (
    Entry("Your account", "user", "account"),
    Entry("Where you are signed in", "monitor", "usersessions_list"),
)


def links(entries: tuple[Entry, ...], request: HttpRequest) -> list[Link]:
    """The entries that have a route, in their order."""
    found = ((entry, _address(entry.route)) for entry in entries)
    return [
        Link(
            entry.label,
            entry.icon,
            url,
            entry.keys,
            entry.needs,
            _is_current(entry, request),
            _address(entry.count) if entry.count else "",
        )
        for entry, url in found
        if url
    ]


def _address(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def _is_current(entry: Entry, request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is None:
        return False
    if any(match.view_name in other.also for other in (*WORK, *TEAM)):
        return match.view_name in entry.also
    room, _, view = entry.route.rpartition(":")
    if not room or room not in match.namespaces:
        return match.view_name == entry.route
    # Several places of one room: each has the views that begin with its own view's name, the first one the rest.
    places = [other.route.rpartition(":")[2] for other in (*WORK, *TEAM) if other.route.startswith(f"{room}:")]
    claimed = [place for place in places if match.url_name and match.url_name.startswith(place)]
    return view == (max(claimed, key=len) if claimed else places[0] if places else view)
