"""Turns brought to their end, for tests: taken up by a recoverer as a worker does, without waiting for the clock."""

import urllib.request
from typing import Any

from django.utils import timezone

from console.chat.models import Turn
from console.chat.recovering import Recoverer
from console.chat.running import stage
from console.credits.models import Entry
from console.keys.clients import close_streams, from_sync
from tests.chat.conftest import STREAM
from tests.conftest import Sandbox


def take_up(within_seconds: float = 120.0) -> None:
    """Take every unsettled turn from whoever has it (a test's request ends with its loop), wait for their end."""
    Turn.objects.unsettled().update(next_check_at=timezone.now(), lease=None, leased_until=None)

    async def once() -> None:
        try:
            await Recoverer().turn(within_seconds)
        finally:
            await stage().leave(0.1)
            await close_streams()

    from_sync(once)()


def ended(turn: Turn) -> Turn:
    """The turn after it was taken up."""
    take_up()
    turn.refresh_from_db()
    assert turn.is_final, turn.status
    return turn


def send_and_die(sandbox: Sandbox, turn: Turn) -> None:
    """The bytes go out, Rivya answers as it likes, and nothing of it is written down."""
    Turn.objects.filter(pk=turn.pk).update(sends=1, first_sent_at=timezone.now())
    headers = {
        "Authorization": f"Bearer {sandbox.secret}",
        "Content-Type": "application/json",
        "Idempotency-Key": turn.idempotency_key,
    }
    request = urllib.request.Request(f"{sandbox.url}{STREAM}", bytes(turn.body), headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()
    except OSError:  # refused, or cut off: nobody is there to know
        return


def strike(sandbox: Sandbox, path: str, fault: dict[str, Any]) -> None:
    """Arm a fault for this test's account."""
    match = {"path": path, "account": sandbox.account}
    sandbox.control("POST", "faults", {"match": match, **fault})


def turns_at_rivya(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [turn for turn in sandbox.state()["turns"] if turn["account"] == sandbox.account]


def assert_true(sandbox: Sandbox, turn: Turn) -> None:
    """Text, charge and number of turns are what Rivya holds; every POST had the same bytes."""
    committed = [each for each in turns_at_rivya(sandbox) if each["state"] == "committed"]
    entries = list(Entry.objects.filter(subject=turn.pk).order_by("id").values_list("kind", flat=True))
    if turn.status == Turn.Status.DONE:
        assert len(committed) == 1
        assert entries == ["reserve", "settle"]
        assert turn.final_credits in (committed[0]["final"], None)
    else:
        assert committed == []
        assert entries == ["reserve", "release"]
    posts = [each for each in sandbox.state()["idempotency"] if each["account"] == sandbox.account]
    assert {each["key"] for each in posts} == {turn.idempotency_key}
    assert all(each["bodies_identical"] for each in posts)
