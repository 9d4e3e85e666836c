"""Filters of the desk under a name: saved, changed and removed by the team."""

from typing import Any

import pytest

from console.failures.models import Cause, SavedView
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
    browser_of(bob).post(f"/failures/views/{view.pk}/removal/")
    assert not SavedView.objects.exists()
