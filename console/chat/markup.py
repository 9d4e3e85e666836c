"""Markdown as the HTML of an answer, before it is sanitised: nothing loads, leads anywhere or listens by itself."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from console.chat.highlighting import highlight, highlight_draft

# Headings stand below those of the page; models begin with any of the first two.
_HEADINGS: Final = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6", "h6": "h6"}
_ALIGNED: Final = {"text-align:right": ' class="md-right"', "text-align:center": ' class="md-center"'}
_TASKS: Final = {"[ ] ": "Not done", "[x] ": "Done", "[X] ": "Done"}
SCHEMES: Final = frozenset({"http", "https", "mailto"})


def is_link(url: str) -> bool:
    """Whether an address may be offered at all; whatever else is written as a link stays text."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.netloc or parts.scheme == "mailto") and not set(url) & set('<>"`\\')


class _Markup(RendererHTML):
    """How each token is written. A link is a word that a script may ask about; a picture is such a link as well."""

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        tag = tokens[idx].tag
        return '<h3 class="md-title">' if tag == "h1" else f"<{_HEADINGS[tag]}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f"</{_HEADINGS[tokens[idx].tag]}>\n"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return _link(str(tokens[idx].attrGet("href") or ""), "md-link")

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return "</span>"

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        token = tokens[idx]
        words = self.renderInlineAsText(token.children, options, env) or "picture"
        return f"{_link(str(token.attrGet('src') or ''), 'md-link md-picture')}{escapeHtml(words)}</span>"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        words = tokens[idx].info.split(maxsplit=1)
        return _code(tokens[idx], words[0] if words else "", env)

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return _code(tokens[idx], "", env)

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        css = _classes("md-table", tokens[idx])
        return f'<div class="{css}" role="group" tabindex="0" aria-label="Table"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f"<th{_ALIGNED.get(str(tokens[idx].attrGet('style')), '')}>"

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f"<td{_ALIGNED.get(str(tokens[idx].attrGet('style')), '')}>"

    def task_mark(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        is_done = tokens[idx].content == "Done"
        css = "md-task-mark md-task-done" if is_done else "md-task-mark"
        return f'<span class="{css}" role="img" aria-label="{tokens[idx].content}"></span>'


def _link(url: str, css: str) -> str:
    return f'<span class="{css}" role="link" tabindex="0" data-link="{escapeHtml(url)}">'


def _code(token: Token, language: str, env: Any) -> str:
    name = language[:24].lower().strip("{}.:")
    drawn = (highlight_draft if env.get("draft") else highlight)(token.content, name)
    head = f'<div class="md-code-head"><span class="md-code-language">{escapeHtml(name) or "text"}</span>'
    copy = '<button class="md-code-copy" type="button">Copy</button></div>'
    css = _classes("md-code", token)
    return f'<div class="{css}">{head}{copy}<pre tabindex="0"><code>{drawn}</code></pre></div>\n'


def _classes(own: str, token: Token) -> str:
    return f"{own} {token.attrGet('class') or ''}".strip()


def _mark_tasks(state: StateCore) -> None:
    """`- [x] words` becomes a mark that cannot be pressed, and the words."""
    for place, token in enumerate(state.tokens[2:], start=2):
        children, item = token.children or [], state.tokens[place - 2]
        if item.type != "list_item_open" or not children or children[0].type != "text":
            continue
        if words := _TASKS.get(children[0].content[:4]):
            children[0].content = children[0].content[4:]
            children.insert(0, Token("task_mark", "", 0, content=words))
            item.attrSet("class", "md-task")


def _made() -> MarkdownIt:
    made = MarkdownIt("js-default", {"html": False, "linkify": False}, renderer_cls=_Markup)
    # A definition further down would change blocks that are final already.
    made.disable(["reference", "html_block", "html_inline"])
    made.core.ruler.after("inline", "mark_tasks", _mark_tasks)
    made.validateLink = is_link  # type: ignore[method-assign]
    return made


def _structure() -> MarkdownIt:
    made = _made()
    made.core.ruler.enableOnly(["normalize", "block"])
    return made


MARKDOWN: Final = _made()
"""The one Markdown of the console: no HTML, no references from elsewhere, tables, strikethrough, tasks."""

STRUCTURE: Final = _structure()
"""The same, asked only for where its blocks begin and end."""
