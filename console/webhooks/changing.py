"""Pause, resume, rename, rotate and test an endpoint: first at Rivya, then here, each with its line.

Who goes on using an endpoint does not want it deleted any more: a deletion that was only begun is forgotten then.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from console import rivya
from console.audit.recording import record
from console.keys.declined import Declined
from console.keys.sealing import refuse_without_keyset
from console.teams.models import User
from console.webhooks import signing
from console.webhooks.announcing import announce
from console.webhooks.asking import GONE, ask, note_told, words_of
from console.webhooks.models import Delivery, Endpoint
from console.webhooks.registering import Unfinished
from console.webhooks.turns import Turn, turn

T = TypeVar("T")

UNREGISTERED: Final = "This endpoint is not registered at Rivya. Finish registering it, or delete it."


def set_paused(endpoint: Endpoint, paused: bool, person: User, *, request: HttpRequest | None = None) -> None:
    """Raises Declined. Asking twice does no harm: Rivya is told the state, not a change of it."""
    status = "disabled" if paused else "active"
    state = Endpoint.State.PAUSED if paused else Endpoint.State.ACTIVE
    with turn(endpoint) as mine:
        endpoint = _registered(mine)
        before = {"state": endpoint.state, "at_rivya": endpoint.rivya_status}
        told = _asked(endpoint, lambda client: client.endpoints.update(endpoint.rivya_id, status=status))
        with mine.writing():
            since = {} if paused else {"active_since": timezone.now()}
            Endpoint.objects.filter(pk=endpoint.pk).update(state=state, silent_since=None, deleting_since=None, **since)
            note_told(endpoint, told)
            act = "webhook.paused" if paused else "webhook.resumed"
            after = {"state": state, "at_rivya": endpoint.rivya_status}
            _record(act, endpoint, person, request, before, after)


def rename(endpoint: Endpoint, name: str, scheme: str, person: User, *, request: HttpRequest | None = None) -> None:
    """The name, there and here; the scheme is our reading of what comes. Raises Declined."""
    with turn(endpoint) as mine:
        endpoint = _registered(mine)
        if name != endpoint.name:
            note_told(endpoint, _asked(endpoint, lambda client: client.endpoints.update(endpoint.rivya_id, name=name)))
        before, after = {"name": endpoint.name, "scheme": endpoint.scheme}, {"name": name, "scheme": scheme}
        with mine.writing():
            Endpoint.objects.filter(pk=endpoint.pk).update(**after, deleting_since=None)
            _record("webhook.changed", endpoint, person, request, before, after)


def rotate(endpoint: Endpoint, person: User, *, request: HttpRequest | None = None) -> None:
    """A new secret; what the old one signed is believed for an hour. Raises Declined, Unfinished.

    That it was begun is committed before Rivya is asked: were we to die with its answer, the page says to do it again.
    """
    refuse_without_keyset()
    with turn(endpoint) as mine:
        endpoint = _registered(mine)
        told = _rotated(mine, person, request)
        with mine.writing():
            secret = signing.keep(endpoint, told)
            Endpoint.objects.filter(pk=endpoint.pk).update(rotating_since=None, deleting_since=None)
            _record("webhook.rotated", endpoint, person, request, {}, {"secret": f"…{secret.last_four}"})


def send_test(endpoint: Endpoint, person: User, *, request: HttpRequest | None = None) -> Delivery | None:
    """Have Rivya send a test event. What of it is here already; None when it is not. Raises Declined.

    One that is paused here, or stopped at Rivya as far as was read, is sent nothing: Rivya is not asked for a test that
    would never come.
    """
    if not endpoint.is_registered:
        raise Declined(UNREGISTERED)
    if endpoint.state == Endpoint.State.PAUSED:
        raise Declined("This endpoint is paused: Rivya sends it nothing, no test either. Resume it first.")
    if endpoint.needs_resuming:
        says = f"Rivya says that this endpoint is {endpoint.rivya_status}"
        raise Declined(f"{says}: it is sent nothing, no test either. Resume it first.")
    sent = _asked(endpoint, lambda client: client.endpoints.test(endpoint.rivya_id))
    event_id = (sent.event_id or "")[:512] if sent else ""
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(test_event_id=event_id)
        _record("webhook.tested", endpoint, person, request, {}, {"event": event_id})
        if not event_id:
            return None
        here = Delivery.objects.believed().filter(endpoint=endpoint, event_id=event_id)
        here.update(effect=Delivery.Effect.TEST)
        return here.first()


def read(endpoint: Endpoint) -> None:
    """Ask Rivya how the endpoint stands, and keep that. Raises Declined."""
    if not endpoint.is_registered:
        return
    try:
        note_told(endpoint, ask(endpoint, lambda client: client.endpoints.retrieve(endpoint.rivya_id)))
    except rivya.Missing:
        note_told(endpoint, None)
    except rivya.RivyaError as error:
        raise Declined(words_of(error)) from error


def _rotated(mine: Turn, person: User, request: HttpRequest | None) -> rivya.Secret:
    """The new secret. What surely was not done leaves nothing begun, but for what an earlier try left open."""
    endpoint = mine.endpoint
    row = Endpoint.objects.filter(pk=endpoint.pk)
    with mine.writing():
        row.update(rotating_since=timezone.now())
        _record("webhook.rotation_begun", endpoint, person, request, {}, {})
    try:
        told = ask(endpoint, lambda client: client.endpoints.rotate_secret(endpoint.rivya_id))
    except rivya.RivyaError as error:
        if error.outcome == "unknown":
            raise Unfinished(words_of(error)) from error
        row.update(rotating_since=endpoint.rotating_since)
        raise Declined(words_of(error)) from error
    except Declined:
        row.update(rotating_since=endpoint.rotating_since)
        raise
    assert told.signing_secret  # noqa: S101 - rotate_secret raises without one
    return told.signing_secret


def _asked(endpoint: Endpoint, call: Callable[[rivya.Client], Awaitable[T]]) -> T:
    try:
        return ask(endpoint, call)
    except rivya.Missing as error:
        note_told(endpoint, None)
        raise Declined(GONE) from error
    except rivya.RivyaError as error:
        raise Declined(words_of(error)) from error


def _record(
    act: str,
    endpoint: Endpoint,
    person: User,
    request: HttpRequest | None,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    record(act, endpoint, team_id=endpoint.team_id, actor=person, before=before, after=after, request=request)
    announce(endpoint.team_id, endpoint.pk)


def _registered(mine: Turn) -> Endpoint:
    if not mine.endpoint.is_registered:
        raise Declined(UNREGISTERED)
    return mine.endpoint
