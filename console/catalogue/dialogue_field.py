"""Who says what, in order: the one list parameter whose items are documented (rivya-api.md §3.3)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

Line = dict[str, str]
MOST_LINES = 200


class DialogueWidget(forms.Widget):
    """Two inputs a line: `<name>-voice` and `<name>-text`, repeated in order."""

    template_name = "catalogue/_dialogue.html"

    def __init__(self, voices: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.voices = voices

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Line]:
        voices, texts = _all(data, f"{name}-voice"), _all(data, f"{name}-text")
        length = max(len(voices), len(texts))
        padded = zip(voices + [""] * (length - len(voices)), texts + [""] * (length - len(texts)), strict=True)
        return [{"voice": voice.strip(), "text": text.strip()} for voice, text in padded]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return f"{name}-text" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        lines = value if isinstance(value, list) else []
        blank = {"voice": "", "text": ""}
        context["widget"]["lines"] = [*lines, *[blank] * max(1, 3 - len(lines))]
        context["widget"]["voices"] = self.voices
        return context

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        return render_to_string(self.template_name, self.get_context(name, value, attrs))


class DialogueField(forms.Field):
    """Cleans to `[{"voice", "text"}]`; lines left empty do not count."""

    default_error_messages = {"required": "Write at least one line."}

    def clean(self, value: Any) -> list[Line] | None:
        lines = [line for line in value or [] if _text_of(line, "text") or _text_of(line, "voice")]
        if not lines and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(lines) > MOST_LINES:
            raise ValidationError(f"At most {MOST_LINES} lines.")
        problems = [
            f"Line {number} needs {'a text' if _text_of(line, 'voice') else 'a voice'}."
            for number, line in enumerate(lines, start=1)
            if not (_text_of(line, "voice") and _text_of(line, "text"))
        ]
        if problems:
            raise ValidationError(problems)
        return [{"voice": _text_of(line, "voice"), "text": _text_of(line, "text")} for line in lines] or None


def _text_of(line: Any, name: str) -> str:
    value = line.get(name) if isinstance(line, dict) else None
    return value.replace("\0", "").replace("\r\n", "\n") if isinstance(value, str) else ""


def _all(data: Mapping[str, Any], name: str) -> list[str]:
    found = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name, [])
    return [str(item) for item in found]
