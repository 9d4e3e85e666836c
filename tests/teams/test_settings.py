"""What a team says of itself, and who may change it."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent
from console.credits.models import Entry
from console.jobs.models import Job
from console.teams.models import Role, Team, User
from tests.factories import make_job, make_key, make_project, make_user

pytestmark = pytest.mark.django_db
PAGE = "/team/"


def filled(**changes: object) -> dict[str, object]:
    usual = {"name": "Studio North", "time_zone": "Europe/Berlin", "billing_contact": "Dana", "low_balance_at": "75"}
    return {**usual, **changes}


def test_an_admin_changes_the_settings_and_the_audit_says_what_they_were(team: Team, browser_of: Any) -> None:
    ann = make_user("ann", team, Role.ADMIN)
    client: Client = browser_of(ann)
    assert client.post(PAGE, filled()).status_code == 302
    team.refresh_from_db()
    assert (team.name, team.time_zone, team.billing_contact, team.low_balance_at) == (
        "Studio North", "Europe/Berlin", "Dana", 75,
    )  # fmt: skip
    event = AuditEvent.objects.get(act="team.changed")
    assert (event.actor_id, event.before["time_zone"], event.after["time_zone"]) == (ann.pk, "UTC", "Europe/Berlin")
    client.post(PAGE, filled())
    assert AuditEvent.objects.filter(act="team.changed").count() == 1
    assert "Dana" in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Europe/Atlantis"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "localtime"},
        {"time_zone": "Factory"},
        {"name": ""},
        {"name": "x" * 81},
        {"name": "a\0b"},
        {"low_balance_at": "-1"},
        {"low_balance_at": "99999999999999999999"},
        {"low_balance_at": "many"},
        {"billing_contact": "x" * 201},
    ],
)
def test_what_makes_no_sense_is_said_in_the_form(
    team: Team, alice: User, browser_of: Any, wrong: dict[str, str]
) -> None:
    answer = browser_of(alice).post(PAGE, filled(**wrong))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    team.refresh_from_db()
    assert team.name == "Alice's team"


def test_a_member_neither_sees_nor_changes_them(team: Team, bob: User, browser_of: Any) -> None:
    client: Client = browser_of(bob)
    assert client.get(PAGE).status_code == client.post(PAGE, filled()).status_code == 403
    assert reverse("teams:settings") not in client.get(reverse("teams:people")).content.decode()


def test_another_time_zone_counts_for_new_work_only(team: Team, alice: User, browser_of: Any) -> None:
    project = make_project(team, make_key(team))
    with time_machine.travel(datetime(2026, 11, 30, 23, 30, tzinfo=UTC), tick=False):
        before = make_job(project, alice)
        browser_of(alice).post(PAGE, filled())
        project.refresh_from_db()
        after = make_job(type(project).objects.get(pk=project.pk), alice)
    days = {job.pk: str(Entry.objects.get(subject=job.pk).day) for job in Job.objects.all()}
    assert days == {before.pk: "2026-11-30", after.pk: "2026-12-01"}


def test_the_end_of_a_demo_team_stands_last(team: Team, alice: User, browser_of: Any) -> None:
    Team.objects.filter(pk=team.pk).update(is_demo=True)
    page = browser_of(alice).get(PAGE).content.decode()
    assert page.index("Second step for everybody") < page.index("Remove the demo team")
