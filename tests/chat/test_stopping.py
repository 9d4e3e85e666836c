"""Stop means: the connection to Rivya is closed at once, and what was committed all the same is not lost."""

import asyncio
from collections.abc import Iterator
from typing import Any, cast

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from console.chat.models import Turn
from console.chat.running import Stage, first_step, stage
from console.chat.stopping import request_stop
from console.credits.models import Entry
from console.keys.clients import close_streams, from_sync
from console.projects.models import Project
from console.teams.models import User
from tests.chat.answering import assert_true, ended, send_and_die, strike, take_up, turns_at_rivya
from tests.chat.conftest import STREAM
from tests.conftest import Sandbox
from tests.factories import make_turn


@pytest.fixture
def going_on(sandbox: Sandbox) -> Iterator[None]:
    """A Rivya that finishes its answer when nobody listens any more (A22 leaves it open)."""
    sandbox.control("PUT", "settings", {"chat_on_disconnect": "continue"})
    yield
    sandbox.control("PUT", "settings", {"chat_on_disconnect": "stop"})


@pytest.fixture
def turn(project: Project, alice: User, sandbox: Sandbox) -> Turn:
    return make_turn(project, alice, "[slow] Tell me a lot")


def stopped_in_mid_answer(turn: Turn, *, told_here: bool) -> Turn:
    """Run it as a web process does, and stop it once there is text; by its row alone when another process is told."""

    person = cast(User, turn.created_by)

    async def run() -> None:
        here: Stage = stage()
        await sync_to_async(Turn.objects.filter(pk=turn.pk).update)(lease=here.lease)
        going = here.start(
            await sync_to_async(Turn.objects.select_related("conversation").get)(pk=turn.pk), first_step()
        )
        async with asyncio.timeout(60):
            while not going.live.text:
                await going.live.changed_since(going.live.version, 1)
        await sync_to_async(request_stop)(turn, person)
        if told_here:
            here.stop(turn.pk)
        await here.settled(120)
        await here.leave(0)
        await close_streams()

    from_sync(run)()
    turn.refresh_from_db()
    return turn


@pytest.mark.parametrize("told_here", [True, False], ids=["here", "in another process"])
def test_a_stopped_answer_costs_nothing_and_keeps_what_had_come(
    project: Project, alice: User, sandbox: Sandbox, told_here: bool
) -> None:
    endless = make_turn(project, alice, "[hang] Tell me a lot")
    stopped = stopped_in_mid_answer(endless, told_here=told_here)
    assert (stopped.status, stopped.final_credits, stopped.sends) == (Turn.Status.STOPPED, 0, 1)
    assert stopped.answer
    assert [each["state"] for each in turns_at_rivya(sandbox)] == ["released"]
    assert_true(sandbox, stopped)


def test_an_answer_that_was_committed_after_the_stop_is_kept_and_charged(
    turn: Turn, sandbox: Sandbox, going_on: None
) -> None:
    kept = stopped_in_mid_answer(turn, told_here=True)
    assert kept.status == Turn.Status.DONE
    assert_true(sandbox, kept)


def test_a_call_that_still_runs_at_rivya_is_waited_for_and_not_bought_twice(
    turn: Turn, sandbox: Sandbox, going_on: None
) -> None:
    async def run_a_little() -> None:
        here: Stage = stage()
        await sync_to_async(Turn.objects.filter(pk=turn.pk).update)(lease=here.lease)
        here.start(await sync_to_async(Turn.objects.select_related("conversation").get)(pk=turn.pk), first_step())
        await here.settled(0.7)
        await here.leave(0)
        await close_streams()

    from_sync(run_a_little)()
    done = ended(turn)
    assert done.status == Turn.Status.DONE
    assert_true(sandbox, done)


def test_an_answer_that_nobody_heard_is_found_out_by_its_own_key_when_it_was_stopped(
    turn: Turn, sandbox: Sandbox
) -> None:
    """The process died with the first event unread: there is no session to look into."""
    send_and_die(sandbox, turn)
    assert request_stop(turn, cast(User, turn.created_by))
    done = ended(turn)
    assert (done.status, done.final_credits, done.conversation.session_id == "") == (Turn.Status.DONE, 1, False)
    assert done.answer
    assert_true(sandbox, done)


def test_a_question_that_rivya_never_got_costs_nothing_when_it_was_stopped(turn: Turn, sandbox: Sandbox) -> None:
    Turn.objects.filter(pk=turn.pk).update(sends=1, first_sent_at=timezone.now())
    assert request_stop(turn, cast(User, turn.created_by))
    stopped = ended(turn)
    assert (stopped.status, stopped.final_credits) == (Turn.Status.STOPPED, 0)
    assert_true(sandbox, stopped)


@pytest.mark.parametrize("fault", [{"fault": "close"}, {"fault": "error", "code": "key_revoked", "status": 401}])
def test_what_cannot_be_found_out_about_a_stopped_question_is_put_before_a_person(
    turn: Turn, sandbox: Sandbox, fault: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.chat.confirming.CONFIRM_SECONDS", (0, 0.1))
    send_and_die(sandbox, turn)
    strike(sandbox, STREAM, fault | {"times": None})
    assert request_stop(turn, cast(User, turn.created_by))
    take_up()
    turn.refresh_from_db()
    assert turn.status == Turn.Status.NEEDS_REVIEW
    assert Entry.objects.filter(subject=turn.pk).held() == 3
