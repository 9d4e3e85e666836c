"""What the worker does by the clock: each duty says whether it found work, and may be done twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console.live.models import Event
from console.live.publishing import publish
from console.teams.models import Team
from console.worker.duties import DUTIES, prune_events
from tests.conftest import Sandbox


def test_old_events_are_forgotten_and_new_ones_kept(team: Team) -> None:
    publish(team.pk, "old")
    Event.objects.update(at=timezone.now() - timedelta(minutes=61))
    publish(team.pk, "new")
    assert prune_events() is True
    assert list(Event.objects.values_list("name", flat=True)) == ["new"]
    assert prune_events() is False


@pytest.mark.django_db
def test_every_duty_ends_with_nothing_left_to_do(sandbox: Sandbox) -> None:
    for duty in DUTIES:
        duty.run()
        assert duty.run() is False, duty.run.__name__
