"""The last wall between a model's words and the page: only what our own Markdown can make passes.

No id, no style, no address that loads or leads anywhere, no attribute that htmx or one of our behaviours listens to,
and no class but our own (prefixes `md-` and `tok-`).
"""

from typing import Final

import nh3

from console.chat.highlighting import KINDS

TAGS: Final = frozenset(
    [
        "p",
        "h3",
        "h4",
        "h5",
        "h6",
        "strong",
        "em",
        "s",
        "code",
        "pre",
        "blockquote",
        "hr",
        "br",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "div",
        "span",
        "button",
    ]
)
CLASSES: Final[dict[str, set[str]]] = {
    "span": {"md-link", "md-picture", "md-task-mark", "md-task-done", "md-code-language"} | set(KINDS.values()),
    "div": {"md-code", "md-continued", "md-continues", "md-code-head", "md-table"},
    "button": {"md-code-copy"},
    "h3": {"md-title"},
    "ol": {"md-continued", "md-continues"},
    "ul": {"md-continued", "md-continues"},
    "li": {"md-task"},
    "th": {"md-right", "md-center"},
    "td": {"md-right", "md-center"},
}
_cleaner: Final = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags={"script", "style"},
    attributes={"ol": {"start"}, "span": {"data-link"}},
    tag_attribute_values={
        "span": {"role": {"link", "img"}, "tabindex": {"0"}, "aria-label": {"Done", "Not done"}},
        "div": {"role": {"group"}, "tabindex": {"0"}, "aria-label": {"Table"}},
        "button": {"type": {"button"}},
        "pre": {"tabindex": {"0"}},
    },
    allowed_classes=CLASSES,
    strip_comments=True,
    link_rel=None,
)


def sanitise(html: str) -> str:
    """The HTML without all that our own rendering cannot have made."""
    return _cleaner.clean(html)
