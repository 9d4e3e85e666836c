"""What a model says of its parameters, read leniently: a hint for the form, no reason to fail (rivya-api.md A7)."""

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

# Built by us from the chosen files; a parameter of this name would be written over (rivya-api.md §4.3).
REFERENCES_KEY = "referenceMediaItems"
# The one list whose items are documented: who says what, in order (rivya-api.md §3.3).
DIALOGUE_KEY = "dialogue"

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
_LARGEST_EXPONENT = 18


class Shape(StrEnum):
    """How a parameter is asked for, and what its value is on the wire."""

    CHOICE = "choice"  # one of several strings
    FLAG = "flag"  # a JSON boolean
    NUMBER = "number"  # a JSON number
    TEXT = "text"  # a JSON string
    DIALOGUE = "dialogue"  # a list of {"voice", "text"}
    JSON = "json"  # anything else


_SHAPES = {
    "select": Shape.CHOICE,
    "enum": Shape.CHOICE,
    "boolean": Shape.FLAG,
    "bool": Shape.FLAG,
    "number": Shape.NUMBER,
    "integer": Shape.NUMBER,
    "int": Shape.NUMBER,
    "float": Shape.NUMBER,
    "text": Shape.TEXT,
    "string": Shape.TEXT,
    "textarea": Shape.TEXT,
}


@dataclass(frozen=True)
class Option:
    """One choice: `value` is the string that travels."""

    value: str
    label: str


@dataclass(frozen=True)
class Parameter:
    """One parameter. `default` is a JSON value (None: none); `minimum`, `maximum` and `step` are for numbers."""

    key: str
    shape: Shape
    label: str
    help: str = ""
    type: str = ""
    required: bool = False
    default: Any = None
    options: tuple[Option, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    step: Decimal | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """A form field name for any key: the key where it is plain, else a name made from it."""
        if _PLAIN_NAME.fullmatch(self.key):
            return self.key
        return "x-" + hashlib.sha256(self.key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def parameters_of(raw: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """Every parameter of a model that has a key, in Rivya's order; of two with one key, the first."""
    found: dict[str, Parameter] = {}
    for item in _items(raw.get("params")):
        key = item.get("key")
        if isinstance(key, str) and key.strip() and key != REFERENCES_KEY:
            found.setdefault(key, _parameter(key, item))
    return tuple(found.values())


def wire_number(value: Decimal) -> int | float:
    """A number as JSON has it: 5, not 5.0."""
    return int(value) if value == value.to_integral_value() else float(value)


def exact(value: Any) -> Decimal | None:
    """A number of Rivya's or of a person's, or None for what is none, not finite, or absurdly large."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    try:
        number = Decimal(str(value).strip()) if len(str(value)) <= 40 else None
    except (InvalidOperation, ValueError):
        return None
    usable = number is not None and number.is_finite() and abs(number.adjusted()) <= _LARGEST_EXPONENT
    return number if usable else None


def on_grid(value: Decimal, step: Decimal | None, start: Decimal | None) -> bool:
    """Whether a browser's number field with this step would take the value."""
    return step is None or (value - (start or Decimal(0))) % step == 0


def wire_string(value: Any) -> str | None:
    """A select's value as the string Rivya expects (rivya-api.md §3): "true", "5"; None for a list or an object."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.replace("\0", "")
    number = exact(value)
    return None if number is None else str(wire_number(number))


def _items(params: Any) -> list[dict[str, Any]]:
    if isinstance(params, Mapping):
        params = [{"key": key, **item} for key, item in params.items() if isinstance(item, Mapping)]
    return [item for item in params if isinstance(item, dict)] if isinstance(params, list) else []


def _parameter(key: str, item: dict[str, Any]) -> Parameter:
    kind = item["type"].strip().lower() if isinstance(item.get("type"), str) else ""
    options = _options(item.get("options"))
    shape = _shape(key, kind, options)
    lowest, highest, step = _range(item) if shape is Shape.NUMBER else (None, None, None)
    parameter = Parameter(
        key=key,
        shape=shape,
        label=_text(item.get("label")) or humanised(key),
        help=_text(item.get("description")),
        type=kind,
        required=item.get("required") is True,
        options=options if shape is Shape.CHOICE else (),
        minimum=lowest,
        maximum=highest,
        step=step,
        raw=item,
    )
    return _with_default(parameter, item.get("default"))


def _shape(key: str, kind: str, options: tuple[Option, ...]) -> Shape:
    if key == DIALOGUE_KEY and kind in {"array", "list"}:
        return Shape.DIALOGUE
    shape = _SHAPES.get(kind, Shape.JSON)
    return Shape.TEXT if shape is Shape.CHOICE and not options else shape


def _with_default(parameter: Parameter, default: Any) -> Parameter:
    """A default that the parameter itself would refuse is dropped: Rivya then uses its own."""
    usable: Any = default
    if parameter.shape is Shape.CHOICE:
        value = wire_string(default)
        usable = value if value in {option.value for option in parameter.options} else None
    elif parameter.shape is Shape.NUMBER:
        usable = _default_number(parameter, default)
    elif parameter.shape is Shape.TEXT:
        usable = wire_string(default) if not isinstance(default, bool) else None
    elif parameter.shape is Shape.FLAG:
        usable = {"true": True, "false": False}.get(str(default).lower())
    step = parameter.step
    if parameter.shape is Shape.NUMBER and usable is not None and parameter.minimum is None:
        step = step if on_grid(Decimal(str(usable)), step, None) else None
    return replace(parameter, default=usable, step=step)


def _default_number(parameter: Parameter, default: Any) -> int | float | None:
    number = exact(default)
    if number is None:
        return None
    too_low = parameter.minimum is not None and number < parameter.minimum
    too_high = parameter.maximum is not None and number > parameter.maximum
    return None if too_low or too_high else wire_number(number)


def _range(item: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    lowest, highest, step = exact(item.get("min")), exact(item.get("max")), exact(item.get("step"))
    if lowest is not None and highest is not None and lowest > highest:
        lowest = highest = None
    if step is not None and step <= 0:
        step = None
    default = exact(item.get("default"))
    if default is not None and lowest is not None and not on_grid(default, step, lowest):
        step = None
    return lowest, highest, step


def _options(found: Any) -> tuple[Option, ...]:
    options: dict[str, Option] = {}
    for item in found if isinstance(found, list) else []:
        inner = item.get("value") if isinstance(item, dict) else item
        value = wire_string(inner)
        if value:
            label = _text(item.get("label")) if isinstance(item, dict) else ""
            options.setdefault(value, Option(value, label or value))
    return tuple(options.values())


def humanised(key: str) -> str:
    """A key as words: `aspectRatio` and `aspect_ratio` are both "Aspect ratio"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key.replace("\0", "")).replace("_", " ").replace("-", " ").split()
    said = " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)[:80]
    return said[:1].upper() + said[1:] or key


def _text(value: Any) -> str:
    return value.replace("\0", "").strip()[:1000] if isinstance(value, str) else ""
