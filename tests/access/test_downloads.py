"""A file on its way ends soon after its reader lost the right to it, for whichever reason."""

from collections.abc import AsyncIterator, Callable
from itertools import product
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.files.base import ContentFile
from django.db import connections
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone

from console.engine import cutting
from console.engine.cutting import CutShort
from console.files import serving
from console.projects.membership import limit
from console.support.models import Opening, Viewing
from console.support.viewing import COOKIE
from console.teams.ending_sessions import end_sessions
from console.teams.models import Membership, Team, User
from tests.access.people import BACKEND
from tests.factories import make_job, make_key, make_project, make_result, make_user
from tests.files.library import make_file

pytestmark = pytest.mark.django_db
BYTES = b"the bytes of a result"
NAMES = ["jobs:result", "jobs:result_download", "jobs:result_preview", "files:content", "files:preview"]
OF_STAFF = ["result", "result_preview", "file_bytes", "file_preview"]


@pytest.fixture
async def committed(transactional_db: None) -> AsyncIterator[None]:
    """What a test writes, the threads of an asynchronous request read."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture(autouse=True)
def each_chunk_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "ASKED_EVERY_SECONDS", 0.0)
    monkeypatch.setattr(serving, "CHUNK_BYTES", 7)


@pytest.fixture
def paths(team: Team, alice: User, settings: Any, tmp_path: Any) -> dict[str, str]:
    """Where a result and a file of Alice's are, for members and for the staff."""
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"]}}
    settings.STORAGES["default"]["OPTIONS"] = {"location": str(tmp_path), "base_url": None}
    project = make_project(team, make_key(team))
    result, file = make_result(make_job(project, alice), sha256="1" * 64), make_file(project, alice)
    result.content.save("a.png", ContentFile(BYTES))
    result.preview.save("b.webp", ContentFile(BYTES))
    known = {"result": result.pk, "file": file.pk}
    names = [*NAMES, *(f"admin:content_{name}" for name in OF_STAFF)]
    return {name: reverse(name, args=[known["result" if "result" in name else "file"]]) for name in names}


def remove(bob: User) -> None:
    Membership.objects.filter(user=bob).delete()


def suspend(bob: User) -> None:
    Membership.objects.filter(user=bob).update(suspended_at=timezone.now())


def sign_out(bob: User) -> None:
    assert end_sessions(bob) == 1


def lose_the_project(bob: User) -> None:
    membership = bob.memberships.get()
    other = make_project(membership.team, make_key(membership.team, "rvya_sk_test_2222222222222222"), name="Other")
    limit(membership, [other], actor=None)


def ask_for_a_second_step(bob: User) -> None:
    Team.objects.filter(memberships__user=bob).update(requires_second_step=True)


WAYS = [remove, suspend, sign_out, lose_the_project, ask_for_a_second_step]


@pytest.mark.parametrize("way", WAYS)
async def test_what_ends_a_download(
    committed: None, paths: dict[str, str], bob: User, way: Callable[[User], None]
) -> None:
    answer = await begun(bob, paths["jobs:result"])
    body = aiter(answer.streaming_content)
    assert len(await anext(body)) == 7
    await sync_to_async(way)(bob)
    with pytest.raises(CutShort):
        await anext(body)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["jobs:result", "files:content"])
def test_what_ends_it_on_a_synchronous_server(
    paths: dict[str, str], bob: User, browser_of: Any, name: str, way: Callable[[User], None]
) -> None:
    body = iter(browser_of(bob).get(paths[name]).streaming_content)
    assert len(next(body)) == 7
    way(bob)
    with pytest.raises(CutShort):
        next(body)


@pytest.mark.parametrize("name", NAMES)
async def test_every_address_of_bytes_asks_again(committed: None, paths: dict[str, str], bob: User, name: str) -> None:
    answer = await begun(bob, paths[name])
    await sync_to_async(suspend)(bob)
    with pytest.raises(CutShort):
        await anext(aiter(answer.streaming_content))


@pytest.mark.parametrize("name", NAMES)
def test_whoever_may_gets_every_byte(paths: dict[str, str], bob: User, browser_of: Any, name: str) -> None:
    answer = browser_of(bob).get(paths[name])
    assert len(b"".join(answer.streaming_content)) == int(answer["Content-Length"])


@pytest.fixture
def opening(team: Team, alice: User) -> Opening:
    sue = make_user("sue", is_staff=True)
    return Opening.objects.create(team=team, staff=sue, reason="To see whether downloads end")


def end_it(opening: Opening) -> None:
    Opening.objects.filter(pk=opening.pk).update(ended_at=timezone.now())


def let_it_run_out(opening: Opening) -> None:
    Opening.objects.filter(pk=opening.pk).update(until=timezone.now())


def sign_the_staff_out(opening: Opening) -> None:
    assert end_sessions(opening.staff) == 1


def take_them_off_the_staff(opening: Opening) -> None:
    User.objects.filter(pk=opening.staff_id).update(is_staff=False)


ENDS = [end_it, let_it_run_out, sign_the_staff_out, take_them_off_the_staff]


@pytest.mark.parametrize(("name", "end"), [*product(OF_STAFF[:1], ENDS), *product(OF_STAFF[1:], ENDS[:1])])
async def test_what_the_staff_read_ends_with_the_opening(
    committed: None, paths: dict[str, str], opening: Opening, name: str, end: Callable[[Opening], None]
) -> None:
    answer = await begun(opening.staff, paths[f"admin:content_{name}"])
    body = aiter(answer.streaming_content)
    assert len(await anext(body)) == 7
    await sync_to_async(end)(opening)
    with pytest.raises(CutShort):
        await anext(body)


@pytest.mark.parametrize("name", OF_STAFF)
def test_in_an_opening_every_byte_comes(paths: dict[str, str], opening: Opening, browser_of: Any, name: str) -> None:
    answer = browser_of(opening.staff).get(paths[f"admin:content_{name}"])
    assert len(b"".join(answer.streaming_content)) == int(answer["Content-Length"])


@pytest.mark.parametrize("end", ENDS)
def test_what_is_seen_through_somebodys_eyes_ends_with_it(
    paths: dict[str, str], opening: Opening, bob: User, browser_of: Any, end: Callable[[Opening], None]
) -> None:
    support: Client = browser_of(opening.staff)
    support.cookies[COOKIE] = str(Viewing.objects.create(opening=opening, person=bob).pk)
    body = iter(support.get(paths["jobs:result"]).streaming_content)  # type: ignore[attr-defined]
    assert len(next(body)) == 7
    end(opening)
    with pytest.raises(CutShort):
        next(body)


async def begun(person: User, path: str) -> Any:
    client = AsyncClient()
    await client.aforce_login(person, backend=BACKEND)
    answer: Any = await client.get(path)
    assert (answer.status_code, answer.is_async) == (200, True)
    return answer
