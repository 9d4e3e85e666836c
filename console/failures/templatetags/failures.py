"""Marks of the desk's pages."""

from collections.abc import Mapping
from typing import Any

from django import template

from console.ui.states import shown

register = template.Library()


@register.filter
def of(found: Mapping[Any, Any], key: Any) -> Any:
    """What the mapping has under this key, or None."""
    return found.get(key)


@register.filter
def word(status: str) -> str:
    """A state in a word, in the middle of a sentence."""
    return shown(status).word.lower()
