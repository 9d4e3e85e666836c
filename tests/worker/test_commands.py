"""The commands that other programs call: seed_teams, make_owner, seed_demo, export_state."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from console.audit.models import AuditEvent
from console.jobs.models import Job
from console.keys import clients
from console.keys.models import Account, Key, Secret
from console.projects.models import Project
from console.teams.models import Membership, Role, Team, User
from console.worker.demo import SANDBOX_SECRET
from tests.conftest import Sandbox
from tests.factories import make_job
from tests.jobs.following import turn_until_done

pytestmark = pytest.mark.django_db
TEAM: dict[str, Any] = {
    "name": "Product",
    "time_zone": "Europe/Berlin",
    "members": [
        {"email": "Dana@Example.com", "name": "Dana", "password": "correct horse", "role": "owner"},
        {"email": "eve@example.com", "password": "battery staple", "role": "viewer"},
    ],
    "keys": [{"name": "Studio", "purpose": "studio-work", "environment": "staging", "secret": "rvya_sk_seeded_0001"}],
    "projects": [{"name": "Spring", "purpose": "Pictures", "key": "studio-work", "monthly_budget": 600}],
}
FILE = {"staff": [{"email": "support@example.com", "password": "correct horse"}], "teams": [TEAM]}


@pytest.fixture(autouse=True)
def no_rivya(settings: Any) -> None:
    """Nobody answers where Rivya should be, unless a test asks for the sandbox."""
    settings.RIVYA_BASE_URL = "http://127.0.0.1:9"


def told(*arguments: str) -> Any:
    """What the command printed, as JSON."""
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def seed(tmp_path: Path) -> Any:
    def write_and_seed(description: Any) -> Any:
        path = tmp_path / "teams.json"
        path.write_text(description if isinstance(description, str) else json.dumps(description))
        return told("seed_teams", str(path))

    return write_and_seed


def test_seeded_teams_have_their_people_keys_and_projects(seed: Any) -> None:
    (team,) = seed(FILE)["teams"]
    project = Project.objects.get()
    assert (team["id"], team["name"]) == (str(project.team_id), "Product")
    roles = dict(Membership.objects.values_list("user__email", "role"))
    assert roles == {"dana@example.com": Role.OWNER, "eve@example.com": Role.VIEWER}
    assert (project.name, project.monthly_budget, project.team.time_zone) == ("Spring", 600, "Europe/Berlin")
    assert project.key == Key.objects.get(purpose="studio-work", environment="staging")
    assert clients.open_secret(Secret.objects.get(), project.team_id) == "rvya_sk_seeded_0001"
    assert User.objects.get(email="dana@example.com").check_password("correct horse")
    assert list(User.objects.filter(is_staff=True).values_list("email", flat=True)) == ["support@example.com"]


def test_the_same_file_twice_changes_nothing(seed: Any) -> None:
    seed(FILE)
    counts = [model.objects.count() for model in (Team, User, Membership, Key, Secret, Account, Project)]
    Project.objects.update(monthly_budget=1)
    User.objects.get(email="dana@example.com")
    seed(FILE)
    assert [model.objects.count() for model in (Team, User, Membership, Key, Secret, Account, Project)] == counts
    assert Project.objects.get().monthly_budget == 1, "what people changed since stays"


@pytest.mark.parametrize(
    ("description", "says"),
    [
        ("{", "not JSON"),
        ([], "one object"),
        ({"teams": "all"}, "list of objects"),
        ({"teams": [{"time_zone": "UTC"}]}, "name"),
        ({"teams": [TEAM | {"time_zone": "Mars/Phobos"}]}, "time zone"),
        ({"teams": [TEAM | {"members": [{"email": "a@example.com", "role": "king"}]}]}, "king"),
        ({"teams": [TEAM | {"members": [{"email": "a@example.com", "password": 12}]}]}, "password"),
        ({"teams": [TEAM | {"keys": [{"purpose": "p", "secret": "s", "environment": "moon"}]}]}, "moon"),
        ({"teams": [TEAM | {"projects": [{"name": "P", "key": "nobodys"}]}]}, "nobodys"),
        ({"teams": [TEAM | {"projects": [{"name": "P", "monthly_budget": -1}]}]}, "budget"),
        ({"teams": [TEAM | {"projects": [{"name": "P", "monthly_budget": "much"}]}]}, "budget"),
    ],
)
def test_a_bad_file_says_what_is_wrong_and_writes_nothing(seed: Any, description: Any, says: str) -> None:
    with pytest.raises(CommandError, match=says):
        seed(description)
    assert not Team.objects.exists()
    assert not User.objects.exists()


def test_a_file_that_is_not_there_is_said_so() -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("seed_teams", "nowhere.json")


def test_the_first_owner_gets_a_password_that_works() -> None:
    made = told("make_owner", "Dana@Example.com", "--team", "Product")
    owner = Membership.objects.get(team__name="Product", role=Role.OWNER).user
    assert made["email"] == owner.email == "dana@example.com"
    assert owner.check_password(made["password"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nonsense", "--team", "Other"], "Not an email address"),
        (["dana@example.com", "--team", "Other"], "account already"),
        (["eve@example.com", "--team", "Product"], "team Product already"),
        (["eve@example.com", "--team", "Other", "--time-zone", "Mars"], "time zone"),
    ],
)
def test_nobody_becomes_an_owner_by_accident(arguments: list[str], says: str) -> None:
    told("make_owner", "dana@example.com", "--team", "Product")
    with pytest.raises(CommandError, match=says):
        call_command("make_owner", *arguments)
    assert Membership.objects.count() == 1


def test_the_demo_is_made_once_and_its_new_password_works(sandbox: Sandbox) -> None:
    first, second = told("seed_demo"), told("seed_demo")
    assert first["team"] == second["team"] == str(Team.objects.get(is_demo=True).pk)
    assert User.objects.get().check_password(second["password"])
    assert not User.objects.get().check_password(first["password"])
    assert Job.objects.count() == 8
    assert SANDBOX_SECRET not in json.dumps([first, second])


def test_the_exported_state_tells_every_job_and_sum_and_no_content(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    done = turn_until_done(make_job(project, alice, prompt="A private kite"))
    waiting = make_job(project, alice)
    state = told("export_state", "--json")
    jobs = {job["id"]: job for job in state["jobs"]}
    assert jobs.keys() == {str(done.pk), str(waiting.pk)}
    made = jobs[str(done.pk)]
    assert (made["status"], made["rivya_id"], made["idempotency_key"], made["reserved_credits"]) == (
        "succeeded", done.rivya_id, done.idempotency_key, 1,
    )  # fmt: skip
    (ledger,) = state["ledger"]
    assert (ledger["project"], ledger["charged"], ledger["held"]) == (project.name, 1, 1)
    assert ledger["lines"] == {"reserve": 2, "accept": 1, "settle": 1, "release": 0, "correct": 0}
    assert state["turns"] == []
    assert "kite" not in json.dumps(state)
    assert not AuditEvent.objects.exists()
