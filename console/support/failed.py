"""Jobs of all teams that did not end well, newest first, and the filters of their list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from console.catalogue.models import CatalogueModel
from console.jobs.models import Job
from console.teams.models import Team
from console.ui.keyset import Cursor, Page, fetch_by_time, read_page

PAGE_SIZE = 50
MOST_TEAMS = 500
STATES: Final = (Job.Status.FAILED, Job.Status.REFUSED, Job.Status.UNKNOWN, Job.Status.NEEDS_REVIEW)
# As the index `job_gone_wrong` has it: SQLite sees no literal in a bound value, and would not use the index.
GONE_WRONG = RawSQL(
    "jobs_job.status IN ('failed', 'refused', 'unknown', 'needs_review')", [], output_field=BooleanField()
)
_REASONABLE = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2200, 1, 1))]
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_CODE = forms.TextInput(attrs={"placeholder": "Error code"})


@dataclass(frozen=True, slots=True)
class Wish:
    """Checked filters; every one may be empty. A day is one of UTC: teams have days of their own."""

    team: UUID | None = None
    state: str = ""
    model: str = ""
    code: str = ""
    day: date | None = None


class FilterForm(forms.Form):
    """What makes no sense is left out, never an error."""

    team = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False, choices=[("", "Any failure"), *((each, each.label) for each in STATES)])
    model = forms.ChoiceField(required=False)
    code = forms.CharField(required=False, max_length=100, widget=_CODE)
    day = forms.DateField(required=False, label="Day (UTC)", widget=_DAY, validators=_REASONABLE)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="filter_%s")
        teams = Team.objects.order_by("name").values_list("pk", "name")[:MOST_TEAMS]
        models = CatalogueModel.objects.exclude(category="chat").order_by("display_name")
        self._offer("team", "Any team", [(str(pk), name) for pk, name in teams])
        self._offer("model", "Any model", list(models.values_list("pk", "display_name")))

    @property
    def wish(self) -> Wish:
        """What was asked for, without the fields that make no sense."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if "team" in given:
            given["team"] = UUID(given["team"])
        return Wish(**given)

    def _offer(self, name: str, nothing: str, choices: list[tuple[str, str]]) -> None:
        given = str(self.data.get(name, ""))[:120]
        if name == "model" and given and given.isprintable() and given not in dict(choices):
            choices = [*choices, (given, given)]  # gone from Rivya's list; its jobs are there
        self.fields[name] = forms.ChoiceField(required=False, choices=[("", nothing), *choices])


def read_failed(wish: Wish, cursor: Cursor | None) -> Page[Job]:
    """One page of them, without anything private."""
    shown = Job.objects.select_related("team").defer("prompt", "params", "body", "error_message")
    return read_page(partial(fetch_by_time, narrowed(shown, wish)), cursor, PAGE_SIZE)


def narrowed(jobs: "QuerySet[Job]", wish: Wish) -> "QuerySet[Job]":
    """Those that fit."""
    jobs = jobs.filter(GONE_WRONG)
    if wish.team:
        jobs = jobs.filter(team=wish.team)
    if wish.state:
        jobs = jobs.filter(status=wish.state)
    if wish.model:
        jobs = jobs.filter(model=wish.model)
    if wish.code:
        jobs = jobs.filter(error_code=wish.code)
    if wish.day:
        begins = datetime.combine(wish.day, time.min, UTC)
        jobs = jobs.filter(created_at__gte=begins, created_at__lt=begins + timedelta(days=1))
    return jobs
