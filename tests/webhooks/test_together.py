"""What knocks at the same moment is stored in one transaction, and one bad request does not take the others along."""

import asyncio
import json
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.jobs.models import Job
from console.projects.models import Project
from console.teams.models import User
from console.webhooks import receiving, storing, together
from console.webhooks.knocks import Knock
from console.webhooks.models import Delivery, Endpoint
from tests.factories import make_job
from tests.webhooks.ringing import event, make_endpoint, timestamped


def signed(told: dict[str, Any]) -> Knock:
    raw = json.dumps(told).encode()
    return Knock(raw, timestamped(raw), "192.0.2.7")


FORGED = Knock(b"{}", timestamped(b"[]"), "192.0.2.8")


def test_the_number_of_statements_does_not_depend_on_the_number_of_events(
    endpoint: Endpoint, studio: Project, alice: User
) -> None:
    for number in range(41):
        make_job(studio, alice, status="processing", rivya_id=f"task_{number}")

    def statements(knocks: list[Knock]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert set(receiving.receive(endpoint.door, knocks)) == {200}
        return len(captured)

    one = statements([signed(event("task_40"))])
    assert statements([signed(event(f"task_{number}")) for number in range(40)]) == one


def test_doubled_events_of_one_moment_are_stored_once_and_counted(
    endpoint: Endpoint, studio: Project, alice: User
) -> None:
    job = make_job(studio, alice, status="processing", rivya_id="task_1", next_check_at=None)
    first, second = signed(event("task_1", id="evt_1")), signed(event("task_1", id="evt_2"))
    assert receiving.receive(endpoint.door, [first, second, FORGED, *[first] * 8]) == [200, 200, 400] + [200] * 8
    assert receiving.receive(endpoint.door, [second, first]) == [200, 200]
    told = dict(Delivery.objects.filter(verdict="accepted").values_list("event_id", "times"))
    assert told == {"evt_1": 10, "evt_2": 2}
    assert Delivery.objects.filter(verdict="duplicate", event_id="evt_1").count() == 5
    assert Delivery.objects.filter(verdict="duplicate", event_id="evt_2").count() == 1
    assert set(Delivery.objects.filter(verdict="accepted").values_list("job", flat=True)) == {job.pk}
    assert Job.objects.get().next_check_at is not None


def test_one_that_cannot_be_written_does_not_take_the_others_along(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(at: Endpoint, believed: Any) -> None:
        if any(one.event.id == "evt_bad" for one in believed):
            raise DatabaseError
        storing.store(at, believed)

    monkeypatch.setattr(receiving, "store", failing)
    knocks = [signed(event(id="evt_1")), signed(event(id="evt_bad")), FORGED, signed(event(id="evt_2"))]
    assert receiving.receive(endpoint.door, knocks) == [200, 503, 400, 200]
    stored = Delivery.objects.filter(verdict="accepted").values_list("event_id", flat=True)
    assert set(stored) == {"evt_1", "evt_2"}


def test_a_test_event_rings_for_nothing(endpoint: Endpoint, studio: Project, alice: User) -> None:
    job = make_job(studio, alice, status="processing", rivya_id="task_1", next_check_at=None)
    Endpoint.objects.filter(pk=endpoint.pk).update(test_event_id="evt_test")
    assert receiving.receive(endpoint.door, [signed(event("task_1", id="evt_test"))]) == [200]
    assert Delivery.objects.get().effect == "test"
    job.refresh_from_db()
    assert job.next_check_at is None


class Slow:
    """In place of what stores: each batch takes until it is let through."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def __call__(self, batch: list[together.Waiting]) -> None:
        self.batches.append(len(batch))
        for each in batch:
            each.status = 200


def knocking(monkeypatch: pytest.MonkeyPatch, scenario: Any) -> list[int]:
    slow, gates = Slow(), []

    def gated(work: Any) -> Any:
        async def later(batch: Any) -> None:
            gates.append(asyncio.Event())
            await gates[-1].wait()
            work(batch)

        return later

    monkeypatch.setattr(together, "_receive_all", slow)
    monkeypatch.setattr(together, "sync_to_async", gated)
    asyncio.run(scenario(together.Doorkeeper(), gates))
    return slow.batches


async def gate_of(gates: list[asyncio.Event], number: int) -> asyncio.Event:
    """The gate of this batch, as soon as it stands before it."""
    async with asyncio.timeout(30):
        while len(gates) <= number:
            await asyncio.sleep(0.01)
    return gates[number]


def test_who_comes_while_others_are_stored_is_stored_next_with_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(keeper: together.Doorkeeper, gates: list[asyncio.Event]) -> None:
        tasks = [asyncio.create_task(keeper.answer("door", FORGED)) for _ in range(250)]
        for number in range(3):
            (await gate_of(gates, number)).set()
        assert await asyncio.gather(*tasks) == [200] * 250

    assert knocking(monkeypatch, scenario) == [100, 100, 50]


def test_a_cut_request_leaves_the_others_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(keeper: together.Doorkeeper, gates: list[asyncio.Event]) -> None:
        tasks = [asyncio.create_task(keeper.answer("door", FORGED)) for _ in range(3)]
        await gate_of(gates, 0)
        waiting = [asyncio.create_task(keeper.answer("door", FORGED)) for _ in range(3)]
        await asyncio.sleep(0.01)
        tasks[0].cancel()  # who stores for all
        waiting[0].cancel()  # who would have stored next
        await asyncio.sleep(0.01)
        gates[0].set()
        (await gate_of(gates, 1)).set()
        assert await asyncio.gather(*tasks[1:], *waiting[1:]) == [200] * 4

    assert knocking(monkeypatch, scenario) == [3, 3]


def test_too_many_are_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "MOST_WAITING", 2)

    async def scenario(keeper: together.Doorkeeper, gates: list[asyncio.Event]) -> None:
        first = asyncio.create_task(keeper.answer("door", FORGED))
        await gate_of(gates, 0)
        others = [asyncio.create_task(keeper.answer("door", FORGED)) for _ in range(3)]
        await asyncio.sleep(0.01)
        for number in range(2):
            (await gate_of(gates, number)).set()
        assert [await first, *await asyncio.gather(*others)] == [200, 200, 200, 503]

    assert knocking(monkeypatch, scenario) == [1, 2]


def test_what_nobody_foresaw_is_told_as_later(monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint) -> None:
    def broken(batch: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(together, "_receive_all", broken)
    assert asyncio.run(together.Doorkeeper().answer(endpoint.door, FORGED)) == 503


@pytest.mark.usefixtures("endpoint")
def test_each_door_is_asked_for_its_own(quiet_key: Any) -> None:
    other = make_endpoint(quiet_key, name="Other")
    batch = [together.Waiting(door, signed(event())) for door in (other.door, "no-such-door", other.door)]
    together._receive_all(batch)
    assert [one.status for one in batch] == [200, 404, 200]
    assert timezone.now() > Delivery.objects.latest("created_at").created_at
