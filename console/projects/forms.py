"""A project's own form."""

from typing import Any

from django import forms

from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import Team


class ProjectForm(forms.ModelForm[Project]):
    """Name, purpose in a sentence, key, default model, monthly budget. The keys offered are the team's own."""

    TAKEN = "The team has a project of this name already."

    class Meta:
        model = Project
        fields = ["name", "purpose", "key", "default_model", "monthly_budget"]
        labels = {"key": "Rivya key", "monthly_budget": "Monthly budget"}
        help_texts = {
            "purpose": "The product moment this serves, in a sentence.",
            "key": "Signs the calls of this project. Work already sent keeps the key it was sent with.",
            "default_model": "The id of the model that a new job starts with, such as z-image.",
            "monthly_budget": "Credits. Nothing is sent beyond it. Empty: no limit of ours.",
        }
        widgets = {"purpose": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.team = team
        keys = self.fields["key"]
        assert isinstance(keys, forms.ModelChoiceField)  # noqa: S101 - tells the type
        keys.queryset = Key.objects.filter(team=team).exclude(state=Key.State.RETIRED)
        keys.empty_label = "No key yet"

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = Project.objects.filter(team=self.instance.team, name__iexact=name).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError(self.TAKEN)
        return name
