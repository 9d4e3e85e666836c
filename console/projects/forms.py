"""The forms of a project: to make one, and to change it."""

from typing import Any

from django import forms

from console.keys.models import Key
from console.projects.budget_setting import MOST_CREDITS
from console.projects.models import Project
from console.teams.models import Team
from console.ui.one_line import NameField


class ProjectForm(forms.ModelForm[Project]):
    """Name, purpose in a sentence, key, default model. The keys offered are the team's own.

    Not the budget: changing it asks for proof, on a page of its own.
    """

    TAKEN = "The team has a project of this name already."

    class Meta:
        model = Project
        fields = ["name", "purpose", "key", "default_model"]
        field_classes = {"name": NameField}
        labels = {"key": "Rivya key"}
        help_texts = {
            "purpose": "The product moment this serves, in a sentence.",
            "key": "Signs the calls of this project. Work already sent keeps the key it was sent with.",
            "default_model": "The id of the model that a new job starts with, such as z-image.",
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


class NewProjectForm(ProjectForm):
    """A project that is to be made names its budget as well."""

    monthly_budget = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_CREDITS,
        help_text="Credits a calendar month. Nothing is sent beyond it. Empty: no limit of ours.",
    )
