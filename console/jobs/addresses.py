"""Addresses of jobs and results for pages that show dozens of them: each pattern is reversed once, then filled in."""

from functools import lru_cache
from uuid import UUID

from django.urls import NoReverseMatch, reverse

_NOBODY = UUID(int=0)


def address(name: str, pk: UUID) -> str:
    """The address that the route `name` gives `pk`."""
    return _pattern(name).replace(str(_NOBODY), str(pk))


def address_or_empty(name: str) -> str:
    """The address of a page of another room; empty while that room has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@lru_cache
def _pattern(name: str) -> str:
    return reverse(name, args=[_NOBODY])
