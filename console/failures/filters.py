"""The filters of the desk, as they stand in the address. What makes no sense is left out, never an error."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from console.failures.models import Cause, CauseShare
from console.failures.verdicts import CATALOGUE, RETRY_WORDS, Retry
from console.projects.models import Project
from console.teams.models import Membership, Team

NEW, ANY = "new", "any"
_STATES: Final = [("", "Open and assigned"), *Cause.State.choices, (ANY, "Any state")]
_VERDICTS: Final = [
    ("", "Any verdict"),
    *((retry.value, words) for retry, (_, _, words) in RETRY_WORDS.items()),
    (NEW, "Code not known yet"),
]
_SEARCH: Final = forms.SearchInput(attrs={"placeholder": "Code, message or model"})


class FilterForm(forms.Form):
    """Choices come from lists the page needs anyway."""

    q = forms.CharField(required=False, max_length=200, label="Search", widget=_SEARCH)
    state = forms.ChoiceField(required=False, choices=_STATES)
    verdict = forms.ChoiceField(required=False, choices=_VERDICTS)
    project = forms.ChoiceField(required=False)
    person = forms.ChoiceField(required=False)

    def __init__(self, data: Mapping[str, Any], *, projects: Sequence[Project], people: Sequence[Membership]) -> None:
        super().__init__(data, auto_id="filter_%s")
        self._offer("project", "Any project", [(str(project.pk), project.name) for project in projects])
        self._offer("person", "Anybody", [(str(each.user_id), each.user.display_name) for each in people])

    @property
    def wish(self) -> dict[str, str]:
        """What was asked for and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def _offer(self, name: str, nothing: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name] = forms.ChoiceField(required=False, choices=[("", nothing), *choices])


def filter_form(given: Mapping[str, Any], team: Team) -> FilterForm:
    """The filters of an address, with the team's own choices."""
    people = Membership.objects.filter(team=team).select_related("user").order_by("user__name")
    return FilterForm(given, projects=list(Project.objects.filter(team=team)), people=list(people))


def wanted(team: Team, wish: Mapping[str, str]) -> "QuerySet[Cause]":
    """The team's causes that fit, ready for pages by when they were last seen."""
    causes = Cause.objects.standing().filter(team=team).select_related("assigned_to")
    state = wish.get("state", "")
    if state == Cause.State.OPEN:
        causes = causes.unattended()
    elif state != ANY:
        causes = causes.filter(state=state) if state else causes.filter(state__in=Cause.NEEDS_SOMEBODY)
    if verdict := wish.get("verdict"):
        causes = causes.filter(_of_verdict(verdict))
    if q := wish.get("q", "").replace("\0", "").strip():
        causes = causes.filter(Q(code__icontains=q) | Q(message__icontains=q) | Q(model_name__icontains=q))
    shares = {f"{name}_id": UUID(wish[name]) for name in ("project", "person") if name in wish}
    if shares:
        causes = causes.filter(Exists(CauseShare.objects.filter(cause=OuterRef("pk"), **shares)))
    return causes.annotate(created_at=F("last_seen_at"))  # what the cursor of a page reads


def _of_verdict(verdict: str) -> Q:
    if verdict == NEW:
        return ~Q(code__in=CATALOGUE) & ~Q(code__startswith="http_")
    return Q(code__in=[code for code, each in CATALOGUE.items() if each.retry == Retry(verdict)])
