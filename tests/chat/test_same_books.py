"""Whatever happens to a row of chat turns on their way, our ledger and Rivya's charges are the same in the end.

Streams break, answers get lost or refused, people stop them, the process that runs them dies, with the answer in its
hands or in the middle of it, forms are sent twice: no line is written twice, nothing stays held, no budget is passed.
"""

from typing import Any
from uuid import uuid4

from asgiref.sync import sync_to_async
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.chat.models import Turn
from console.chat.running import first_step, stage
from console.chat.stopping import request_stop
from console.credits import ledger
from console.keys.clients import close_streams, from_sync
from console.projects.models import Project
from console.teams.models import Team, User
from tests.books import assert_same_books, fresh_account
from tests.chat.answering import send_and_die, take_up
from tests.chat.conftest import STREAM
from tests.conftest import Sandbox
from tests.factories import make_account, make_chat_model, make_key, make_project, make_turn

FAULTS: list[dict[str, Any]] = [
    {"fault": "reset", "when": "before"},
    {"fault": "reset", "when": "after"},
    {"fault": "close", "when": "after"},
    {"fault": "error", "code": "internal_error", "status": 500, "when": "after"},
    {"fault": "error", "code": "insufficient_credits", "status": 402},
    {"fault": "html", "status": 200, "when": "after"},
    {"fault": "unavailable"},
    *(
        {"fault": "cut_stream", "after_events": after, "committed": committed}
        for after in (0, 1, 3, 5)
        for committed in (True, False)
    ),
    {"fault": "stream_error", "after_events": 2, "committed": True},
]
WORDS = ["[short] How do we launch?", "[fail] What now?", "[refuse] No", "[say] Yes."]
DEATHS = [
    None,
    "answered",
    0.02,
    0.15,
    0.4,
]  # seconds into the run; or: Rivya has answered, and nothing is written down
STORIES = st.lists(
    st.tuples(
        st.sampled_from([None, *FAULTS]),  # what happens to the first send
        st.sampled_from(WORDS),
        st.integers(1, 2),  # how often the form is sent
        st.sampled_from(DEATHS),
        st.booleans(),  # whether a person stops it before it is taken up again
        st.integers(1, 4),  # what we quote; Rivya reserves 3 and takes 1
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories=STORIES, budget=st.sampled_from([None, 4, 9]))
def test_the_ledger_is_what_rivya_charged_for_chat(
    team: Team, alice: User, sandbox: Sandbox, stories: list[Any], budget: int | None
) -> None:
    here = fresh_account(sandbox)
    project = make_project(team, make_key(team, here.secret, account=make_account(team)), monthly_budget=budget)
    for fault, words, times, death, is_stopped, quoted in stories:
        turn = ask(project, alice, words, times, quoted)
        if turn is None:
            continue
        if fault:
            here.control("POST", "faults", {"match": {"path": STREAM, "account": here.account}, **fault})
        if death == "answered":
            send_and_die(here, turn)
        elif death is not None:
            die_in_the_middle(turn, death)
        if is_stopped:
            request_stop(turn, alice)
        take_up()
        here.control("DELETE", "faults")
    finish(project)
    assert_same_books(here, project)
    turns = Turn.objects.filter(conversation__project=project)
    assert not turns.filter(status=Turn.Status.NEEDS_REVIEW).exists()
    assert {each["key"] for each in here.state()["idempotency"] if each["account"] == here.account} <= set(
        turns.values_list("idempotency_key", flat=True)
    )


def ask(project: Project, person: User, words: str, times: int, quoted: int) -> Turn | None:
    """Send the form so often; one turn comes of it if the budget has room for it, and none if not."""
    has_room = ledger.month_now(project).holds(quoted)
    model, submission, made = make_chat_model(base_credits=quoted), uuid4(), {}
    for _ in range(times):
        try:
            turn = make_turn(project, person, words, model=model, submission=submission)
            made[turn.pk] = turn
        except ledger.BudgetReached:
            assert not has_room
    assert len(made) == int(has_room)
    return next(iter(made.values()), None)


def die_in_the_middle(turn: Turn, after_seconds: float) -> None:
    """The process runs the turn for so long; then all that it knew is gone."""

    async def run_a_little() -> None:
        here = stage()
        await sync_to_async(Turn.objects.filter(pk=turn.pk).update)(lease=here.lease)
        here.start(await sync_to_async(Turn.objects.select_related("conversation").get)(pk=turn.pk), first_step())
        await here.settled(after_seconds)
        await here.leave(0)
        await close_streams()

    from_sync(run_a_little)()


def finish(project: Project) -> None:
    mine = Turn.objects.filter(conversation__project=project)
    for _ in range(10):
        if not mine.unsettled().exists():
            return
        take_up()
    raise AssertionError(f"still open: {list(mine.unsettled().values_list('status', 'error_code'))}")
