"""Support reads all teams' lines on the admin site: the same filters, and nothing that people or models wrote."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent
from console.audit.recording import record
from console.files.models import FileKind, ReferenceFile
from console.projects.models import Project
from console.teams.models import Role, Team, User
from tests.audit.test_filters import body, read_csv
from tests.factories import make_key, make_project, make_team, make_turn, make_user

pytestmark = pytest.mark.django_db
INDEX, CSV = reverse("admin:audit_auditevent_changelist"), reverse("admin:audit_auditevent_export")
WRITTEN = "Confidential merger with Acme"


@pytest.fixture
def support(browser_of: Any) -> Client:
    client: Client = browser_of(make_user("sam", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def project(team: Team) -> Project:
    return make_project(team, make_key(team), name="Spring")


@pytest.fixture
def private(team: Team, project: Project, alice: User, browser_of: Any) -> list[AuditEvent]:
    """A chat with a telling title, a file with a telling name, a job with a telling reason."""
    conversation = make_turn(project, alice, WRITTEN).conversation
    browser_of(alice).post(reverse("chat:title", args=[conversation.pk]), {"title": WRITTEN})
    file = ReferenceFile(team=team, project=project, kind=FileKind.IMAGE, name=f"{WRITTEN}.png")
    record("file.added", file, team_id=team.pk, actor=alice, after={"name": file.name, "size_bytes": 9})
    record("ledger.corrected", team, team_id=team.pk, actor=alice, after={"charged": 3, "reason": WRITTEN})
    record("new.thing", conversation.turns.get(), team_id=team.pk, actor=alice, after={"reason": WRITTEN})
    return list(AuditEvent.objects.all())


def lines(answer: Any) -> list[AuditEvent]:
    return [line.event for line, _team in answer.context["lines"]]


def test_support_reads_every_teams_lines_and_whose_they_are(support: Client, team: Team, alice: User) -> None:
    other = make_team(name="Other team")
    record("team.changed", team, team_id=team.pk, actor=alice)
    record("team.changed", other, team_id=other.pk, actor=None)
    record("keyset.rotated", alice, team_id=None, actor=None)
    page = support.get(INDEX)
    assert len(lines(page)) == 3
    assert "Other team" in page.content.decode()
    assert [line.team_id for line in lines(support.get(INDEX, {"team": str(other.pk)}))] == [other.pk]
    assert len(lines(support.get(INDEX, {"person": str(alice.pk)}))) == 1
    assert len(lines(support.get(INDEX, {"act": "team.changed", "q": "other"}))) == 1
    assert len(read_csv(support.get(CSV, {"act": "team.changed"}))) == 2


def test_support_reads_nothing_that_was_written(support: Client, private: list[AuditEvent]) -> None:
    pages = [support.get(INDEX).content, body(support.get(CSV))]
    pages += [support.get(reverse("admin:audit_auditevent_change", args=[line.pk])).content for line in private]
    assert len(pages) == 6
    assert all(b"merger" not in page for page in pages)
    assert b"closed" in pages[0]


def test_support_cannot_guess_what_was_written_by_searching_for_it(support: Client, private: list[AuditEvent]) -> None:
    assert lines(support.get(INDEX, {"q": "merger"})) == []
    assert len(lines(support.get(INDEX, {"q": "chat renamed"}))) == 1


def test_the_team_itself_reads_it(browser_of: Any, alice: User, private: list[AuditEvent]) -> None:
    assert browser_of(alice).get(reverse("audit:index")).content.decode().count("merger") >= 3


def test_taking_lines_away_is_a_line_of_the_team(support: Client, team: Team) -> None:
    body(support.get(CSV, {"team": str(team.pk)}))
    line = AuditEvent.objects.get(act="audit.exported")
    assert (line.team_id, line.actor_label) == (team.pk, "sam@example.com")


@pytest.mark.parametrize("role", [Role.OWNER, Role.MEMBER])
def test_nobody_else_gets_in(browser_of: Any, team: Team, role: str) -> None:
    client = browser_of(make_user("dora", team, role))
    assert {client.get(path).status_code for path in (INDEX, CSV)} == {302}


@pytest.mark.parametrize("query", [{"team": "x"}, {"page": "y"}, {"person": "'"}, {"since": "-"}, {"q": "\0"}])
def test_filters_that_make_no_sense_are_no_error(support: Client, query: dict[str, str]) -> None:
    assert support.get(INDEX, query).status_code == 200


@pytest.mark.parametrize("pk", ["x", "00000000-0000-0000-0000-000000000000"])
def test_a_line_that_is_not_there_is_not_found(support: Client, pk: str) -> None:
    assert support.get(reverse("admin:audit_auditevent_change", args=[pk])).status_code == 404


def test_nothing_is_changed_by_a_post(support: Client, private: list[AuditEvent]) -> None:
    address = reverse("admin:audit_auditevent_change", args=[private[0].pk])
    support.post(address, {"actor_label": "somebody else"})
    support.post(reverse("admin:audit_auditevent_delete", args=[private[0].pk]), {"post": "yes"})
    assert not AuditEvent.objects.filter(actor_label="somebody else").exists()
    assert AuditEvent.objects.filter(pk=private[0].pk).exists()
