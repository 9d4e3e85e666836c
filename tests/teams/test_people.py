"""The people page: everybody looks, owners and admins act, nobody grants more than they have, one owner stays."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent
from console.teams.access import MAY, Act
from console.teams.models import Membership, Role, Team, User
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db
ROLES = list(Role)
# Who may give whom which role: rows are the asker's role; in each, (their role, new role) that is allowed.
LOWER = [Role.ADMIN, Role.MEMBER, Role.VIEWER]
MAY_CHANGE = {
    Role.OWNER: {(old, new) for old in ROLES for new in ROLES},
    Role.ADMIN: {(old, new) for old in LOWER for new in LOWER},
    Role.MEMBER: set(),
    Role.VIEWER: set(),
}


def member(team: Team, role: str, name: str = "dora") -> Membership:
    return Membership.objects.get(user=make_user(name, team, role))


def change(client: Client, theirs: Membership, role: str) -> int:
    return client.post(reverse("teams:change_role", args=[theirs.pk]), {"role": role}).status_code


def remove(client: Client, theirs: Membership) -> int:
    return client.post(reverse("teams:remove", args=[theirs.pk])).status_code


@pytest.mark.parametrize("mine", ROLES)
@pytest.mark.parametrize("theirs", ROLES)
@pytest.mark.parametrize("new", ROLES)
def test_nobody_grants_more_than_they_have(browser_of: Any, alice: User, mine: str, theirs: str, new: str) -> None:
    team = alice.memberships.get().team
    asker, other = member(team, mine, "asker"), member(team, theirs, "other")
    status = change(browser_of(asker.user), other, new)
    other.refresh_from_db()
    allowed = (theirs, new) in MAY_CHANGE[Role(mine)]
    refused = 422 if mine in MAY[Act.MANAGE_PEOPLE] else 403
    assert (status, other.role) == ((302, new) if allowed else (refused, theirs))
    assert AuditEvent.objects.filter(act="member.role_changed").count() == int(allowed)


@pytest.mark.parametrize("mine", ROLES)
@pytest.mark.parametrize("theirs", ROLES)
def test_who_may_remove_whom(browser_of: Any, alice: User, mine: str, theirs: str) -> None:
    team = alice.memberships.get().team
    asker, other = member(team, mine, "asker"), member(team, theirs, "other")
    status = remove(browser_of(asker.user), other)
    allowed = mine == Role.OWNER or (mine == Role.ADMIN and theirs != Role.OWNER)
    refused = 422 if mine in MAY[Act.MANAGE_PEOPLE] else 403
    assert status == (302 if allowed else refused)
    assert Membership.objects.filter(pk=other.pk).exists() != allowed


@pytest.mark.parametrize("mine", ROLES)
@pytest.mark.parametrize("theirs", ROLES)
def test_removing_is_asked_first_on_a_page_of_its_own(
    browser_of: Any, alice: User, team: Team, mine: str, theirs: str
) -> None:
    asker, other = member(team, mine, "asker"), member(team, theirs, "other")
    answer = browser_of(asker.user).get(reverse("teams:remove", args=[other.pk]))
    allowed = mine == Role.OWNER or (mine == Role.ADMIN and theirs != Role.OWNER)
    refused = 422 if mine in MAY[Act.MANAGE_PEOPLE] else 403
    assert answer.status_code == (200 if allowed else refused)
    assert ("Remove Other?" in answer.content.decode()) == allowed
    assert Membership.objects.filter(pk=other.pk).exists()


def test_nobody_is_removed_by_a_button_of_the_people_page(browser_of: Any, alice: User, bob: User) -> None:
    client, theirs = browser_of(alice), reverse("teams:remove", args=[bob.memberships.get().pk])
    page = client.get(reverse("teams:people")).content.decode()
    assert f'action="{theirs}"' not in page
    assert f'href="{theirs}"' in page
    assert f'action="{theirs}"' in client.get(theirs).content.decode()
    mine = browser_of(bob).get(theirs).content.decode()
    assert "Leave Alice&#x27;s team?" in mine


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER, Role.VIEWER])
def test_everybody_may_leave(browser_of: Any, alice: User, team: Team, role: str) -> None:
    mine = member(team, role)
    client: Client = browser_of(mine.user)
    assert remove(client, mine) == 302
    assert AuditEvent.objects.get().act == "member.left"
    assert client.get(reverse("teams:people")).headers["Location"] == reverse("teams:none")
    assert client.get(reverse("teams:none")).status_code == 200


def test_staff_who_sign_in_at_the_front_door_are_led_to_the_support_site(browser_of: Any, db: None) -> None:
    page = browser_of(make_user("sue", is_staff=True)).get("/", follow=True).content.decode()
    assert f'href="{reverse("admin:index")}"' in page
    assert "Ask an owner" not in page


def test_the_last_owner_can_neither_leave_nor_step_down(browser_of: Any, alice: User, bob: User, team: Team) -> None:
    client, mine = browser_of(alice), alice.memberships.get()
    assert remove(client, mine) == 422
    assert {change(client, mine, role) for role in LOWER} == {422}
    assert "keeps at least one owner" in client.post(reverse("teams:remove", args=[mine.pk])).content.decode()
    assert change(client, bob.memberships.get(), Role.OWNER) == 302
    assert change(client, mine, Role.MEMBER) == 302
    assert Membership.objects.get(team=team, role=Role.OWNER).user == bob


def test_two_owners_who_leave_at_once_leave_one_behind(
    transactional_db: None, browser_of: Any, alice: User, team: Team
) -> None:
    second = member(team, Role.OWNER)
    leaving = [(browser_of(each.user), each) for each in (alice.memberships.get(), second)]

    def leave(number: int) -> int:
        try:
            return remove(*leaving[number])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(leave, range(2))) == [302, 422]
    assert Membership.objects.filter(team=team, role=Role.OWNER).count() == 1


def test_one_person_removed_from_many_sides_is_removed_once(
    transactional_db: None, browser_of: Any, alice: User, bob: User
) -> None:
    theirs, clients = bob.memberships.get(), [browser_of(alice) for _ in range(6)]

    def out(client: Client) -> int:
        try:
            return remove(client, theirs)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as clicks:
        assert sorted(clicks.map(out, clients)) == [302, 404, 404, 404, 404, 404]
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("role", ["king", "", "owner "])
def test_a_role_that_is_none_is_refused(browser_of: Any, alice: User, bob: User, role: str) -> None:
    assert change(browser_of(alice), bob.memberships.get(), role) == 422


def test_the_page_shows_acts_to_those_who_may_act(browser_of: Any, alice: User, bob: User) -> None:
    acts = reverse("teams:change_role", args=[alice.memberships.get().pk])
    assert acts in browser_of(alice).get(reverse("teams:people")).content.decode()
    page = browser_of(bob).get(reverse("teams:people")).content.decode()
    assert acts not in page
    assert "alice@example.com" in page
    assert reverse("teams:remove", args=[bob.memberships.get().pk]) in page, "everybody may leave"


@pytest.mark.parametrize("name", ["teams:people", "projects:invite"])
def test_what_a_viewer_may_do_is_said_as_it_is(browser_of: Any, alice: User, name: str) -> None:
    page = browser_of(alice).get(reverse(name)).content.decode()
    assert "nothing" in page
    assert "review" not in page


def test_a_removed_person_finds_nothing_any_more(browser_of: Any, alice: User, bob: User) -> None:
    client, theirs = browser_of(bob), bob.memberships.get()
    assert client.get(reverse("teams:people")).status_code == 200
    remove(browser_of(alice), theirs)
    assert client.get(reverse("teams:people")).headers["Location"].startswith(reverse("account_login"))
    again: Client = browser_of(bob)
    assert again.get(reverse("teams:people")).headers["Location"] == reverse("teams:none")
    assert remove(again, alice.memberships.get()) == 404


def test_a_person_switches_between_their_teams_only(browser_of: Any, alice: User, charlie: User) -> None:
    second = make_team(alice, name="The other one")
    client: Client = browser_of(alice)
    client.post(reverse("teams:switch", args=[second.pk]))
    assert "The other one" in client.get(reverse("teams:people")).content.decode()
    theirs = charlie.memberships.get().team
    assert client.post(reverse("teams:switch", args=[theirs.pk])).status_code == 404
    assert client.get(reverse("teams:people")).context["team"] == second
    assert client.get(reverse("teams:switch", args=[second.pk])).status_code == 405


def test_a_page_of_another_of_my_teams_makes_it_the_current_one(browser_of: Any, alice: User) -> None:
    second = make_team(alice, name="The other one")
    theirs = make_user("dora", second).memberships.get()
    client: Client = browser_of(alice)
    change(client, theirs, Role.ADMIN)
    assert client.get(reverse("teams:people")).context["team"] == second


def test_whoever_is_in_a_team_does_not_see_the_page_for_those_in_none(browser_of: Any, alice: User) -> None:
    assert browser_of(alice).get(reverse("teams:none")).headers["Location"] == reverse("home")


@pytest.fixture
def crowd(alice: User) -> Team:
    team = alice.memberships.get().team
    for number in range(12):
        member(team, Role.VIEWER if number % 2 else Role.MEMBER, f"guest{number}")
    return team


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "guest11"}, {"guest11"}),
        ({"q": "GUEST1 example"}, {"guest1", "guest10", "guest11"}),
        ({"q": "guest1", "role": "viewer"}, {"guest1", "guest11"}),
        ({"q": "nobody at all"}, set()),
        ({"q": "guest\0s"}, set()),
        ({"role": "owner"}, {"alice"}),
        ({"q": "   ", "role": "no such role"}, {"alice", *(f"guest{number}" for number in range(12))}),
    ],
)
def test_one_of_many_is_found_by_name_address_and_role(
    browser_of: Any, alice: User, crowd: Team, asked: dict[str, str], found: set[str]
) -> None:
    page = browser_of(alice).get("/people/", asked)
    assert {each.user.email.split("@")[0] for each in page.context["members"]} == found
    assert ("Nobody matches" in page.content.decode()) == (not found)


def test_capitals_do_not_matter_in_any_script(browser_of: Any, alice: User, crowd: Team) -> None:
    User.objects.filter(email="guest3@example.com").update(name="Дмитрий Łukasz")
    for words in ("дмитрий", "ДМИТРИЙ", "łUKASZ дми"):
        page = browser_of(alice).get("/people/", {"q": words})
        assert [each.user.name for each in page.context["members"]] == ["Дмитрий Łukasz"]


def test_a_change_of_role_keeps_the_search(browser_of: Any, alice: User, crowd: Team) -> None:
    browser = browser_of(alice)
    (found,) = browser.get("/people/", {"q": "guest11"}).context["members"]
    form = f"/people/{found.pk}/role/?q=guest11"
    assert f'action="{form}"' in browser.get("/people/", {"q": "guest11"}).content.decode()
    assert browser.post(form, {"role": "admin"}).headers["Location"] == "/people/?q=guest11"
    refused = browser.post(form, {"role": "nonsense"})
    assert (refused.status_code, [each.pk for each in refused.context["members"]]) == (422, [found.pk])


def test_few_people_are_not_searched_and_other_teams_never(browser_of: Any, alice: User, charlie: User) -> None:
    assert 'name="q"' not in browser_of(alice).get("/people/").content.decode()
    assert not browser_of(alice).get("/people/", {"q": charlie.email}).context["members"]
