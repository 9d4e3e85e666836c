"""The filters of a jobs list, as they stand in the address. What makes no sense is left out, never an error."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, Q, QuerySet

from console.catalogue.models import CatalogueModel
from console.credits.models import Entry
from console.jobs.models import Job
from console.jobs.searching import Question, fetch_found
from console.keys.models import Key
from console.projects.models import Project
from console.projects.reach import reach_of, within
from console.teams.models import Membership, Team
from console.ui.keyset import Cursor, Page, fetch_by_time, read_page
from console.ui.word_search import facet

OPEN, UNOPENED = "open", "unopened"
STATES = [("", "Any state"), (OPEN, "Running"), *Job.Status.choices, (UNOPENED, "Succeeded, never opened")]
KINDS = [("", "Any kind"), ("image", "Image"), ("video", "Video"), ("audio", "Audio")]
REASONABLE = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2200, 1, 1))]
SEARCH = forms.SearchInput(
    attrs={"placeholder": "Prompt, id or error code", "title": "Prompt, job id, Rivya id, error code"}
)
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_ID_LIKE = re.compile(r"\S*[\d_]\S*")
_HEX = re.compile(r"[0-9a-f]{8,32}")


class FilterForm(forms.Form):
    """Every choice comes from lists the page needs anyway, so that the form itself asks the database nothing."""

    q = forms.CharField(required=False, max_length=200, strip=False, label="Search", widget=SEARCH)
    state = forms.ChoiceField(required=False, choices=STATES)
    kind = forms.ChoiceField(required=False, choices=KINDS)
    model = forms.ChoiceField(required=False)
    project = forms.ChoiceField(required=False)
    person = forms.ChoiceField(required=False)
    key = forms.ChoiceField(required=False)
    since = forms.DateField(required=False, label="From", widget=DAY, validators=REASONABLE)
    until = forms.DateField(required=False, label="To", widget=DAY, validators=REASONABLE)

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        projects: Sequence[Project],
        people: Sequence[Membership],
        models: Sequence[CatalogueModel],
        keys: Sequence[Key],
    ) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.projects = projects
        self._offer("project", "Any project", [(str(project.pk), project.name) for project in projects])
        self._offer("key", "Any key", [(str(key.pk), key.name) for key in keys])
        # What is gone from the lists may still be asked for: its jobs are there.
        self._offer(
            "model", "Any model", _with([(model.pk, model.display_name) for model in models], data.get("model"))
        )
        members = [(str(each.user_id), each.user.display_name) for each in people]
        self._offer("person", "Anybody", _with(members, _id_of(data.get("person")), "Somebody who left"))

    @property
    def wish(self) -> "Wish":
        """What was asked for, without the fields that make no sense."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        for name in ("project", "person", "key"):
            given[name] = UUID(given[name]) if name in given else None
        return Wish(**given)

    def _offer(self, name: str, nothing: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name] = forms.ChoiceField(required=False, choices=[("", nothing), *choices])


def _with(choices: list[tuple[str, str]], given: Any, word: str = "") -> list[tuple[str, str]]:
    text = str(given or "")[:120]
    is_new = text.isprintable() and text not in dict(choices)
    return [*choices, (text, word or text)] if text and is_new else choices


def _id_of(given: Any) -> str:
    try:
        return str(UUID(str(given)))
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Checked filters; every one may be empty.

    Days are those of the ledger, both ends included: the day it was in the team's zone when the job was asked for. So
    the jobs of a day are those that usage counts on it, also after the team has moved to another zone.
    """

    q: str = ""
    state: str = ""
    kind: str = ""
    model: str = ""
    project: UUID | None = None
    person: UUID | None = None
    key: UUID | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_empty(self) -> bool:
        return not self.count

    @property
    def count(self) -> int:
        """How many filters are set."""
        return sum(bool(getattr(self, name)) for name in self.__slots__)

    @property
    def folded(self) -> int:
        """How many of them stand under More."""
        return sum(map(bool, (self.person, self.key, self.since, self.until)))

    @property
    def statuses(self) -> tuple[str, ...]:
        several = {OPEN: tuple(Job.OPEN), UNOPENED: (Job.Status.SUCCEEDED,), "": ()}
        return several.get(self.state, (self.state,))

    @property
    def is_unopened(self) -> bool:
        """Whether only what nobody looked at is asked for."""
        return self.state == UNOPENED


def read_jobs(jobs: "QuerySet[Job]", membership: Membership, wish: Wish, cursor: Cursor | None, size: int) -> Page[Job]:
    """The page that `wish` asks for of the team's jobs that the member sees; `jobs` says what to load with them."""
    team, reach, text = membership.team, reach_of(membership), wish.q.strip()
    jobs = jobs.filter(within(membership), team=team)
    exact = _exactly(jobs, text) if text else None
    facets = _facets(wish)
    if exact is None and (text or len(facets) > 1):  # one index for every combination
        moments = _moments(wish, team)
        question = Question(
            team.pk, wish.q, facets, wish.statuses, wish.is_unopened, wish.key, *moments, wish.since, wish.until, reach
        )
        return read_page(partial(fetch_found, jobs, question), cursor, size)
    found = narrowed(jobs, wish, team)
    if exact is None and reach is not None and wish.project is None:
        return read_page(partial(_fetch_of_each, found, reach), cursor, size)
    return read_page(partial(fetch_by_time, found.filter(exact) if exact else found), cursor, size)


def _fetch_of_each(jobs: "QuerySet[Job]", projects: Sequence[UUID], cursor: Cursor | None, limit: int) -> list[Job]:
    """`fetch` for some projects: of each the nearest, by its own index, so that a project with little work is not
    looked for among all the work of the team."""
    near = [job for each in projects for job in fetch_by_time(jobs.filter(project_id=each), cursor, limit)]
    near.sort(key=lambda job: (job.created_at, job.pk.int), reverse=not (cursor and cursor.newer))
    return near[:limit]


def _exactly(jobs: "QuerySet[Job]", text: str) -> Q | None:
    """The text as an id or a code, when it is one: our id or its beginning, Rivya's id, an error code."""
    if (digits := text.replace("-", "").lower()) and _HEX.fullmatch(digits):
        first, last = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
        if jobs.filter(pk__range=(first, last)).order_by().exists():
            return Q(pk__range=(first, last))
    if not _ID_LIKE.fullmatch(text):
        return None
    named = jobs.filter(Q(rivya_id=text) | Q(Q(error_code=text) & ~Q(error_code=""))).order_by()
    match named.values_list("rivya_id", "error_code").first():
        case (str(rivya_id), _) if rivya_id == text:
            return Q(rivya_id=text)
        case (_, str(error_code)) if error_code == text:
            return Q(error_code=text) & ~Q(error_code="")
    return None


def _facets(wish: Wish) -> tuple[str, ...]:
    given = (("p", wish.project), ("k", wish.kind), ("m", wish.model), ("u", wish.person))
    return tuple(facet(letter, value) for letter, value in given if value)


def narrowed(jobs: "QuerySet[Job]", wish: Wish, team: Team) -> "QuerySet[Job]":
    """The team's jobs that fit, whatever was typed."""
    since, until = _moments(wish, team)
    if wish.statuses:
        one = wish.statuses[0] if len(wish.statuses) == 1 else ""
        jobs = jobs.filter(status=one) if one else jobs.filter(status__in=wish.statuses)
    if wish.is_unopened:
        jobs = jobs.filter(opened_at=None)
    if wish.kind:
        jobs = jobs.filter(kind=wish.kind)
    if wish.model:
        jobs = jobs.filter(model=wish.model)
    if wish.project:
        jobs = jobs.filter(project_id=wish.project)
    if wish.person:
        jobs = jobs.filter(created_by_id=wish.person)
    if wish.key:
        jobs = jobs.filter(key_id=wish.key)
    if since:
        jobs = jobs.filter(created_at__gte=since)
    if until:
        jobs = jobs.filter(created_at__lt=until)
    return jobs.filter(_asked_for(wish)) if since or until else jobs


def _asked_for(wish: Wish) -> Exists:
    """The job's reservation is of these days."""
    reserved = Entry.objects.filter(subject=OuterRef("pk"), kind=Entry.Kind.RESERVE)
    if wish.since:
        reserved = reserved.filter(day__gte=wish.since)
    return Exists(reserved.filter(day__lte=wish.until) if wish.until else reserved)


def _moments(wish: Wish, team: Team) -> tuple[datetime | None, datetime | None]:
    """The moments that jobs of these days lie between in every zone on earth: where to look for them."""
    zone, anywhere = ZoneInfo(team.time_zone), timedelta(days=1, hours=2)
    since = datetime.combine(wish.since, time.min, zone) - anywhere if wish.since else None
    until = datetime.combine(wish.until + timedelta(days=1), time.min, zone) + anywhere if wish.until else None
    return since, until
