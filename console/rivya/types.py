"""How Rivya's JSON becomes structs: frozen, unknown fields ignored, informational fields lenient, vital ones strict.

Only what `rivya-api.md` states is required. A field of the wrong type reads as missing unless the struct calls it
vital: a strange timestamp must not hide a paid result, a strange charge must not pass as 0.
"""

from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeVar

import msgspec

from .errors import Unreadable
from .secret import Secret

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
CreditCount = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The base of everything Rivya answers. Statuses and kinds are open strings: new values may come at any time."""

    vital: ClassVar[tuple[str, ...]] = ("id",)


T = TypeVar("T")
AnswerT = TypeVar("AnswerT", bound=Answer)


def decode(body: bytes | str, *, request_id: str | None = None) -> Any:
    """JSON as plain values. Raises `Unreadable` for anything that is not JSON, without quoting it."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    raise Unreadable("The answer is not JSON.", request_id=request_id)


def read_one(kind: type[AnswerT], value: Any, *, request_id: str | None = None) -> AnswerT:
    """One object, alone or under `data`. Raises `Unreadable` when a vital field is missing or of the wrong type."""
    answer = read_or_none(kind, value)
    if answer is None:
        raise Unreadable(f"The answer is not a {kind.__name__}.", request_id=request_id)
    return answer


def read_or_none(kind: type[AnswerT], value: Any) -> AnswerT | None:
    """As `read_one`, with None for what makes no sense."""
    fields = _fields(value)
    return _lenient(kind, fields) if fields is not None else None


def read_many(
    kind: type[AnswerT], value: Any, *, request_id: str | None = None
) -> list[tuple[AnswerT, dict[str, Any]]]:
    """A list (`data`, or the bare list; A3), each item beside its dict; unusable items are left out."""
    items = value.get("data") if isinstance(value, dict) else value
    if not isinstance(items, list):
        raise Unreadable(f"The answer is not a list of {kind.__name__}.", request_id=request_id)
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
        msgspec.convert(value, kind, strict=False, dec_hook=_hook)
    except msgspec.ValidationError:
        return False
    return True


def _converted(kind: type[T], value: Any) -> T | None:
    try:
        return msgspec.convert(value, kind, strict=False, dec_hook=_hook)
    except msgspec.ValidationError:
        return None


def _hook(kind: type, value: Any) -> Any:
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    raise TypeError(f"not a {kind.__name__}")
