"""Register an endpoint at Rivya. The row is committed first, so that whatever happens there is found again here."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from console import rivya
from console.audit.recording import record
from console.keys.accounts import note_landmark
from console.keys.declined import Declined
from console.keys.models import Key, Landmark
from console.keys.sealing import refuse_without_keyset
from console.teams.models import User
from console.webhooks import signing
from console.webhooks.announcing import announce
from console.webhooks.asking import GONE, ask, note_told, words_of
from console.webhooks.models import Endpoint, new_door
from console.webhooks.reachability import address_of, obstacle
from console.webhooks.turns import Turn, first_turn, turn

EVENT_TYPES: Final = ("generation.succeeded", "generation.failed")


class Unfinished(Declined):
    """Rivya may have done it, and what it answered is not stored: the row says so and can be finished."""


class SentBefore(Declined):
    """The same form made an endpoint already."""


@dataclass(frozen=True)
class Wish:
    """What a person wants registered."""

    name: str
    key: Key
    scheme: str
    submission: UUID | None = None


def register(wish: Wish, person: User, *, request: HttpRequest | None = None) -> Endpoint:
    """Raises Declined when surely nothing was registered, Unfinished (with the row kept) when that is not known.

    SentBefore: by the same form, perhaps at this moment.
    """
    if reason := obstacle():
        raise Declined(reason)
    refuse_without_keyset()
    with _begin(wish, person, request) as mine:
        endpoint = mine.endpoint
        try:
            told = ask(endpoint, lambda client: _create(client, endpoint))
        except rivya.RivyaError as error:
            if error.outcome == "unknown":
                raise Unfinished(f"{words_of(error)} It is not known whether Rivya registered it.") from error
            _take_back(endpoint, error, person, request)
            raise Declined(words_of(error)) from error
        except Declined:
            endpoint.delete()
            raise
        return _store(mine, told, person, request)


def finish(endpoint: Endpoint, person: User, *, request: HttpRequest | None = None) -> Endpoint:
    """Find out whether Rivya has it: if so take it over under a new secret, otherwise register it now.

    The address names the endpoint: nobody else's has this door. Raises Declined; the row then stays unfinished.
    """
    refuse_without_keyset()
    with turn(endpoint) as mine:
        endpoint = mine.endpoint
        if endpoint.is_registered:  # by the one whose turn it was before
            return endpoint
        try:
            rivya_id = endpoint.rivya_id or find(endpoint)
            told = _taken_over(endpoint, rivya_id) if rivya_id else ask(endpoint, lambda one: _create(one, endpoint))
        except rivya.RivyaError as error:
            raise Unfinished(words_of(error)) from error
        return _store(mine, told, person, request)


def find(endpoint: Endpoint) -> str:
    """Rivya's id of the endpoint that rings at our door; empty when there is none. Raises RivyaError, NoAccess."""
    listed = ask(endpoint, lambda client: client.endpoints.list())
    return next((told.id for told in listed if told.url == endpoint.url), "")


def _store(mine: Turn, told: rivya.Endpoint, person: User, request: HttpRequest | None) -> Endpoint:
    """Write down what Rivya answered. Raises Unfinished when the answer holds no secret, which only comes once."""
    endpoint = mine.endpoint
    with mine.writing():
        Endpoint.objects.filter(pk=endpoint.pk).update(rivya_id=told.id)
        endpoint.rivya_id = told.id
        if told.signing_secret:
            secret = signing.keep(endpoint, told.signing_secret)
            endpoint.state, endpoint.active_since = Endpoint.State.ACTIVE, timezone.now()
            Endpoint.objects.filter(pk=endpoint.pk).update(state=endpoint.state, active_since=endpoint.active_since)
            note_told(endpoint, told)
            note_landmark(endpoint.account_id, Landmark.Kind.ENDPOINT, told.id)
            after = {"rivya_id": told.id, "secret": f"…{secret.last_four}"}
            _record("webhook.registered", endpoint, person, request, after=after)
            announce(endpoint.team_id, endpoint.pk)
    if not told.signing_secret:
        raise Unfinished(
            "Rivya registered the endpoint and told no usable signing secret. Finishing asks for a new one."
        )
    return endpoint


def _begin(wish: Wish, person: User, request: HttpRequest | None) -> Turn:
    try:
        return _write(wish, person, request)
    except IntegrityError:
        if Endpoint.objects.filter(team_id=wish.key.team_id, submission=wish.submission).exists():
            raise SentBefore("This form was sent before. The endpoint that it made is in the list.") from None
        raise


def _write(wish: Wish, person: User, request: HttpRequest | None) -> Turn:
    door = new_door()
    with transaction.atomic():
        mine = first_turn(
            submission=wish.submission,
            team_id=wish.key.team_id,
            account_id=wish.key.account_id,
            key=wish.key,
            name=wish.name,
            scheme=wish.scheme,
            door=door,
            url=address_of(door),
            created_by=person,
        )
        after = {"name": wish.name, "key": str(wish.key), "scheme": wish.scheme}
        _record("webhook.begun", mine.endpoint, person, request, after=after)
    return mine


def _taken_over(endpoint: Endpoint, rivya_id: str) -> rivya.Endpoint:
    try:
        return ask(endpoint, lambda client: client.endpoints.rotate_secret(rivya_id))
    except rivya.Missing as error:
        raise Declined(GONE) from error


async def _create(client: rivya.Client, endpoint: Endpoint) -> rivya.Endpoint:
    return await client.endpoints.create(name=endpoint.name, url=endpoint.url, event_types=EVENT_TYPES)


def _take_back(endpoint: Endpoint, error: rivya.RivyaError, person: User, request: HttpRequest | None) -> None:
    """Rivya surely has nothing: what is left is the audit's two lines."""
    why = error.code if isinstance(error, rivya.Refused) else type(error).__name__
    with transaction.atomic():
        _record("webhook.refused", endpoint, person, request, after={"why": why})
        endpoint.delete()


def _record(act: str, endpoint: Endpoint, person: User, request: HttpRequest | None, *, after: dict[str, str]) -> None:
    record(act, endpoint, team_id=endpoint.team_id, actor=person, after=after, request=request)
