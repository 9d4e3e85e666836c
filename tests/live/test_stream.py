"""The stream of a page: named events, heartbeats, and an end when its reader may no longer look."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient
from django.urls import reverse

from console.live import stream
from console.teams.models import Membership, Team, User
from tests.live.listening import WITHIN_SECONDS, names, newest, say

pytestmark = pytest.mark.django_db(transaction=True)
TEAM = uuid4()


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """The connections of the thread that only this test's loop has do not outlive it."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats ten times a second."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.1)


@pytest.fixture
async def alices(alice: User) -> AsyncClient:
    client = AsyncClient()
    await client.aforce_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


async def listen(client: AsyncClient, **options: Any) -> tuple[Any, Any]:
    """The stream of the page, past its first line; and the answer it is the body of."""
    answer: Any = await client.get(reverse("live:stream"), **options)
    assert (answer.status_code, answer.streaming) == (200, True)
    body = aiter(answer)
    assert await anext(body) == b"retry: 500\n\n"
    return body, answer


async def rest(body: AsyncIterator[bytes]) -> list[bytes]:
    """All that comes until the stream ends by itself."""
    async with asyncio.timeout(WITHIN_SECONDS):
        return [part async for part in body]


async def test_a_page_hears_of_its_team_and_may_not_be_cached(alices: AsyncClient, team: Team) -> None:
    await say(uuid4(), "of-another-team")
    body, answer = await listen(alices, query_params={"since": str(await newest())})
    await say(team.pk, "job-1")
    assert names([await anext(body)]) == ["job-1"]
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/event-stream; charset=utf-8", "no-store")
    assert answer["X-Accel-Buffering"] == "no"
    await body.aclose()


async def test_the_last_event_id_wins_over_the_page_and_nonsense_means_from_now(
    alices: AsyncClient, team: Team
) -> None:
    await say(team.pk, "before")
    drawn = await newest()
    await say(team.pk, "seen")
    headers = {"Last-Event-ID": str(await newest())}
    await say(team.pk, "missed")
    body, _ = await listen(alices, query_params={"since": str(drawn)}, headers=headers)
    heard = [names([await anext(body)])]
    if heard == [["before"]]:  # PostgreSQL repeats the last seconds
        heard = [names([await anext(body)]), names([await anext(body)])][1:]
    assert heard == [["missed"]]
    for nonsense in ("", "-1", "²", "9" * 40, "\x00", "1e3"):
        again, _ = await listen(alices, query_params={"since": nonsense})
        await again.aclose()
    await body.aclose()


async def test_a_removed_persons_stream_ends(impatient: None, alices: AsyncClient, team: Team) -> None:
    body, _ = await listen(alices)
    assert await anext(body) == b": still here\n\n"
    await Membership.objects.filter(team=team).adelete()
    await say(team.pk, "a secret of the team")
    assert names(await rest(body)) in ([], ["a secret of the team"])


async def test_a_busy_streams_end_comes_as_soon(impatient: None) -> None:
    async def no() -> bool:
        return False

    body = stream.events(TEAM, None, no)
    await anext(body)
    speaker = asyncio.create_task(chatter())
    assert len(names(await rest(body))) < 40
    speaker.cancel()
    await asyncio.wait({speaker})


async def test_the_stream_of_an_ended_session_ends(impatient: None, alices: AsyncClient) -> None:
    body, _ = await listen(alices)
    other = AsyncClient()
    other.cookies = alices.cookies
    await other.alogout()
    await rest(body)


async def test_a_stream_ends_by_itself(monkeypatch: pytest.MonkeyPatch, alices: AsyncClient) -> None:
    monkeypatch.setattr(stream, "LONGEST_SECONDS", 0.2)
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.1)
    body, _ = await listen(alices)
    assert set(await rest(body)) <= {b": still here\n\n"}


async def test_whoever_is_in_no_team_has_no_stream(alices: AsyncClient) -> None:
    await Membership.objects.all().adelete()
    assert (await alices.get(reverse("live:stream"))).status_code == 404


async def test_nobody_signed_in_is_told_so_without_a_redirect() -> None:
    assert (await AsyncClient().get(reverse("live:stream"))).status_code == 401


async def chatter() -> None:
    for number in range(400):
        await say(TEAM, f"word-{number}")
        await asyncio.sleep(0.01)
