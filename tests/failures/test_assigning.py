"""Who a cause can be given to, who is told, and what becomes of it when they may not look after it any more."""

from typing import Any

import pytest

from console.failures.models import Cause
from console.teams.models import User
from tests.failures.test_desk_pages import cause, studio

__all__ = ["cause", "studio"]

pytestmark = pytest.mark.django_db


def test_nobody_from_outside_is_given_a_cause(browser_of: Any, cause: Cause, alice: User, charlie: User) -> None:
    assert browser_of(alice).post(f"/failures/{cause.pk}/assignment/", {"person": charlie.pk}).status_code == 422
