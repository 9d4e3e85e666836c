"""An answer as HTML."""

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

from console.chat.incremental import blocks

_LONGEST_KEPT = 20_000


def render(text: str, name: str = "") -> SafeString:
    """A whole answer: its blocks one after the other, exactly as they are drawn while it is being written.

    With a `name` each stands in a `div` of its own, called `name-index`, as streams call them.
    """
    pieces = _kept_pieces(text) if len(text) <= _LONGEST_KEPT else _pieces(text)
    if name:
        pieces = tuple(
            f'<div class="answer-block" id="{name}-{place}">{html}</div>' for place, html in enumerate(pieces)
        )
    return mark_safe("".join(pieces))  # noqa: S308 - each block is sanitised, the name is ours


def _pieces(text: str) -> tuple[str, ...]:
    return tuple(block.html for block in blocks(text))


_kept_pieces = lru_cache(maxsize=512)(_pieces)
