"""Who a cause can be given to, who is told, and what becomes of it when they may not look after it any more."""

from typing import Any

import pytest
from django.utils import timezone

from console.failures.models import Cause
from console.notices.models import Notice
from console.teams.models import Membership, Role, Team, User
from tests.factories import make_user
from tests.failures.test_desk_pages import cause, page, studio

__all__ = ["cause", "studio"]

pytestmark = pytest.mark.django_db


def test_nobody_from_outside_is_given_a_cause(browser_of: Any, cause: Cause, alice: User, charlie: User) -> None:
    assert browser_of(alice).post(f"/failures/{cause.pk}/assignment/", {"person": charlie.pk}).status_code == 422


@pytest.mark.parametrize("change", [{"role": Role.VIEWER}, {"all_projects": False}, {"suspended_at": timezone.now()}])
def test_a_cause_is_given_only_to_who_may_look_after_it(
    browser_of: Any, cause: Cause, alice: User, bob: User, change: dict[str, Any]
) -> None:
    client, address = browser_of(alice), f"/failures/{cause.pk}/"
    choice = f'<option value="{bob.pk}"'
    assert choice in page(client, address)
    Membership.objects.filter(user=bob).update(**change)
    assert choice not in page(client, address)
    assert client.post(f"{address}assignment/", {"person": str(bob.pk)}).status_code == 422
    assert not Notice.objects.exists()


def test_who_is_given_a_cause_is_told_each_time_by_somebody_else(
    browser_of: Any, cause: Cause, alice: User, bob: User
) -> None:
    def give(by: User, to: User | None) -> None:
        browser_of(by).post(f"/failures/{cause.pk}/assignment/", {"person": str(to.pk) if to else ""})

    give(bob, bob)
    assert not Notice.objects.exists()
    give(alice, bob)  # who has it already
    assert not Notice.objects.exists()
    give(alice, None)
    give(alice, bob)
    notice = Notice.objects.get()
    assert (notice.person, notice.title) == (bob, f"{alice.display_name} asks you to look after a cause of failures")
    assert notice.text == "The generation failed on Z Image"
    assert browser_of(bob).get(notice.url).status_code == 200
    give(alice, None)
    give(alice, bob)
    assert Notice.objects.filter(person=bob).count() == 2


@pytest.mark.parametrize(
    "change", [{"role": Role.VIEWER}, {"all_projects": False}, {"suspended_at": timezone.now()}, None]
)
def test_a_cause_whose_person_may_not_look_after_it_any_more_waits_for_somebody(
    browser_of: Any, cause: Cause, alice: User, bob: User, change: dict[str, Any] | None
) -> None:
    client = browser_of(alice)
    client.post(f"/failures/{cause.pk}/assignment/", {"person": str(bob.pk)})
    assert f"</svg>{bob.display_name}</span>" in page(client)
    assert page(client, "/failures/count/").strip() == ""
    assert "No cause fits" in page(client, "/failures/?state=open")
    theirs = Membership.objects.filter(user=bob)
    if change:
        theirs.update(**change)
    else:
        theirs.delete()
    assert ">1<" in page(client, "/failures/count/")
    for address in ("/failures/", "/failures/?state=open", "/failures/asking/", f"/failures/{cause.pk}/"):
        assert f"Nobody (was {bob.display_name})" in page(client, address), address


def test_a_cause_of_a_person_who_is_deleted_waits_for_somebody(
    browser_of: Any, cause: Cause, alice: User, team: Team
) -> None:
    client, mia = browser_of(alice), make_user("mia", team, Role.MEMBER)
    client.post(f"/failures/{cause.pk}/assignment/", {"person": str(mia.pk)})
    Cause.objects.update(assigned_to=None)  # what the database does when the row of the person goes
    assert ">1<" in page(client, "/failures/count/")
    assert "Unassigned" in page(client, "/failures/asking/")
