"""The desk: causes, what a person does about them, and how they come back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from console.audit.models import AuditEvent
from console.failures.grouping import group_failures
from console.failures.models import Cause, Note
from console.jobs.models import Job
from console.projects.models import Project
from console.teams.models import Role, Team, User
from tests.factories import make_key, make_model, make_project, make_user
from tests.failures.failing import fail, fail_many

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio(team: Team) -> Project:
    return make_project(team, make_key(team), name="Studio")


@pytest.fixture
def cause(studio: Project, alice: User) -> Cause:
    fail(studio, alice, message="The worker gave up.")
    return Cause.objects.get()


def acts(cause: Cause) -> list[str]:
    return list(AuditEvent.objects.filter(object_id=str(cause.pk)).order_by("at").values_list("act", flat=True))


def page(client: Any, address: str = "/failures/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_desk_tells_cause_verdict_count_and_credits(browser_of: Any, studio: Project, alice: User) -> None:
    fail(studio, alice, message="The worker gave up.", final_credits=4)
    fail(studio, alice, message="The worker gave up.", final_credits=3)
    text = page(browser_of(alice))
    for words in ("The generation failed", "The worker gave up.", "generation_failed", "A retry may help", ">7<"):
        assert words in text
    assert "2 in the last 14 days" in text


def test_where_rivya_gave_no_reason_the_desk_says_so(browser_of: Any, studio: Project, alice: User) -> None:
    fail(studio, alice, message="")
    client, words = browser_of(alice), "Rivya gave no reason."
    assert words in page(client)
    assert words in page(client, f"/failures/{Cause.objects.get().pk}/")
    Cause.objects.update(code="unknown_too_long")  # nobody was asked for a reason
    assert words not in page(client)


def test_each_label_of_a_cause_is_of_one_field(browser_of: Any, cause: Cause, alice: User) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page(browser_of(alice), f"/failures/{cause.pk}/"))
    assert len(ids) == len(set(ids)), "a label would lead to the first of two fields"


def test_the_count_beside_the_desk_is_read_out_in_a_sentence(
    browser_of: Any, cause: Cause, studio: Project, alice: User
) -> None:
    def read_out() -> str:
        return " ".join(re.sub("<[^>]+>", "", page(browser_of(alice), "/failures/count/")).split())

    assert read_out().endswith("1 cause waits for somebody")
    fail(studio, alice, "validation_failed", "Too wide")
    assert read_out().endswith("2 causes wait for somebody")


def test_an_empty_desk_says_so(browser_of: Any, alice: User) -> None:
    assert "Nothing has failed" in page(browser_of(alice))


def test_a_desk_on_which_all_is_mended_says_so(browser_of: Any, cause: Cause, alice: User) -> None:
    browser_of(alice).post(f"/failures/{cause.pk}/resolution/", {"text": ""})
    assert "Nothing waits for anybody" in page(browser_of(alice))
    assert "The generation failed" in page(browser_of(alice), "/failures/?state=any")


def test_a_new_code_is_flagged(browser_of: Any, studio: Project, alice: User) -> None:
    fail(studio, alice, "moon_phase_wrong")
    text = page(browser_of(alice))
    assert "1 cause with a code this console does not know" in text
    assert "new code" in page(browser_of(alice), "/failures/?verdict=new")


def test_filters_find_and_nonsense_is_left_out(browser_of: Any, studio: Project, alice: User, bob: User) -> None:
    fail(studio, alice, message="The worker gave up.")
    fail(
        make_project(studio.team, studio.key, name="Shop"),
        bob,
        "validation_failed",
        "Too wide",
        model=make_model("veo"),
    )
    client = browser_of(alice)
    for query in ("q=gave", "verdict=helps", f"project={studio.pk}", f"person={alice.pk}", "q=generation_failed"):
        text = page(client, f"/failures/?{query}")
        assert "The worker gave up." in text, query
        assert "Too wide" not in text, query
    for query in ("state=moon&verdict=sun&project=1&person=%00", "page=older-9-x", "q=%00"):
        text = page(client, f"/failures/?{query}")
        assert "The worker gave up." in text, query
        assert "Too wide" in text, query


def test_the_lists_have_pages_that_begin_where_the_last_one_ended(
    browser_of: Any, studio: Project, alice: User
) -> None:
    one = fail(studio, alice, "code_0")
    now = timezone.now()
    for number in range(1, 31):
        fail_many(one, 1, "It broke.", error_code=f"code_{number}", finished_at=now - timedelta(minutes=number))
    fail_many(one, 60, "It broke.", finished_at=now - timedelta(days=1))
    group_failures()
    client = browser_of(alice)
    first = client.get("/failures/")
    second = client.get(first.context["links"].older)
    seen = [row.cause.code for answer in (first, second) for row in answer.context["rows"]]
    assert seen == [f"code_{number}" for number in range(31)]
    cause = Cause.objects.get(code="code_0")
    jobs, address = [], f"/failures/{cause.pk}/"
    while address:
        answer = client.get(address)
        jobs += [failure.pk for failure, _ in answer.context["listed"]]
        address = answer.context["links"].older
    assert len(jobs) == len(set(jobs)) == 61


def test_a_cause_is_assigned_noted_resolved_and_opened_again(
    browser_of: Any, cause: Cause, alice: User, bob: User
) -> None:
    client = browser_of(bob)
    client.post(f"/failures/{cause.pk}/assignment/", {"person": str(alice.pk)})
    client.post(f"/failures/{cause.pk}/notes/", {"text": "Asked Rivya <b>today</b>."})
    cause.refresh_from_db()
    assert (cause.state, cause.assigned_to) == (Cause.State.ASSIGNED, alice)
    text = page(client, f"/failures/{cause.pk}/")
    assert "Asked Rivya &lt;b&gt;today&lt;/b&gt;." in text
    client.post(f"/failures/{cause.pk}/resolution/", {"text": "Rivya mended it."})
    client.post(f"/failures/{cause.pk}/reopening/")
    cause.refresh_from_db()
    assert (cause.state, cause.assigned_to, cause.closed_at) == (Cause.State.OPEN, None, None)
    assert acts(cause) == ["failure.assigned", "failure.noted", "failure.resolved", "failure.reopened"]


def test_the_second_of_two_is_told_that_somebody_was_faster(
    browser_of: Any, cause: Cause, alice: User, bob: User
) -> None:
    browser_of(alice).post(f"/failures/{cause.pk}/resolution/", {"text": "Done"})
    for act, form in (("resolution", {"text": "Also"}), ("assignment", {"person": ""}), ("ignoring", {"more": "3"})):
        answer = browser_of(bob).post(f"/failures/{cause.pk}/{act}/", form, follow=True)
        assert "Somebody was faster" in answer.content.decode()
    assert Note.objects.filter(cause=cause).count() == 1
    assert acts(cause) == ["failure.resolved"]


def test_a_resolved_cause_comes_back_when_it_fails_again(
    browser_of: Any, studio: Project, cause: Cause, alice: User
) -> None:
    browser_of(alice).post(f"/failures/{cause.pk}/resolution/", {"text": "Done"})
    group_failures()
    cause.refresh_from_db()
    assert cause.state == Cause.State.RESOLVED
    fail(studio, alice, message="The worker gave up.")
    cause.refresh_from_db()
    assert (cause.state, cause.count, cause.returns) == (Cause.State.OPEN, 2, 1)
    assert "It failed again after it was resolved." in page(browser_of(alice), f"/failures/{cause.pk}/")


def test_a_failure_from_before_the_resolution_does_not_bring_it_back(
    browser_of: Any, studio: Project, cause: Cause, alice: User
) -> None:
    browser_of(alice).post(f"/failures/{cause.pk}/resolution/", {"text": "Done"})
    fail(studio, alice, message="The worker gave up.", finished_at=timezone.now() - timedelta(minutes=1))
    cause.refresh_from_db()
    assert (cause.state, cause.count) == (Cause.State.RESOLVED, 2)


@pytest.mark.parametrize(
    ("act", "form"),
    [
        ("ignoring", {}),
        ("ignoring", {"more": "1", "a_day": "2"}),
        ("ignoring", {"until": "2001-01-01"}),
        ("ignoring", {"until": "9999-12-31"}),
        ("ignoring", {"more": "-3"}),
        ("ignoring", {"more": "99999999999999999999"}),
        ("notes", {"text": ""}),
        ("notes", {"text": "\0"}),
        ("notes", {"text": "\u200b\u3164"}),
        ("notes", {"text": "x" * 4001}),
        ("assignment", {"person": "nobody"}),
    ],
)
def test_a_form_that_makes_no_sense_says_so(
    browser_of: Any, cause: Cause, alice: User, act: str, form: dict[str, str]
) -> None:
    answer = browser_of(alice).post(f"/failures/{cause.pk}/{act}/", form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not acts(cause)


def test_a_viewer_looks_and_changes_nothing(browser_of: Any, team: Team, cause: Cause) -> None:
    client = browser_of(make_user("vera", team, Role.VIEWER))
    text = page(client, f"/failures/{cause.pk}/") + page(client, "/failures/?state=open")
    assert "<form" in text
    for act in ("assignment", "notes", "resolution", "ignoring", "retries"):
        assert f"/{act}/" not in text
        assert client.post(f"/failures/{cause.pk}/{act}/", {"text": "x"}).status_code == 403


def test_the_sidebar_and_home_count_only_what_waits_for_somebody(browser_of: Any, cause: Cause, alice: User) -> None:
    client = browser_of(alice)
    assert ">1<" in page(client, "/failures/count/")
    assert "The generation failed" in page(client, "/failures/asking/")
    assert "/failures/count/" in page(client)
    client.post(f"/failures/{cause.pk}/assignment/", {"person": str(alice.pk)})
    assert page(client, "/failures/count/").strip() == ""
    assert "The generation failed" not in page(client, "/failures/asking/")


def test_a_cause_whose_jobs_came_right_stays_readable(browser_of: Any, cause: Cause, alice: User) -> None:
    Job.objects.update(status=Job.Status.SUCCEEDED, error_code="")
    group_failures()
    assert "they all came right" in page(browser_of(alice), f"/failures/{cause.pk}/")
