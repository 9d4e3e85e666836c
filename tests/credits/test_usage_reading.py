"""Whatever is asked, and however much of it is rolled up already, the answer is what the ledger's lines add up to."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from console.credits import ledger, rolling
from console.credits.effects import Figures
from console.credits.models import NOBODY, Entry
from console.credits.usage_periods import By, Span
from console.credits.usage_questions import Question, by_side, by_time, total
from console.credits.usage_reading import read
from console.projects.models import Project
from console.teams.models import Role, Team, User
from tests.factories import make_key, make_project, make_user

FIRST, DAYS = date(2026, 1, 20), 80
SPANS = [
    Span(date(2026, 2, 1), date(2026, 2, 28)),
    Span(date(2026, 1, 1), date(2026, 12, 31)),
    Span(date(2026, 1, 25), date(2026, 3, 14)),
    Span(date(2026, 2, 3), date(2026, 2, 9)),
    Span(date(2027, 1, 1), date(2027, 1, 31)),
]
SIDES = ("project", "person", "key", "model")
Subjects = dict[UUID, list[Entry]]
KINDS = {"z-image": "image", "runway": "video", "gpt": "chat"}


@pytest.fixture
def lived(team: Team, alice: User) -> Team:
    """Some months of work; the older part of it is rolled up."""
    rng, people = random.Random(3), [alice, make_user("bob", team, Role.MEMBER), None]
    projects = [make_project(team, make_key(team)) for _ in range(3)]
    for number in range(120):
        with time_machine.travel(f"{FIRST + timedelta(days=number * DAYS // 120)}T12:00:00Z", tick=False):
            work(rng, rng.choice(projects), rng.choice(people))
        if number == 90:
            rolling.roll_up()
    return team


def work(rng: random.Random, project: Project, person: User | None) -> None:
    assert project.key
    model = rng.choice(list(KINDS))
    subject = ledger.Subject(uuid4(), "turn" if model == "gpt" else "job", model, KINDS[model])
    held = rng.randint(1, 9)
    ledger.reserve(subject, project=project, key=project.key, person=person, credits=held)
    if rng.random() < 0.7:
        ledger.accept(subject.id, held + rng.randint(-1, 2))
    match rng.randrange(5):
        case 0 | 1:
            ledger.settle(subject.id, rng.randint(0, 9))
        case 2:
            ledger.settle(subject.id, 4, outcome=Entry.Outcome.FAILED)
            ledger.correct(
                subject.id,
                rng.choice([-3, 2]),
                person=person or project.team.memberships.get(role="owner").user,
                reason="so",
            )
        case 3:
            ledger.release(subject.id)


def questions(team: Team) -> Iterator[Question]:
    some = list(Entry.objects.filter(team=team).order_by("id")[:40:13])
    for span, entry in product(SPANS, some):
        whole = Question(team.pk, span)
        yield whole
        for narrowed in product((False, True), repeat=5):
            values: dict[str, Any] = {
                "project": entry.project_id, "person": entry.person_id, "keys": [entry.key_id], "model": entry.model,
                "kind": entry.media_kind,
            }  # fmt: skip
            yield Question(
                team.pk, span, **{name: values[name] for name, on in zip(values, narrowed, strict=True) if on}
            )


def counted(question: Question, subjects: Subjects) -> dict[UUID, Figures]:
    """Figures of each subject the question is about, by its reservation, from its lines alone."""
    span, wanted = question.span, dict(question.narrowed)
    keys = wanted.pop("key_id__in", None)
    return {
        subject: figures_of(lines)
        for subject, lines in subjects.items()
        if span.first <= lines[0].day <= span.last
        and (keys is None or lines[0].key_id in keys)
        and all(getattr(lines[0], name) == value for name, value in wanted.items())
    }


def figures_of(lines: list[Entry]) -> Figures:
    credits = {line.kind: line.credits for line in lines}
    held = credits.get("accept", credits["reserve"])
    charged = sum(line.credits for line in lines if line.kind in Entry.CHARGING)
    closed = next((line for line in lines if line.kind in Entry.CLOSING), None)
    is_failed = closed is not None and closed.outcome == "failed"
    returned = max(0, held - closed.credits) if closed else 0
    return Figures(1, held, held if closed else 0, charged, charged if is_failed else 0, returned)


def test_every_question_is_answered_as_the_lines_say(lived: Team) -> None:
    subjects: Subjects = {}
    for line in Entry.objects.order_by("id"):
        subjects.setdefault(line.subject, []).append(line)
    facts = {subject: lines[0] for subject, lines in subjects.items()}
    for question in questions(lived):
        expected = counted(question, subjects)
        asked = [total(question), *(by_side(question, side) for side in SIDES), *(by_time(question, by) for by in By)]
        answers = iter(read(*asked))
        assert next(answers).get((), Figures()) == sum(expected.values(), Figures()), question
        for side in SIDES:
            name = "model" if side == "model" else f"{side}_id"
            told = summed((getattr(facts[subject], name) or NOBODY, each) for subject, each in expected.items())
            assert next(answers) == {(key,): each for key, each in told.items()}, (question, side)
        for by in By:
            told = summed(
                ((by.start(facts[subject].day), facts[subject].media_kind), each) for subject, each in expected.items()
            )
            assert next(answers) == told, (question, by)


def summed(pairs: Any) -> dict[Any, Figures]:
    found: dict[Any, Figures] = {}
    for key, figures in pairs:
        found[key] = found.get(key, Figures()) + figures
    return found


@pytest.mark.parametrize(
    ("span", "today", "before"),
    [
        (Span(date(2026, 11, 1), date(2026, 11, 30)), date(2026, 11, 26), Span(date(2026, 10, 1), date(2026, 10, 26))),
        (Span(date(2026, 10, 1), date(2026, 10, 31)), date(2026, 11, 26), Span(date(2026, 9, 1), date(2026, 9, 30))),
        (Span(date(2026, 3, 1), date(2026, 3, 31)), date(2026, 3, 30), Span(date(2026, 2, 1), date(2026, 2, 28))),
        (Span(date(2026, 1, 1), date(2026, 12, 31)), date(2026, 3, 1), Span(date(2025, 1, 1), date(2025, 3, 1))),
        (Span(date(2026, 10, 28), date(2026, 11, 26)), date(2026, 11, 26), Span(date(2026, 9, 28), date(2026, 10, 27))),
    ],
)
def test_a_period_is_compared_with_as_much_of_the_one_before(span: Span, today: date, before: Span) -> None:
    assert span.before(today) == before
