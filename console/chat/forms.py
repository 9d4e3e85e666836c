"""The form of a question, and what the composer offers: only what the model's `chat_capabilities` allow."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from console.catalogue.models import CatalogueModel
from console.catalogue.quoting import Quote, quote
from console.keys.models import Account
from console.projects.models import Project
from console.ui.visible import legible

# rivya-api.md §7; which of them a model takes is not told.
EFFORTS = ("default", "minimal", "low", "medium", "high", "xhigh")
LONGEST_MESSAGE = 100_000
MOST_ATTACHMENTS = 4  # rivya-api.md A18


@dataclass(frozen=True)
class Composer:
    """What a question to this model may have. `blocked` says why nothing can be asked now; empty when it can."""

    model: CatalogueModel | None
    project: Project
    capabilities: dict[str, Any] = field(default_factory=dict)
    blocked: str = ""
    account: Account | None = None  # of a conversation that began with another key than the project has now

    @property
    def max_length(self) -> int | None:
        return self.model.max_prompt_length if self.model else None

    @property
    def credits(self) -> int:
        """What a turn reserves."""
        return (self.model.base_credits or 0) if self.model else 0

    @property
    def quote(self) -> Quote | None:
        return quote(self.model, self.project, self.account) if self.model else None

    @property
    def may_search(self) -> bool:
        return bool(self.capabilities.get("web_search"))

    @property
    def may_attach(self) -> bool:
        return bool(self.capabilities.get("image_attachments"))

    @property
    def max_files(self) -> int:
        return MOST_ATTACHMENTS if self.may_attach else 0

    @property
    def efforts(self) -> list[str]:
        return list(EFFORTS) if self.capabilities.get("reasoning") else []

    @property
    def thought_modes(self) -> list[str]:
        """More than `default` is not documented (rivya-api.md §7)."""
        return ["default"] if self.capabilities.get("thoughts") else []


class AskForm(forms.Form):
    """Controls that the model lacks are not read, whatever was sent."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    message = forms.CharField(strip=False, max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 1}))
    enable_web_search = forms.BooleanField(required=False)
    reasoning_effort = forms.ChoiceField(required=False, choices=[(each, each.title()) for each in EFFORTS])
    thought_mode = forms.CharField(required=False, max_length=40)

    def __init__(self, composer: Composer, data: Any = None, **initial: Any) -> None:
        super().__init__(data, initial={"submission": uuid4(), **initial})
        self.composer = composer

    def clean_message(self) -> str:
        message: str = self.cleaned_data["message"].replace("\r\n", "\n")
        if not message.strip():
            raise ValidationError("Write a question.")
        most = self.composer.max_length
        if most is not None and len(message) > most:
            raise ValidationError(f"{self.composer.model} takes {most:,} characters; these are {len(message):,}.")
        return message

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.composer.blocked:
            self.add_error(None, self.composer.blocked)
        return cleaned

    @property
    def controls(self) -> dict[str, Any]:
        """What goes to Rivya; defaults are left out."""
        chosen, composer = self.cleaned_data, self.composer
        controls: dict[str, Any] = {}
        if composer.may_search and chosen.get("enable_web_search"):
            controls["enable_web_search"] = True
        if composer.efforts and chosen.get("reasoning_effort") not in ("", "default", None):
            controls["reasoning_effort"] = chosen["reasoning_effort"]
        if composer.thought_modes and chosen.get("thought_mode") not in ("", "default", None):
            controls["thought_mode"] = chosen["thought_mode"]
        return controls


class TitleForm(forms.Form):
    """What the team calls a conversation."""

    title = forms.CharField(max_length=120, validators=[legible])
