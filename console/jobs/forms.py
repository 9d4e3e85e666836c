"""The form of a new job: the prompt and what the page remembers, beside the form that the model's parameters make."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from console.catalogue.fields import ParametersForm
from console.catalogue.models import CatalogueModel
from console.jobs.drafting import Draft, given_by
from console.jobs.opening import Order

LONGEST_PROMPT = 100_000


class NewJobForm(forms.Form):
    """Checked against the model as it is now, and against how it was when the page was drawn."""

    drawn_for = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    schema = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    price = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    prompt = forms.CharField(required=False, max_length=LONGEST_PROMPT, strip=False, widget=forms.Textarea)

    def __init__(self, draft: Draft, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.draft = draft
        self.parameters: ParametersForm | None = None
        if draft.model is not None:
            self.parameters = ParametersForm(draft.model, data, given_by(draft.earlier))
            begun = draft.request.GET.get("prompt", "")[:LONGEST_PROMPT]  # text that another page hands over
            self.initial = self._now() | {"prompt": draft.earlier.prompt if draft.earlier else begun}
            self._tell_prompt(draft.model)

    @classmethod
    def redrawn(cls, draft: Draft, typed: QueryDict) -> "NewJobForm":
        """The form of the draft's model, unchecked, with what was typed as far as it fits."""
        form = cls(draft)
        form.initial["prompt"] = typed.get("prompt", "")
        if form.parameters is not None:
            form.parameters.keep(typed)
        return form

    @property
    def is_outdated(self) -> str:
        """Why the form that was filled in is not the one this model needs now; empty when it is."""
        model, now = self.draft.model, {name: str(value) for name, value in self._now().items()}
        told = {name: self.data.get(name, "") for name in now}
        if model is None or told == now:
            return ""
        if told["drawn_for"] != now["drawn_for"]:
            return f"This is the form of {model}. Look it over, then generate."
        if told["schema"] != now["schema"]:
            return f"{model} has changed at Rivya since this form was drawn. Your values are kept where they still fit."
        return f"The price of {model} has changed since this form was drawn. Nothing was sent."

    def clean_prompt(self) -> str:
        prompt: str = self.cleaned_data["prompt"].replace("\r\n", "\n")
        model = self.draft.model
        if not prompt.strip():
            if model is not None and model.prompt_is_required:
                raise ValidationError("Say what you want to get.")
            return ""
        most = model.max_prompt_length if model is not None else None
        if most is not None and len(prompt) > most:
            raise ValidationError(f"{model} takes {most:,} characters; these are {len(prompt):,}.")
        return prompt

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.draft.project is None:
            self.add_error(None, "Choose a project.")
        if self.draft.model is None:
            self.add_error(None, "Choose a model.")
        elif not self.draft.model.is_callable:
            self.add_error(None, f"{self.draft.model} cannot be called at the moment. Choose another model.")
        else:
            for problem in self._wrong_references():
                self.add_error(None, problem)
        return cleaned

    def is_valid(self) -> bool:
        parameters_fit = self.parameters is None or self.parameters.is_valid()
        return super().is_valid() and parameters_fit

    def order(self) -> Order | None:
        """What was asked for, once the form is valid; the references are added when they are at Rivya."""
        draft = self.draft
        if draft.project is None or draft.model is None or self.parameters is None:
            return None
        return Order(
            submission=draft.submission,
            project=draft.project,
            person=draft.request.user,
            model=draft.model,
            prompt=self.cleaned_data["prompt"],
            params=self.parameters.params(),
            retried_from=draft.source,
        )

    def _wrong_references(self) -> list[str]:
        files = self.draft.files if "reference" in self.data else self.draft.references
        if self.draft.lost:
            what = "A chosen file is" if self.draft.lost == 1 else f"{self.draft.lost} chosen files are"
            return [f"{what} no longer in this project's library. Choose again."]
        model = self.draft.model
        return model.references.problems(str(model), files) if model is not None else []

    def _now(self) -> dict[str, Any]:
        model = self.draft.model
        if model is None:
            return {}
        price = "" if model.base_credits is None else model.base_credits
        return {"drawn_for": model.pk, "schema": model.schema_hash, "price": price}

    def _tell_prompt(self, model: CatalogueModel) -> None:
        widget = self.fields["prompt"].widget
        widget.attrs |= {
            "class": "textarea-prompt",
            "data-character-count": True,
            "rows": 5,
            "placeholder": "Say what you want to get",
        }
        self.fields["prompt"].required = model.prompt_is_required
        self.fields["prompt"].error_messages["required"] = "Say what you want to get."
        if model.max_prompt_length is not None:
            widget.attrs["maxlength"] = model.max_prompt_length
