"""Code of an answer in colours: a dozen kinds of words, each a class of its own."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from markdown_it.common.utils import escapeHtml
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token
from pygments.util import ClassNotFound

# A lexer is a list of regular expressions run over what a model wrote: only well-known ones, only over so much.
LANGUAGES: Final = frozenset(
    [
        "bash",
        "c",
        "c++",
        "cpp",
        "console",
        "cs",
        "csharp",
        "css",
        "csv",
        "dart",
        "diff",
        "docker",
        "dockerfile",
        "elixir",
        "go",
        "golang",
        "graphql",
        "haskell",
        "html",
        "http",
        "ini",
        "java",
        "javascript",
        "js",
        "json",
        "json5",
        "jsx",
        "kotlin",
        "kt",
        "lua",
        "make",
        "makefile",
        "md",
        "markdown",
        "nginx",
        "perl",
        "php",
        "powershell",
        "ps1",
        "py",
        "python",
        "pycon",
        "python3",
        "r",
        "rb",
        "rs",
        "ruby",
        "rust",
        "scala",
        "scss",
        "sh",
        "shell",
        "sql",
        "svg",
        "swift",
        "terraform",
        "toml",
        "ts",
        "tsx",
        "typescript",
        "xml",
        "yaml",
        "yml",
        "zig",
        "zsh",
    ]
)
ALIASES: Final = {"tsx": "typescript", "svg": "xml", "csv": "", "zsh": "bash", "shell": "bash"}
LONGEST_CHARACTERS: Final = 20_000
LONGEST_LINE_CHARACTERS: Final = 1_000
KINDS: Final = {
    Token.Comment: "tok-comment",
    Token.Keyword: "tok-keyword",
    Token.Keyword.Constant: "tok-constant",
    Token.Keyword.Type: "tok-type",
    Token.Operator.Word: "tok-keyword",
    Token.Name.Function: "tok-function",
    Token.Name.Class: "tok-type",
    Token.Name.Builtin: "tok-builtin",
    Token.Name.Decorator: "tok-function",
    Token.Name.Tag: "tok-keyword",
    Token.Name.Attribute: "tok-attribute",
    Token.Name.Constant: "tok-constant",
    Token.Literal.String: "tok-string",
    Token.Literal.Number: "tok-number",
    Token.Generic.Deleted: "tok-deleted",
    Token.Generic.Inserted: "tok-inserted",
    Token.Generic.Heading: "tok-comment",
    Token.Generic.Subheading: "tok-comment",
}
"""Pygments' token types that are told apart, with their classes; others are their ancestor's or plain."""


@lru_cache(maxsize=256)
def highlight(code: str, language: str) -> str:
    """The code as escaped HTML with spans of `tok-…` classes; plain where the language is not known."""
    lexer = _lexer(language)
    is_odd = len(code) > LONGEST_CHARACTERS or any(len(line) > LONGEST_LINE_CHARACTERS for line in code.split("\n"))
    if lexer is None or is_odd:
        return escapeHtml(code)
    return "".join(_span(kind, text) for kind, text in _merged(lexer, code))


def highlight_draft(code: str, language: str) -> str:
    """The same for code that still grows: the longest of its beginnings that doubles is in colours, the rest plain.

    So each character is looked at about twice, however often it is drawn.
    """
    done = 256
    while done * 2 <= len(code):
        done *= 2
    end = code.rfind("\n", 0, done) + 1 if done <= len(code) else 0
    return highlight(code[:end], language) + escapeHtml(code[end:])


@lru_cache(maxsize=len(LANGUAGES))
def _lexer(language: str) -> Lexer | None:
    if language not in LANGUAGES:
        return None
    try:
        return get_lexer_by_name(ALIASES.get(language, language), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _merged(lexer: Lexer, code: str) -> Iterator[tuple[str, str]]:
    """Neighbours of one class as one piece."""
    last = ""
    pieces: list[str] = []
    for kind, text in lexer.get_tokens(code):
        css = _class_of(kind)
        if css != last and pieces:
            yield last, "".join(pieces)
            pieces = []
        last = css
        pieces.append(text)
    if pieces:
        yield last, "".join(pieces)


@lru_cache(maxsize=512)
def _class_of(kind: object) -> str:
    while kind is not None and kind not in KINDS:
        kind = getattr(kind, "parent", None)
    return KINDS[kind] if kind is not None else ""


def _span(css: str, text: str) -> str:
    return f'<span class="{css}">{escapeHtml(text)}</span>' if css else escapeHtml(text)
