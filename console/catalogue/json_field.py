"""A form field for JSON that nobody has described: strict about what a database and a request body can carry."""

import json
from typing import Any, NoReturn

from django import forms
from django.core.exceptions import ValidationError

MOST_CHARACTERS = 50_000
MOST_LEVELS = 32


class _Typed(str):
    """What a person typed that is not JSON: shown again as it was."""

    __slots__ = ()


class JsonField(forms.CharField):
    """Cleans to the JSON value; None when nothing was typed. `wanted` is list, dict or None for anything."""

    widget = forms.Textarea

    def __init__(self, *, wanted: type | None = None, **kwargs: Any) -> None:
        self.wanted = wanted
        super().__init__(max_length=MOST_CHARACTERS, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return self._parsed(text) if text else None

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """The text was bounded before it was read; the value has no length."""

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, _Typed):
            return value
        return json.dumps(value, ensure_ascii=False, indent=2)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return None if data in self.empty_values else _Typed(data)

    def _parsed(self, text: str) -> Any:
        if len(text) > MOST_CHARACTERS:
            raise ValidationError(f"At most {MOST_CHARACTERS:,} characters.")
        try:
            value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
            _check_storable(value, MOST_LEVELS)
        except (ValueError, RecursionError) as error:
            where = f" (line {error.lineno}: {error.msg})" if isinstance(error, json.JSONDecodeError) else ""
            raise ValidationError(f"This is not JSON that Rivya could read{where}.", code="json") from None
        if self.wanted is not None and not isinstance(value, self.wanted):
            name = "a list, such as [1, 2]" if self.wanted is list else 'an object, such as {"key": "value"}'
            raise ValidationError(f"This must be {name}.", code="kind")
        return value


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError(text)
    return number


def _check_storable(value: Any, levels: int) -> None:
    """No NUL, no half of a surrogate pair, not too deep: databases and request bodies cannot carry them."""
    if levels == 0:
        raise ValueError("too deep")
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)):
        raise ValueError("letters")
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    for each in inner:
        _check_storable(each, levels - 1)
