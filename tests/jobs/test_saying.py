"""What Rivya says now: read on demand with the job's own key, without changing the job."""

from typing import Any

from console.audit.models import AuditEvent
from console.jobs.models import Job, Step
from console.projects.models import Project
from console.teams.models import Role, Team, User
from tests.conftest import Sandbox
from tests.factories import make_job, make_user
from tests.jobs.following import turn_until_done


def finished(project: Project, person: User) -> Job:
    return turn_until_done(make_job(project, person, prompt="[instant] A boat"))


def test_a_person_reads_what_rivya_says_now(browser_of: Any, project: Project, alice: User) -> None:
    job = finished(project, alice)
    assert "Read it at Rivya" in browser_of(alice).get(f"/jobs/{job.pk}/").content.decode()
    text = browser_of(alice).post(f"/jobs/{job.pk}/reading/").content.decode()
    assert "succeeded" in text
    assert "as here" in text
    assert Step.objects.filter(job=job, kind=Step.Kind.CHECKED, source=Step.Source.PERSON).count() == 1
    assert AuditEvent.objects.filter(act="job.read", object_id=str(job.pk)).count() == 1


def test_a_difference_is_told_and_nothing_is_moved(browser_of: Any, project: Project, alice: User) -> None:
    job = finished(project, alice)
    Job.objects.filter(pk=job.pk).update(status=Job.Status.FAILED, error_code="generation_failed", final_credits=0)
    text = browser_of(alice).post(f"/jobs/{job.pk}/reading/").content.decode()
    assert "not what is written here" in text
    job.refresh_from_db()
    assert (job.status, job.final_credits) == (Job.Status.FAILED, 0)


def test_a_job_without_rivyas_id_is_never_sent_by_a_read(
    browser_of: Any, project: Project, alice: User, sandbox: Sandbox
) -> None:
    job = make_job(project, alice)
    answer = browser_of(alice).post(f"/jobs/{job.pk}/reading/", follow=True)
    assert "nothing to read" in answer.content.decode()
    assert sandbox.generations() == []


def test_a_read_that_fails_says_why(browser_of: Any, project: Project, alice: User, settings: Any) -> None:
    job = finished(project, alice)
    settings.RIVYA_BASE_URL = "http://127.0.0.1:9"
    assert "Rivya could not be reached" in browser_of(alice).post(f"/jobs/{job.pk}/reading/").content.decode()


def test_a_viewer_reads_nothing_at_rivya(browser_of: Any, team: Team, project: Project, alice: User) -> None:
    job = finished(project, alice)
    client = browser_of(make_user("vera", team, Role.VIEWER))
    assert client.post(f"/jobs/{job.pk}/reading/").status_code == 403
    assert "Read it at Rivya" not in client.get(f"/jobs/{job.pk}/").content.decode()


def test_each_step_of_the_timeline_tells_its_source_and_delay(browser_of: Any, project: Project, alice: User) -> None:
    text = browser_of(alice).get(f"/jobs/{finished(project, alice).pk}/timeline/").content.decode()
    for words in ("Person", "Ledger · at once", "Rivya"):
        assert words in text
