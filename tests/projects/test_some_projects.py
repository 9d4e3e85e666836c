"""A member or viewer may be in some projects only: then the others do not exist, in any room."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent
from console.credits import ledger
from console.jobs.models import Job
from console.live.models import Event
from console.live.publishing import publish
from console.notices.models import Notice, NoticeQuerySet
from console.notices.telling import tell
from console.projects.membership import ForeignProject, let_in, limit, open_to_all, shut_out
from console.projects.models import Project, ProjectMember
from console.projects.reach import reach_of
from console.teams.models import Membership, Role, Team, User
from console.teams.streaming import reach_of as reach_of_stream
from tests.factories import make_job, make_key, make_project, make_team, make_turn
from tests.house.routes import Route
from tests.house.test_strangers import (
    ADDRESSES,
    OBJECT_OF,
    OPEN,
    QUERIES,
    WITH_ID,
    Owned,
    arguments,
    owned,
    told,
    whole,
)

pytestmark = pytest.mark.django_db
__all__ = ["owned"]  # the fixture: one of everything in Alice's team, in one project

OF_A_PROJECT = {
    *("job", "result", "file", "project", "conversation", "turn", "ask", "charge"),
    *("cause", "bulk", "saved_view", "interval"),
}
HIDDEN = [route for route in WITH_ID if OBJECT_OF[route.name] in OF_A_PROJECT]
MARK = "Xylograph"


@pytest.fixture
def seen(owned: Owned, team: Team) -> Project:
    """The project that Bob is in; the one of everything else is hidden from him."""
    project = make_project(team, make_key(team, "rvya_sk_test_1111111111111111"), name="Seen")
    Project.objects.filter(pk=owned.project).update(name=MARK, purpose=MARK)
    Job.objects.filter(project=UUID(owned.project)).update(prompt=MARK, model_name=MARK)
    return project


@pytest.fixture
def limited(bob: User, seen: Project, alice: User) -> Client:
    limit(bob.memberships.get(), [seen], actor=alice)
    client = Client()
    client.force_login(bob, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("route", HIDDEN, ids=lambda route: route.name)
def test_what_is_hidden_cannot_be_told_from_what_is_absent(limited: Client, owned: Owned, route: Route) -> None:
    pairs = []
    for pk in (getattr(owned, OBJECT_OF[route.name]), str(uuid4())):
        path = reverse(route.name, args=arguments(route, pk))
        pairs.append([told(limited.get(path)), told(limited.post(path, {"role": Role.OWNER}))])
    assert pairs[0] == pairs[1]
    assert 404 in {status for status, _body in pairs[0]}
    assert {status for status, _body in pairs[0]} <= {404, 405}


def lists() -> Iterator[str]:
    for route in ADDRESSES:
        if not route.parameters and route.name not in OPEN:
            yield reverse(route.name)
    yield reverse("credits:statement", args=[f"{Project.objects.first().created_at:%Y-%m}"])  # type: ignore[union-attr]
    yield reverse("jobs:index") + f"?q={MARK}"
    yield reverse("jobs:index") + "?view=table&kind=image"
    yield reverse("credits:usage_ledger") + "?what=charged"


def test_no_list_sum_export_or_search_tells_of_a_hidden_project(
    limited: Client, owned: Owned, browser_of: Any, alice: User
) -> None:
    hidden = [MARK, owned.job, owned.conversation, owned.turn, owned.charge, owned.file, owned.cause, owned.project]
    found_by_alice = set()
    for path in lists():
        text = body_of(limited.get(path))
        assert [word for word in hidden if word in text and word not in path] == [], path
        if any(word in body_of(browser_of(alice).get(path)) for word in hidden):
            found_by_alice.add(path.partition("?")[0])
    wanted = {"home", "jobs:index", "jobs:export", "files:index", "chat:index", "projects:index", "credits:budgets"}
    wanted |= {"credits:usage", "credits:usage_ledger", "credits:usage_export", "failures:index"}
    assert {reverse(name) for name in wanted} <= found_by_alice, "a list that shows nothing proves nothing"


@pytest.mark.parametrize(("name", "parameter", "kind"), [each for each in QUERIES if each[2] in OF_A_PROJECT])
def test_a_query_finds_nothing_of_a_hidden_project(
    limited: Client, owned: Owned, name: str, parameter: str, kind: str
) -> None:
    theirs, absent = [told(limited.get(reverse(name), {parameter: pk})) for pk in (getattr(owned, kind), str(uuid4()))]
    assert theirs == absent


def test_sums_are_of_the_seen_projects_only(
    limited: Client, owned: Owned, seen: Project, bob: User, browser_of: Any, alice: User
) -> None:
    job = make_job(seen, bob)
    ledger.settle(job.pk, 1)
    days = {"what": "charged"}
    mine = limited.get(reverse("credits:usage_ledger"), days).context["lines"]
    everybodys = browser_of(alice).get(reverse("credits:usage_ledger"), days).context["lines"]
    assert len(mine) == 1
    assert len(everybodys) == 2
    assert limited.get(reverse("jobs:spend")).context["total"] == 1
    assert browser_of(alice).get(reverse("jobs:spend")).context["total"] == 2
    assert [row.project for row in limited.get(reverse("credits:budgets")).context["rows"]] == [seen]


def test_the_pages_of_several_projects_come_together_in_order(
    bob: User, team: Team, alice: User, seen: Project, browser_of: Any
) -> None:
    other = make_project(team, seen.key, name="Other")
    made = [make_job(project, bob) for _ in range(30) for project in (seen, other)]
    limit(bob.memberships.get(), [seen, other], actor=alice)
    browser = browser_of(bob)
    first = browser.get(reverse("jobs:index"))
    second = browser.get(first.context["links"].older)
    back = browser.get(second.context["links"].newer)
    listed = [card.job.pk for answer in (first, second) for card in answer.context["cards"]]
    assert listed == [job.pk for job in sorted(made, key=lambda job: (job.created_at, job.pk.int), reverse=True)]
    assert [card.job.pk for card in back.context["cards"]] == listed[:48]


def test_forms_reach_no_hidden_project(limited: Client, owned: Owned) -> None:
    before = Job.objects.count()
    for name, form in {
        "jobs:index": {"project": owned.project, "model": "z-image", "prompt": "x"},
        "chat:index": {"project": owned.project, "model": "gpt-5-2-chat", "message": "x", "submission": str(uuid4())},
        "files:index": {"project": owned.project},
    }.items():
        assert limited.post(reverse(name), form).status_code == 404, name
    assert limited.post(reverse("jobs:index"), {"from": owned.job, "prompt": "x"}).status_code == 404
    assert Job.objects.count() == before


def test_the_stream_of_a_page_carries_only_what_its_person_sees(limited: Client, owned: Owned, bob: User) -> None:
    theirs = bob.memberships.get()
    reach = reach_of_stream(bob.pk, theirs.team_id)
    assert reach is not None
    assert tuple(reach) == reach_of(theirs)
    since = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    publish(theirs.team_id, f"job-{owned.job}", id=owned.job, project_id=UUID(owned.project))
    publish(theirs.team_id, "failures", project_id=UUID(int=0))
    publish(theirs.team_id, "key-1")
    for seen_project in reach:
        publish(theirs.team_id, "jobs-new", project_id=seen_project)
    events = Event.objects.filter(id__gt=since).order_by("id")
    passed = [each.name for each in events if each.project_id is None or each.project_id in reach]
    assert passed == ["key-1", "jobs-new"]


def test_every_event_of_a_projects_work_says_whose_it_is(seen: Project, bob: User) -> None:
    since = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    make_job(seen, bob)
    make_turn(seen, bob)
    written = Event.objects.filter(id__gt=since)
    assert {each.project_id for each in written} == {seen.pk}
    assert written.count() >= 3


def test_a_notice_about_a_project_is_read_while_its_person_sees_it(
    bob: User, team: Team, seen: Project, alice: User
) -> None:
    tell([bob], team=team, kind="budget", key="a", title="About it", project_id=seen.pk)
    tell([bob], team=team, kind="budget", key="b", title="About the team")
    assert titles(Notice.objects.visible_to(bob)) == ["About it", "About the team"]
    limit(bob.memberships.get(), [seen], actor=alice)
    assert titles(Notice.objects.visible_to(bob)) == ["About it", "About the team"]
    limit(bob.memberships.get(), [], actor=alice)
    assert titles(Notice.objects.visible_to(bob)) == ["About the team"]
    assert titles(Notice.objects.filter(person=bob).unmailed()) == ["About the team"]


def test_what_spans_all_projects_is_closed_to_who_sees_some(limited: Client) -> None:
    for name in ("failures:index", "credits:wallet"):
        assert limited.get(reverse(name)).status_code == 403
    for name in ("failures:count", "failures:asking"):
        answer = limited.get(reverse(name))
        assert (answer.status_code, answer.content.strip()) == (200, b"")


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owners_and_admins_see_all_whatever_their_row_says(bob: User, seen: Project, owned: Owned, role: str) -> None:
    Membership.objects.filter(user=bob).update(role=role, all_projects=False)
    assert {str(pk) for pk in Project.objects.visible_to(bob).values_list("pk", flat=True)} >= {owned.project}
    assert reach_of(bob.memberships.get()) is None


def test_limiting_is_recorded_once_and_never_reaches_another_team(bob: User, seen: Project, alice: User) -> None:
    theirs = bob.memberships.get()
    foreign = make_project(make_team())
    with pytest.raises(ForeignProject):
        limit(theirs, [seen, foreign], actor=alice)
    assert Membership.objects.get(pk=theirs.pk).all_projects
    assert not ProjectMember.objects.exists()
    for _ in range(2):
        limit(theirs, [seen], actor=alice)
    shut_out(theirs, seen, actor=alice)
    let_in(theirs, seen, actor=alice)
    open_to_all(theirs, actor=alice)
    acts = AuditEvent.objects.filter(object_id=str(theirs.pk)).order_by("at").values_list("act", flat=True)
    assert list(acts) == ["member.limited"] * 3 + ["member.opened_to_all"]
    assert not ProjectMember.objects.exists()


def test_an_admin_lets_people_in_and_out_on_the_projects_page(
    bob: User, seen: Project, alice: User, browser_of: Any
) -> None:
    theirs, page = bob.memberships.get(), reverse("projects:people", args=[seen.pk])
    browser: Client = browser_of(alice)
    refused = browser.post(page, {"membership": theirs.pk, "sees": "no"})
    assert refused.status_code == 422
    assert "sees every project" in refused.content.decode()
    limit(theirs, [], actor=alice)
    for sees, expected in (("yes", 200), ("no", 404)):
        assert browser.post(page, {"membership": theirs.pk, "sees": sees}).status_code == 302
        assert browser_of(bob).get(reverse("projects:show", args=[seen.pk])).status_code == expected
    foreign = make_team(owner=alice).memberships.get()
    assert browser.post(page, {"membership": foreign.pk, "sees": "yes"}).status_code == 422
    assert browser_of(bob).get(page).status_code == 404


def titles(found: NoticeQuerySet) -> list[str]:
    return sorted(found.values_list("title", flat=True))


def body_of(answer: Any) -> str:
    content: bytes = async_to_sync(whole)(answer) if answer.streaming else answer.content
    return content.decode()
