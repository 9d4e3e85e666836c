"""A model's parameters as a form, made at run time: a new model or parameter needs no code."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from console.catalogue.dialogue_field import DialogueField, DialogueWidget
from console.catalogue.json_field import JsonField
from console.catalogue.looks import look_of
from console.catalogue.models import CatalogueModel
from console.catalogue.parameters import Parameter, Shape, exact, on_grid, wire_number

PREFIX = "param"


class ParametersForm(forms.Form):
    """One field a parameter, named `param-<name>`. `given` are params as they travel: what still fits is shown."""

    def __init__(
        self, model: CatalogueModel, data: Mapping[str, Any] | None = None, given: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, prefix=PREFIX)
        siblings = model.parameters  # read anew at each asking
        self.parameters = {parameter.name: parameter for parameter in siblings}
        for name, parameter in self.parameters.items():
            self.fields[name] = field_for(parameter, siblings)
        for name, value in self._fitting(given or {}).items():
            self.fields[name].initial = value

    def params(self) -> dict[str, Any]:
        """The checked values under Rivya's own keys; what was left empty is left out."""
        values = ((self.parameters[name].key, value) for name, value in self.cleaned_data.items())
        return {key: value for key, value in values if value is not None and value != ""}

    def keep(self, data: Mapping[str, Any]) -> None:
        """Show what was typed into another model's form, as far as it fits this one."""
        for name, field in self.fields.items():
            if field.widget.value_omitted_from_data(data, {}, self.add_prefix(name)):
                continue
            typed = field.widget.value_from_datadict(data, {}, self.add_prefix(name))
            try:
                field.initial = field.clean(typed)
            except ValidationError:
                continue

    def first(self) -> "list[Shown]":
        """What is always shown: what must be given, then shapes and lengths."""
        return sorted((one for one in self.shown() if one.is_prominent), key=lambda one: not one.parameter.required)

    def rest(self) -> "list[Shown]":
        """What is folded away."""
        return [one for one in self.shown() if not one.is_prominent]

    def rest_has_news(self) -> bool:
        """Whether something folded is wrong, or differs from the model's default."""
        return any(one.bound.errors or one.bound.initial not in (one.parameter.default, None) for one in self.rest())

    def shown(self) -> "Iterator[Shown]":
        for name, parameter in self.parameters.items():
            yield Shown(parameter, self[name])

    def _fitting(self, given: Mapping[str, Any]) -> dict[str, Any]:
        fitting = {}
        for name, parameter in self.parameters.items():
            if parameter.key in given:
                field, value = self.fields[name], given[parameter.key]
                try:
                    fitting[name] = field.clean(field.prepare_value(value))
                except ValidationError:
                    continue
        return fitting


@dataclass(frozen=True)
class Shown:
    """One parameter on the page: `look` names the fragment that draws it."""

    parameter: Parameter
    bound: BoundField

    @property
    def look(self) -> str:
        return look_of(self.parameter)

    @property
    def template(self) -> str:
        return f"catalogue/_param_{self.look}.html"

    @property
    def is_optional(self) -> bool:
        """Whether it may be left empty; one that begins with a default need not say so."""
        return not self.parameter.required and self.parameter.default is None

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What stands side by side; nothing is chosen yet where something must be."""
        offered = cast("Iterable[tuple[str, str]]", getattr(self.bound.field, "choices", ()))
        return [(value, word) for value, word in offered if value or not self.parameter.required]

    @property
    def range_words(self) -> str:
        """The numbers it takes: "0 to 1"."""
        lowest, highest = self.parameter.minimum, self.parameter.maximum
        if lowest is None and highest is None:
            return ""
        if highest is None:
            return f"{lowest:,f} or more"
        return f"{highest:,f} or less" if lowest is None else f"{lowest:,f} to {highest:,f}"

    @property
    def schema(self) -> str:
        """What Rivya says about the parameter, as JSON to read."""
        return json.dumps(self.parameter.raw, ensure_ascii=False, indent=2, default=dict)[:4000]

    @property
    def is_prominent(self) -> bool:
        return self.parameter.required or self.look in {"frames", "steps", "dialogue"}

    @property
    def value(self) -> str:
        """The chosen value as the string that a radio button carries."""
        found = self.bound.value()
        return "" if found is None else str(found)


def field_for(parameter: Parameter, siblings: tuple[Parameter, ...] = ()) -> forms.Field:
    """The form field of one parameter; cleans to the value as it travels."""
    told: dict[str, Any] = {
        "required": parameter.required,
        "label": parameter.label,
        "help_text": parameter.help,
        "initial": parameter.default,
    }
    if parameter.shape is Shape.CHOICE:
        return _choice(parameter, told)
    if parameter.shape is Shape.FLAG:
        return FlagField(**told)
    if parameter.shape is Shape.NUMBER:
        return NumberField(parameter, **told)
    if parameter.shape is Shape.TEXT:
        return TextField(max_length=20_000, strip=False, **told)
    if parameter.shape is Shape.DIALOGUE:
        names = next((one.options for one in siblings if one.key == "default_voice"), ())
        return DialogueField(widget=DialogueWidget(tuple(option.value for option in names)), **told)
    return JsonField(wanted={"array": list, "list": list, "object": dict}.get(parameter.type), **told)


class NumberField(forms.Field):
    """Cleans to an int where the number is whole, else to a float: a JSON number."""

    widget = forms.NumberInput

    def __init__(self, parameter: Parameter, **kwargs: Any) -> None:
        self.parameter = parameter
        super().__init__(**kwargs)
        limits = {"min": parameter.minimum, "max": parameter.maximum, "step": parameter.step}
        told = {name: format(value, "f") for name, value in limits.items() if value is not None}
        self.widget.attrs |= {"step": "any", **told}

    def to_python(self, value: Any) -> int | float | None:
        if value in self.empty_values:
            return None
        number = exact(value)
        if number is None:
            raise ValidationError("This must be a number.", code="invalid")
        self._check(number)
        return wire_number(number)

    def _check(self, number: Decimal) -> None:
        said, start = self.parameter, self.parameter.minimum
        if said.minimum is not None and number < said.minimum:
            raise ValidationError(f"This must be {said.minimum:f} or more.", code="too_small")
        if said.maximum is not None and number > said.maximum:
            raise ValidationError(f"This must be {said.maximum:f} or less.", code="too_large")
        if start is None and said.default is not None:
            start = exact(said.default)
        if not on_grid(number, said.step, start):
            from_start = f", counted from {start:f}" if start else ""
            raise ValidationError(f"This must be a multiple of {said.step:f}{from_start}.", code="step")


class TextField(forms.CharField):
    """Cleans to the text with plain line ends; text of nothing but blanks counts as empty."""

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n")
        return text if text.strip() else ""


class FlagField(forms.TypedChoiceField):
    """Cleans to a JSON boolean, or to None when nothing was chosen."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("true", "On"), ("false", "Off")]
        blank = [] if kwargs.get("required") or kwargs.get("initial") is not None else [("", "Not set")]
        super().__init__(choices=blank + choices, coerce=lambda text: text == "true", empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return str(value).lower() if isinstance(value, bool) else value


def _choice(parameter: Parameter, told: dict[str, Any]) -> forms.Field:
    choices = [(option.value, _said(option.label)) for option in parameter.options]
    blank = [] if parameter.default is not None else [("", "Choose" if parameter.required else "Not set")]
    unknown = {"invalid_choice": "%(value)s is not one of the choices this model has."}
    return forms.ChoiceField(choices=blank + choices, error_messages=unknown, **told)


def _said(label: str) -> str:
    return {"true": "On", "false": "Off"}.get(label, label)
