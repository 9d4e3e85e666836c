"""Every address of the console, asked of the URL configuration itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """One address: its name with its room, and the names of what stands for an object in it."""

    name: str
    parameters: tuple[str, ...]


def routes() -> list[Route]:
    """All of them, in the order of the table of contents."""
    return list(_inside(get_resolver(), (), ()))


def _inside(resolver: URLResolver, rooms: tuple[str, ...], parameters: tuple[str, ...]) -> Iterator[Route]:
    for each in resolver.url_patterns:
        found = (*parameters, *each.pattern.regex.groupindex)
        if isinstance(each, URLResolver):
            yield from _inside(each, (*rooms, each.namespace) if each.namespace else rooms, found)
        elif isinstance(each, URLPattern):
            yield Route(":".join((*rooms, each.name or "")), found)
