"""Filters of the desk under a name: saved, changed and removed by the team."""

from typing import Any

import pytest
from django.utils import timezone

from console.failures.models import Cause, SavedView
from console.failures.saved_views import MOST
from console.failures.views import PAGE_SIZE
from console.teams.models import User
from tests.failures.test_desk_pages import cause, page, studio

__all__ = ["cause", "studio"]

pytestmark = pytest.mark.django_db


def test_a_view_is_saved_for_the_team_with_what_was_understood(
    browser_of: Any, cause: Cause, alice: User, bob: User
) -> None:
    form = {"name": "Mended", "query": "state=resolved&moon=1&project=x"}
    answer = browser_of(alice).post("/failures/views/", form)
    assert answer.headers["Location"] == "/failures/?state=resolved"
    assert "Mended" in page(browser_of(bob))
    browser_of(alice).post("/failures/views/", {"name": "Mended", "query": "state=ignored"})
    view = SavedView.objects.get()
    assert view.query == "state=ignored"
    assert browser_of(alice).post("/failures/views/", {"name": ""}).status_code == 422


def test_a_view_is_removed_for_the_team_only_once_somebody_said_so(
    browser_of: Any, cause: Cause, alice: User, bob: User
) -> None:
    view = SavedView.objects.create(team=cause.team, name="Of <today>", query="q=fox")
    client, address = browser_of(bob), f"/failures/views/{view.pk}/removal/"
    desk = page(client)
    assert f'href="{address}"' in desk
    assert f'action="{address}"' not in desk
    assert 'aria-label="Remove the view Of &lt;today&gt;"' in desk
    asked = page(client, address)
    assert "Remove the view Of &lt;today&gt;?" in asked
    assert 'href="/failures/?q=fox"' in asked
    assert SavedView.objects.exists()
    client.post(address)
    assert not SavedView.objects.exists()


def test_a_team_with_as_many_views_as_it_may_have_changes_them_still(
    browser_of: Any, cause: Cause, alice: User
) -> None:
    team = cause.team
    SavedView.objects.bulk_create(SavedView(team=team, name=f"View {number}") for number in range(MOST))
    client = browser_of(alice)
    assert client.post("/failures/views/", {"name": "One more", "query": "state=open"}).status_code == 422
    assert client.post("/failures/views/", {"name": "View 7", "query": "state=open"}).status_code == 302
    assert SavedView.objects.count() == MOST
    assert SavedView.objects.get(name="View 7").query == "state=open"


def test_a_view_that_is_refused_leaves_the_filters_as_they_were(browser_of: Any, cause: Cause, alice: User) -> None:
    alike = {"team": cause.team, "message": "Too wide", "count": 1, "last_seen_at": timezone.now()}
    Cause.objects.bulk_create(Cause(code=f"code_{number}", **alike) for number in range(PAGE_SIZE + 1))
    answer = browser_of(alice).post("/failures/views/", {"name": "", "query": "q=Too+wide"})
    assert answer.status_code == 422
    assert answer.context["wish"] == {"q": "Too wide"}
    assert answer.context["links"].older.startswith("/failures/?q=Too+wide&page=older-")
    text = answer.content.decode()
    assert "The worker gave up." not in text
    assert 'value="q=Too+wide"' in text
