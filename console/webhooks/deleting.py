"""Delete an endpoint: first at Rivya, then here. That it was begun is committed before Rivya is asked."""

from django.http import HttpRequest
from django.utils import timezone

from console import rivya
from console.audit.recording import record
from console.keys.declined import Declined
from console.teams.models import User
from console.webhooks.announcing import announce
from console.webhooks.asking import NoAccess, ask, words_of
from console.webhooks.models import Endpoint
from console.webhooks.registering import Unfinished, find
from console.webhooks.turns import Turn, turn


def delete(endpoint: Endpoint, person: User, *, request: HttpRequest | None = None) -> bool:
    """Its log stays. Returns False when no key could ask Rivya. Raises Declined, Unfinished.

    What Rivya does not have any more is deleted all the same, so whoever is left with a deletion that was only begun
    does it once more.
    """
    with turn(endpoint) as mine:
        endpoint = mine.endpoint
        _begin(mine, person, request)
        is_asked = _removed(endpoint)
        before = {"state": endpoint.state, "rivya_id": endpoint.rivya_id}
        with mine.writing():
            gone = {"state": Endpoint.State.DELETED, "deleted_at": timezone.now(), "silent_since": None}
            Endpoint.objects.filter(pk=endpoint.pk).update(**gone, deleting_since=None)
            endpoint.signing_secrets.all().delete()
            after = {"removed_at_rivya": is_asked}
            record(
                "webhook.deleted",
                endpoint,
                team_id=endpoint.team_id,
                actor=person,
                before=before,
                after=after,
                request=request,
            )
            announce(endpoint.team_id, endpoint.pk)
    return is_asked


def _begin(mine: Turn, person: User, request: HttpRequest | None) -> None:
    endpoint = mine.endpoint
    with mine.writing():
        Endpoint.objects.filter(pk=endpoint.pk).update(deleting_since=timezone.now())
        record("webhook.deletion_begun", endpoint, team_id=endpoint.team_id, actor=person, request=request)
        announce(endpoint.team_id, endpoint.pk)


def _removed(endpoint: Endpoint) -> bool:
    """Whether Rivya could be asked to remove it; it may have been removed before."""
    try:
        if rivya_id := endpoint.rivya_id or find(endpoint):
            ask(endpoint, lambda client: client.endpoints.delete(rivya_id))
    except NoAccess:
        return False
    except rivya.Missing:
        pass  # there, or by a call whose answer we never saw
    except rivya.RivyaError as error:
        if error.outcome == "unknown":
            raise Unfinished(words_of(error)) from error
        # What an earlier try left open stays open.
        Endpoint.objects.filter(pk=endpoint.pk).update(deleting_since=endpoint.deleting_since)
        raise Declined(words_of(error)) from error
    return True
