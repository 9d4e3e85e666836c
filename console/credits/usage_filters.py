"""The filters of usage, as they stand in the address. What makes no sense is left out, never an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone

from console.credits.models import NOBODY, UsageSum
from console.credits.usage_periods import WORDS, By, Choice, Span, fitting, span_of
from console.credits.usage_questions import Question
from console.keys.models import Key
from console.projects.models import Project
from console.projects.reach import reach_of
from console.teams.models import Membership, Team, User

KINDS: Final = {"image": "Image", "video": "Video", "audio": "Audio", "chat": "Chat"}
BARS: Final = {By.DAY: "By day", By.WEEK: "By week", By.MONTH: "By month"}
WHAT: Final = {
    "charged": "What was charged",
    "held": "What is held now",
    "returned": "What was returned",
    "failed": "Charged for failed work",
}
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_REASONABLE = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2200, 1, 1))]


class Known:
    """What the usage that a member sees can be told apart by, and what each is called."""

    def __init__(self, membership: Membership) -> None:
        self._membership, self._team = membership, membership.team
        self.reach = reach_of(membership)

    @cached_property
    def projects(self) -> dict[UUID, Project]:
        return {project.pk: project for project in Project.objects.seen_by(self._membership)}

    @cached_property
    def keys(self) -> dict[UUID, Key]:
        return {key.pk: key for key in Key.objects.filter(team=self._team).order_by("name")}

    @cached_property
    def people(self) -> dict[UUID, str]:
        """Members, and whoever else used something."""
        left = {NOBODY: "Nobody"}
        return {pk: left.get(pk, "Somebody who left") for pk in self._users_of_credits} | {
            person.pk: person.display_name for person in self._users
        }

    @cached_property
    def emails(self) -> dict[UUID, str]:
        return {person.pk: person.email for person in self._users}

    @cached_property
    def models(self) -> list[str]:
        return sorted(self._used("model", "model"))

    def name(self, side: str, value: Any) -> str:
        """What the thing is called on a page."""
        match side:
            case "project":
                return self.projects[value].name if value in self.projects else "A project that is gone"
            case "key":
                return self.keys[value].name if value in self.keys else "A key that is gone"
            case "person":
                return self.people.get(value, "Somebody who left")
        return str(value)

    @cached_property
    def _users_of_credits(self) -> set[UUID]:
        return self._used("person", "person_id")

    @cached_property
    def _users(self) -> list[User]:
        found = User.objects.filter(Q(memberships__team=self._team) | Q(pk__in=self._users_of_credits))
        return list(found.distinct().order_by("name"))

    def _used(self, side: str, name: str) -> set[Any]:
        rows = UsageSum.objects.filter(team_id=self._team.pk, grain=UsageSum.Grain.MONTH)
        if self.reach is None:
            rows = rows.filter(side=side)
        else:
            rows = rows.filter(side=f"project-{side}", project_id__in=self.reach)
        return set(rows.values_list(name, flat=True).distinct())


class UsageForm(forms.Form):
    """Every choice comes from lists the page needs anyway."""

    period = forms.ChoiceField(required=False, choices=[(each, WORDS[each]) for each in Choice])
    since = forms.DateField(required=False, label="From", widget=_DAY, validators=_REASONABLE)
    until = forms.DateField(required=False, label="To", widget=_DAY, validators=_REASONABLE)
    by = forms.ChoiceField(required=False, choices=[("", "Fitting"), *BARS.items()])
    kind = forms.ChoiceField(required=False, choices=[("", "Any kind"), *KINDS.items()])
    project = forms.ChoiceField(required=False)
    person = forms.ChoiceField(required=False)
    model = forms.ChoiceField(required=False)
    key = forms.ChoiceField(required=False)
    environment = forms.ChoiceField(required=False, choices=[("", "Any environment"), *Key.Environment.choices])
    what = forms.ChoiceField(required=False, choices=[("", "Every line"), *WHAT.items()])

    def __init__(self, data: Mapping[str, Any], known: Known) -> None:
        super().__init__(data, auto_id="usage_%s")
        self._offer("project", "Any project", {pk: project.name for pk, project in known.projects.items()})
        self._offer("person", "Anybody", known.people)
        self._offer("key", "Any key", {pk: key.name for pk, key in known.keys.items()})
        model = str(data.get("model", ""))[:120]  # one that is used since a moment ago is in no list yet
        self._offer(
            "model", "Any model", {each: each for each in [*known.models, model] if each and each.isprintable()}
        )

    def _offer(self, name: str, nothing: str, choices: Mapping[Any, str]) -> None:
        offered = [("", nothing), *((str(value), word) for value, word in choices.items())]
        self.fields[name] = forms.ChoiceField(required=False, choices=offered)


@dataclass(frozen=True, slots=True)
class Filters:
    """Checked filters of one team. Days are days of its zone, as the ledger wrote them down."""

    team_id: UUID
    today: date
    choice: Choice
    span: Span
    by: By
    is_by_chosen: bool
    narrowed: Mapping[str, str]  # as in the address, without what is empty
    keys: tuple[UUID, ...] | None
    what: str = ""
    projects: tuple[UUID, ...] | None = None  # those that the person sees; None: all

    @property
    def question(self) -> Question:
        ids = {name: UUID(self.narrowed[name]) for name in ("project", "person") if name in self.narrowed}
        model, kind = self.narrowed.get("model", ""), self.narrowed.get("kind", "")
        return Question(self.team_id, self.span, keys=self.keys, model=model, kind=kind, projects=self.projects, **ids)

    @property
    def before(self) -> Span:
        """The days that these are compared with."""
        return self.span.before(self.today)

    def query(self, span: Span | None = None, /, **narrowed: Any) -> str:
        """The address of the same filters, changed: other days, more filters; an empty value takes one away."""
        days = {"period": self.choice} if self.choice is not Choice.CUSTOM else self._days(self.span)
        if span is not None and span != self.span:
            days = self._days(span)
        given = {**days, **self.narrowed, **narrowed}
        if self.is_by_chosen:
            given.setdefault("by", self.by)
        return urlencode({name: str(value) for name, value in given.items() if value})

    @property
    def cleared(self) -> str:
        """The address of the same days without filters."""
        return self.query(**dict.fromkeys(self.narrowed, ""))

    def jobs_query(self, span: Span | None = None, /, **narrowed: Any) -> str:
        """The same for the list of jobs, which knows days, project, kind, model, person and key."""
        span = span or self.span
        given = {"since": span.first, "until": span.last, **self.narrowed, **narrowed}
        return urlencode({name: str(value) for name, value in given.items() if value})

    @staticmethod
    def _days(span: Span) -> dict[str, Any]:
        return {"period": Choice.CUSTOM, "since": span.first, "until": span.last}


def today_of(team: Team) -> date:
    """The day it is where the team is."""
    return timezone.localdate(timezone=ZoneInfo(team.time_zone))


def filters_of(team: Team, form: UsageForm, known: Known) -> Filters:
    """What was asked for, without the fields that make no sense."""
    form.is_valid()
    given = {name: value for name, value in form.cleaned_data.items() if value}
    since, until, today = given.get("since"), given.get("until"), today_of(team)
    choice = Choice(given.get("period") or (Choice.CUSTOM if since or until else Choice.THIS_MONTH))
    span = span_of(choice, today, since, until)
    by = By(given["by"]) if "by" in given else None
    sides = ("project", "kind", "model", "person", "key", "environment")
    narrowed = {name: given[name] for name in sides if name in given}
    return Filters(
        team.pk,
        today,
        choice,
        span,
        fitting(span, by),
        by is not None,
        narrowed,
        _keys(narrowed, known),
        given.get("what", ""),
        known.reach,
    )


def _keys(narrowed: Mapping[str, str], known: Known) -> tuple[UUID, ...] | None:
    if not narrowed.keys() & {"key", "environment"}:
        return None
    environment, chosen = narrowed.get("environment"), narrowed.get("key")
    return tuple(
        pk
        for pk, key in known.keys.items()
        if (not environment or key.environment == environment) and (not chosen or str(pk) == chosen)
    )
