"""One exchange with Rivya about a turn: the network half; writes no outcome."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from console import rivya
from console.chat.live_turn import LiveTurn
from console.chat.looking import committed_answer
from console.chat.models import Turn
from console.chat.outcomes import Act, Outcome, storable
from console.chat.unlocking import Access
from console.keys import clients

# Rivya sends heartbeats every 15 s or so (A21): much longer silence means that nobody is there any more.
IDLE_SECONDS = 75.0
LONGEST_SECONDS = 1800.0
REPLAY_SECONDS = 30.0


async def send(turn: Turn, lease: UUID, access: Access, accepted: Callable[[str], None], live: LiveTurn) -> Outcome:
    """Send the turn's bytes under its key, without retries. Raises nothing that Rivya could cause."""
    client = clients.streaming_client(access.api_key).with_options(attempts=1)
    if turn.path == Turn.Path.JSON:
        return await _whole(client, turn, lease, access, live)
    return await _streamed(client, turn, lease, access, accepted, live)


async def look(turn: Turn, lease: UUID, access: Access, taken: set[str]) -> Outcome:
    """Read the session for a committed answer; `taken` are other turns' messages. Raises nothing of Rivya's."""
    session_id = turn.conversation.session_id
    if not session_id:
        return Outcome(Act.LOOK, lease, access.secret_id)
    client = clients.streaming_client(access.api_key).with_options(attempts=1)
    try:
        session = await client.chat.session(session_id)
    except rivya.RivyaError as error:
        return Outcome(Act.LOOK, lease, access.secret_id, error=error)
    return Outcome(Act.LOOK, lease, access.secret_id, message=committed_answer(turn, taken, session))


async def confirm(turn: Turn, lease: UUID, access: Access) -> Outcome:
    """Have an answer replayed, if there is one. Left when it is no replay. Raises nothing of Rivya's."""
    client = clients.streaming_client(access.api_key).with_options(attempts=1)
    told = Outcome(Act.CONFIRM, lease, access.secret_id)
    try:
        async with client.chat.stream(
            bytes(turn.body),
            idempotency_key=turn.idempotency_key,
            idle_seconds=REPLAY_SECONDS,
            deadline_seconds=REPLAY_SECONDS,
        ) as events:
            async for event in events:
                match event:
                    case rivya.SessionCreated() if turn.conversation.session_id not in ("", event.session_id):
                        return replace(told, is_anew=True)
                    case rivya.SessionCreated():
                        told = replace(told, session_id=event.session_id)
                    case rivya.MessageDelta():
                        return replace(told, is_anew=True)
                    case rivya.MessageCompleted():
                        told = replace(told, message=event.message)
                    case rivya.UsageCompleted():
                        told = replace(told, usage=event.usage, credits=event.credits)
    except rivya.RivyaError as error:
        return replace(told, error=error)
    return told


async def _streamed(
    client: rivya.Client, turn: Turn, lease: UUID, access: Access, accepted: Callable[[str], None], live: LiveTurn
) -> Outcome:
    message, usage, credits, error, request_id, session_id = None, None, None, None, "", ""
    try:
        async with client.chat.stream(
            bytes(turn.body),
            idempotency_key=turn.idempotency_key,
            idle_seconds=IDLE_SECONDS,
            deadline_seconds=LONGEST_SECONDS,
        ) as events:
            async for event in events:
                request_id = event.request_id or request_id
                match event:
                    case rivya.MessageDelta():
                        live.add(storable(event.delta))
                    case rivya.SessionCreated():
                        session_id = event.session_id
                        live.tell("accepted")
                        accepted(session_id)
                    case rivya.MessageCompleted():
                        message = event.message
                    case rivya.UsageCompleted():
                        usage, credits = event.usage, event.credits
    except rivya.RivyaError as caught:
        error = caught
    return Outcome(
        Act.SEND,
        lease,
        access.secret_id,
        message=message,
        usage=usage,
        credits=credits,
        request_id=storable(request_id),
        session_id=session_id,
        text=live.text,
        error=error if error is not None or message is not None else rivya.StreamCut("ended", session_id=session_id),
    )


async def _whole(client: rivya.Client, turn: Turn, lease: UUID, access: Access, live: LiveTurn) -> Outcome:
    try:
        answer = await client.chat.complete(bytes(turn.body), idempotency_key=turn.idempotency_key)
    except rivya.RivyaError as error:
        return Outcome(Act.SEND, lease, access.secret_id, error=error)
    live.add(storable(answer.message.content))
    return Outcome(
        Act.SEND,
        lease,
        access.secret_id,
        message=answer.message,
        usage=answer.usage,
        credits=answer.credits,
        session_id=answer.session_id,
    )
