"""A stream is of the asker's team, wherever they say that they stopped reading."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient
from django.urls import reverse

from console.teams.models import Membership, Team, User
from tests.access.people import BACKEND
from tests.live.listening import names, newest, say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    yield
    await sync_to_async(connections.close_all)()


@pytest.mark.parametrize("where", ["since", "Last-Event-ID"])
async def test_a_stream_begun_in_the_past_tells_nothing_of_another_team(team: Team, charlie: User, where: str) -> None:
    mine = await Membership.objects.aget(user=charlie)
    before = await newest()
    await say(team.pk, "theirs", "theirs-too")
    await say(mine.team_id, "mine", "last")
    await say(team.pk, "theirs-later")
    client = AsyncClient()
    await client.aforce_login(charlie, backend=BACKEND)
    told: dict[str, Any] = {"query_params": {"since": before, "team": str(team.pk)}}
    if where == "Last-Event-ID":
        told = {"headers": {"Last-Event-ID": str(before)}, "query_params": {"team": str(team.pk)}}
    answer: Any = await client.get(reverse("live:stream"), **told)
    assert answer.status_code == 200
    heard = []
    async for part in answer:
        heard.append(part)
        if "last" in names(heard):
            break
    assert names(heard) == ["mine", "last"]
