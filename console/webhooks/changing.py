"""Pause, resume, rename, rotate, test and delete an endpoint: first at Rivya, then here, each with its line."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from console import rivya
from console.audit.recording import record
from console.keys.declined import Declined
from console.keys.sealing import refuse_without_keyset
from console.teams.models import User
from console.webhooks import signing
from console.webhooks.asking import NoAccess, ask, note_told, words_of
from console.webhooks.models import Delivery, Endpoint
from console.webhooks.registering import Unfinished, find

T = TypeVar("T")


def set_paused(endpoint: Endpoint, paused: bool, person: User, *, request: HttpRequest | None = None) -> None:
    """Raises Declined. Asking twice does no harm: Rivya is told the state, not a change of it."""
    status = "disabled" if paused else "active"
    state = Endpoint.State.PAUSED if paused else Endpoint.State.ACTIVE
    _need_registered(endpoint)
    told = _asked(endpoint, lambda client: client.endpoints.update(endpoint.rivya_id, status=status))
    before = {"state": endpoint.state}
    with transaction.atomic():
        since = {} if paused else {"active_since": timezone.now(), "silent_since": None}
        Endpoint.objects.filter(pk=endpoint.pk).update(state=state, **since)
        note_told(endpoint, told)
        _record("webhook.paused" if paused else "webhook.resumed", endpoint, person, request, before, {"state": state})


def rename(endpoint: Endpoint, name: str, scheme: str, person: User, *, request: HttpRequest | None = None) -> None:
    """The name, there and here; the scheme is our reading of what comes. Raises Declined."""
    _need_registered(endpoint)
    if name != endpoint.name:
        note_told(endpoint, _asked(endpoint, lambda client: client.endpoints.update(endpoint.rivya_id, name=name)))
    before, after = {"name": endpoint.name, "scheme": endpoint.scheme}, {"name": name, "scheme": scheme}
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(**after)
        _record("webhook.changed", endpoint, person, request, before, after)


def rotate(endpoint: Endpoint, person: User, *, request: HttpRequest | None = None) -> None:
    """A new secret; what the old one signed is believed for an hour. Raises Declined, Unfinished.

    That it was begun is committed before Rivya is asked: were we to die with its answer, the page says to do it again.
    """
    _need_registered(endpoint)
    refuse_without_keyset()
    mine = Endpoint.objects.filter(pk=endpoint.pk)
    with transaction.atomic():
        mine.update(rotating_since=timezone.now())
        _record("webhook.rotation_begun", endpoint, person, request, {}, {})
    try:
        told = ask(endpoint, lambda client: client.endpoints.rotate_secret(endpoint.rivya_id))
    except rivya.RivyaError as error:
        if error.outcome == "unknown":
            raise Unfinished(words_of(error)) from error
        mine.update(rotating_since=None)
        raise Declined(words_of(error)) from error
    except Declined:
        mine.update(rotating_since=None)
        raise
    assert told.signing_secret  # noqa: S101 - rotate_secret raises without one
    with transaction.atomic():
        mine.select_for_update().get()
        secret = signing.keep(endpoint, told.signing_secret)
        mine.update(rotating_since=None)
        _record("webhook.rotated", endpoint, person, request, {}, {"secret": f"…{secret.last_four}"})


def send_test(endpoint: Endpoint, person: User, *, request: HttpRequest | None = None) -> Delivery | None:
    """Have Rivya send a test event. What of it is here already; None when it is not. Raises Declined."""
    _need_registered(endpoint)
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


def delete(endpoint: Endpoint, person: User, *, request: HttpRequest | None = None) -> bool:
    """Remove it at Rivya, then here; its log stays. Returns False when no key could ask Rivya. Raises Declined."""
    is_asked = True
    try:
        if rivya_id := endpoint.rivya_id or find(endpoint):
            ask(endpoint, lambda client: client.endpoints.delete(rivya_id))
    except NoAccess:
        is_asked = False
    except rivya.Missing:
        pass  # it was removed before, there or by a call whose answer we never saw
    except rivya.RivyaError as error:
        raise Declined(words_of(error)) from error
    before = {"state": endpoint.state, "rivya_id": endpoint.rivya_id}
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(state=Endpoint.State.DELETED, silent_since=None)
        endpoint.signing_secrets.all().delete()
        _record("webhook.deleted", endpoint, person, request, before, {"removed_at_rivya": is_asked})
    return is_asked


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


def _asked(endpoint: Endpoint, call: Callable[[rivya.Client], Awaitable[T]]) -> T:
    try:
        return ask(endpoint, call)
    except rivya.Missing as error:
        note_told(endpoint, None)
        raise Declined("Rivya has no such endpoint any more. Delete it here, and register another.") from error
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


def _need_registered(endpoint: Endpoint) -> None:
    if not endpoint.is_registered:
        raise Declined("This endpoint is not registered at Rivya. Finish registering it, or delete it.")
