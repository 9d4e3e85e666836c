"""An export ends soon after whoever asked for it is out of the team, and says so."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient
from django.urls import reverse
from django.utils import timezone

from console.teams import streaming
from console.teams.models import Membership, Team, User
from console.ui.spreadsheets import CUT_SHORT
from tests.factories import make_job, make_key, make_project

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("is_out", [True, False])
async def test_a_jobs_export_ends_for_whoever_is_suspended(
    monkeypatch: pytest.MonkeyPatch, team: Team, alice: User, bob: User, is_out: bool
) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT_SECONDS", 0.0)
    await sync_to_async(lambda: make_job(make_project(team, make_key(team)), alice))()
    client = AsyncClient()
    await client.aforce_login(bob, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer: Any = await client.get(reverse("jobs:export"))
    if is_out:
        await Membership.objects.filter(user=bob).aupdate(suspended_at=timezone.now())
    told = b"".join([chunk async for chunk in answer.streaming_content])
    assert (told == CUT_SHORT) == is_out
    assert (b"paper boat" in told) != is_out
