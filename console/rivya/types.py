"""How Rivya's JSON becomes structs: frozen, unknown fields ignored, informational fields lenient, vital ones strict.

Only what `rivya-api.md` states is required. A field of the wrong type reads as missing unless the struct calls it
vital: a strange timestamp must not hide a paid result, a strange charge must not pass as 0.
"""

from datetime import MAXYEAR, MINYEAR, datetime
from typing import Annotated, Any, ClassVar, TypeVar

import msgspec

from .secret import Secret

# What no database can hold is no id, no count and no moment: it reads as missing, like anything of the wrong type.
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=512, pattern=r"^[^\0]*$")]
Count = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
CreditCount = Count
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The base of everything Rivya answers. Statuses and kinds are open strings: new values may come at any time."""

    vital: ClassVar[tuple[str, ...]] = ("id",)


T = TypeVar("T")
AnswerT = TypeVar("AnswerT", bound=Answer)


def parsed(body: bytes | str) -> Any:
    """JSON as plain values; None for anything that is not JSON (and for null, which means as little here)."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


# These return None rather than raise: their variables hold what Rivya sent, and a traceback shows variables.


def read_one(kind: type[AnswerT], value: Any) -> AnswerT | None:
    """One object, alone or under `data`; None when a vital field is missing or of the wrong type."""
    fields = _fields(value)
    return _lenient(kind, fields) if fields is not None else None


def read_pairs(kind: type[AnswerT], value: Any) -> list[tuple[AnswerT, dict[str, Any]]] | None:
    """A list (`data`, or the bare list; A3), each item beside its dict; unusable items are left out."""
    items = value.get("data") if isinstance(value, dict) else value
    if not isinstance(items, list):
        return None
    read = [(_lenient(kind, item), item) for item in items if isinstance(item, dict)]
    return [(answer, item) for answer, item in read if answer is not None]


def plain(value: Any) -> dict[str, Any]:
    """The value when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def _fields(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    inner = value.get("data")
    return inner if isinstance(inner, dict) and "id" not in value else value


def _lenient(kind: type[AnswerT], fields: dict[str, Any]) -> AnswerT | None:
    whole = _converted(kind, fields)
    if whole is not None:
        return whole
    usable = {
        field.encode_name: fields[field.encode_name]
        for field in msgspec.structs.fields(kind)
        if field.encode_name in fields and (field.name in kind.vital or _fits(field.type, fields[field.encode_name]))
    }
    return _converted(kind, usable)


def _fits(kind: Any, value: Any) -> bool:
    try:
        return _can_be_kept(msgspec.convert(value, kind, strict=False, dec_hook=_hook))
    except msgspec.ValidationError:
        return False


def _converted(kind: type[T], value: Any) -> T | None:
    try:
        read = msgspec.convert(value, kind, strict=False, dec_hook=_hook)
    except msgspec.ValidationError:
        return None
    return read if _can_be_kept(read) else None


def _can_be_kept(read: Any) -> bool:
    """Not so of moments in the first and the last year: other time zones have them outside of the calendar."""
    if isinstance(read, msgspec.Struct):
        return all(_can_be_kept(getattr(read, name)) for name in read.__struct_fields__)
    return not isinstance(read, datetime) or MINYEAR < read.year < MAXYEAR


def _hook(kind: type, value: Any) -> Any:
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    raise TypeError(f"not a {kind.__name__}")
