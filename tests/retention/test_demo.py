"""The demo team's end: what goes, what stays, and that nobody else notices."""

from typing import Any

import pytest
from django.core.files.storage import default_storage

from console.audit.models import AuditEvent
from console.chat.models import Turn
from console.credits.models import Entry
from console.files.models import ReferenceFile
from console.jobs.models import Job
from console.keys.models import Key, Secret
from console.projects.models import Project
from console.retention.demo import clear_removed_teams
from console.teams.models import Membership, Role, Team, User
from console.webhooks.models import Endpoint
from console.worker.demo import EMAIL, seed_demo
from console.worker.seeding import seed_teams
from tests.conftest import Sandbox
from tests.factories import make_job, make_key, make_project, make_team, make_user
from tests.files.library import make_file
from tests.retention.old_things import files_of, old_chat, old_job
from tests.webhooks.ringing import make_endpoint

pytestmark = pytest.mark.django_db
PAGE = "/team/removal/"


@pytest.fixture
def demo(team: Team) -> Team:
    Team.objects.filter(pk=team.pk).update(is_demo=True, name="Demo team")
    team.refresh_from_db()
    return team


def clear_to_the_end() -> None:
    for _ in range(50):
        if not clear_removed_teams():
            return
    raise AssertionError("the removal never ends")


def test_its_rows_and_files_go_and_its_books_stay(demo: Team, spring: Project, alice: User, browser_of: Any) -> None:
    job, file = old_job(spring, alice, days=1), make_file(spring, alice)
    old_chat(spring, alice, days=1)
    lines, stored = Entry.objects.filter(team=demo).count(), file.content.name
    assert browser_of(alice).post(PAGE, {"name": "Demo team"}).status_code == 302
    assert not Membership.objects.filter(team=demo).exists()
    clear_to_the_end()
    for rows in (Job, Turn, ReferenceFile, Secret):
        assert not rows.objects.exists(), rows
    assert (files_of(job), default_storage.exists(stored or "")) == ([], False)
    assert Entry.objects.filter(team=demo).count() == lines > 0
    assert Key.objects.get().state == Key.State.RETIRED
    acts = set(AuditEvent.objects.filter(team_id=demo.pk).values_list("act", flat=True))
    assert {"team.removed", "team.cleared"} <= acts
    assert AuditEvent.objects.get(act="team.removed").before["jobs"] == 1


def test_who_is_in_no_other_team_begins_with_one_of_their_own(demo: Team, alice: User, browser_of: Any) -> None:
    page = browser_of(alice)
    assert "an empty one of your own" in page.get(PAGE).content.decode()
    answer = page.post(PAGE, {"name": "Demo team"}, follow=True)
    assert "Add a Rivya key" in answer.content.decode()
    mine = alice.memberships.get()
    assert (mine.role, mine.team.is_demo) == (Role.OWNER, False)
    assert AuditEvent.objects.filter(act="team.created", team_id=mine.team_id, actor_id=alice.pk).exists()


def test_the_preview_counts_no_deleted_endpoint(demo: Team, alice: User, browser_of: Any) -> None:
    key = make_key(demo)
    make_endpoint(key, state=Endpoint.State.DELETED)
    page = browser_of(alice)
    assert "Endpoints" not in page.get(PAGE).content.decode()
    make_endpoint(key)
    assert page.get(PAGE).context["has"].endpoints == 1


def test_other_teams_are_spoken_of_only_where_there_are_some(demo: Team, alice: User, browser_of: Any) -> None:
    page, other = browser_of(alice), "Your other teams are not touched"
    assert other not in page.get(PAGE).content.decode()
    make_team(alice, name="Ours")
    assert other in page.get(PAGE).content.decode()


def test_another_team_loses_nothing(demo: Team, spring: Project, alice: User, charlie: User, browser_of: Any) -> None:
    old_job(spring, alice, days=1)
    others = charlie.memberships.get().team
    theirs = make_project(others, make_key(others, "rvya_sk_test_1111111111111111"))
    job, turn, file = old_job(theirs, charlie, 1), old_chat(theirs, charlie, 1), make_file(theirs, charlie)
    browser_of(alice).post(PAGE, {"name": "Demo team"})
    clear_to_the_end()
    assert (len(files_of(job)), Turn.objects.get().pk, default_storage.exists(file.content.name or "")) == (
        2,
        turn.pk,
        True,
    )
    assert (Job.objects.get().pk, Secret.objects.get().key.team_id) == (job.pk, others.pk)


def test_what_still_runs_ends_first(demo: Team, spring: Project, alice: User, browser_of: Any) -> None:
    job = make_job(spring, alice, status=Job.Status.PROCESSING, rivya_id="task_1")
    page = browser_of(alice)
    assert page.get(PAGE).context["has"].running == 1
    page.post(PAGE, {"name": "Demo team"})
    clear_to_the_end()
    assert Job.objects.filter(pk=job.pk).exists()
    Job.objects.filter(pk=job.pk).update(status=Job.Status.FAILED, next_check_at=None)
    clear_to_the_end()
    assert not Job.objects.exists()


def test_its_name_has_to_be_typed(demo: Team, alice: User, browser_of: Any) -> None:
    for name in ("", "demo team", "Demo", "Demo team\0"):
        assert browser_of(alice).post(PAGE, {"name": name}).status_code == 422
    assert Membership.objects.filter(team=demo).exists()


def test_a_name_with_two_blanks_is_typed_as_the_page_shows_it(demo: Team, alice: User, browser_of: Any) -> None:
    Team.objects.update(name="Demo  team")
    assert browser_of(alice).post(PAGE, {"name": "Demo team"}).status_code == 302
    assert not Membership.objects.filter(team=demo).exists()


def test_only_its_owner_may(demo: Team, browser_of: Any) -> None:
    ann = make_user("ann", demo, Role.ADMIN)
    answers = [browser_of(ann).get(PAGE), browser_of(ann).post(PAGE, {"name": "Demo team"})]
    assert [each.status_code for each in answers] == [403, 403]


def test_a_team_that_is_no_demo_cannot_be_removed_so(team: Team, alice: User, browser_of: Any) -> None:
    answers = [browser_of(alice).get(PAGE), browser_of(alice).post(PAGE, {"name": team.name})]
    assert [each.status_code for each in answers] == [404, 404]
    assert Team.objects.get(pk=team.pk).removed_at is None


def test_its_owner_goes_on_in_another_team(demo: Team, alice: User, browser_of: Any) -> None:
    ours, browser = make_team(alice, name="Ours"), browser_of(alice)
    answer = browser.post(PAGE, {"name": "Demo team"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/"
    assert answer.context["team"] == ours
    assert [each.team_id for each in alice.memberships.all()] == [ours.pk]


def test_a_later_start_does_not_seed_it_again(sandbox: Sandbox, settings: Any, browser_of: Any) -> None:
    settings.RIVYA_BASE_URL = sandbox.url
    first = seed_demo()
    owner = User.objects.get(email=EMAIL)
    Job.objects.update(status=Job.Status.FAILED, next_check_at=None)
    browser_of(owner).post(PAGE, {"name": "Demo team"})
    clear_to_the_end()
    again = seed_demo()
    assert (again["email"], again["team"]) == (EMAIL, "")
    assert again["password"] != first["password"]
    assert not Membership.objects.filter(user=owner, team__is_demo=True).exists()
    assert not Job.objects.exists()


def test_a_new_team_of_the_same_name_is_another(demo: Team, alice: User, browser_of: Any) -> None:
    browser_of(alice).post(PAGE, {"name": "Demo team"})
    (made,) = seed_teams({"teams": [{"name": "Demo team", "members": [{"email": "alice@example.com"}]}]})
    assert made.pk != demo.pk
