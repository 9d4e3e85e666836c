"""How the addresses of the upper rooms are called: webhooks, failures and support. See `calls.py`."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from console.failures.models import Bulk, Cause, SavedView
from console.support.models import Opening
from console.webhooks.models import Delivery, Endpoint
from tests.audit.world import Call, Make, Sent, World, of
from tests.failures.failing import fail

SCOPES = frozenset({"keys.Secret"})  # that the key may manage webhooks is known once Rivya has let it
STANDING = SCOPES | {"webhooks.Endpoint"}  # how it stands at Rivya
REASON = "Ticket 4711: Alice asks why her job failed"


def _endpoint(world: World) -> Endpoint:
    """Registered at Rivya, as its owner does it."""
    world.browser.post("/webhooks/new/", {"name": "Production", "key": str(world.key.pk)})
    return Endpoint.objects.get(state=Endpoint.State.ACTIVE)


def _paused(world: World) -> Endpoint:
    endpoint = _endpoint(world)
    world.browser.post(f"/webhooks/{endpoint.pk}/pause/")
    return endpoint


def _unfinished(world: World) -> Endpoint:
    """The process died between Rivya's answer and our commit."""
    endpoint = _endpoint(world)
    Endpoint.objects.filter(pk=endpoint.pk).update(state=Endpoint.State.REGISTERING, rivya_id="")
    return endpoint


def _delivery(world: World) -> Delivery:
    job = world.job(status="processing", rivya_id="task_1")
    told = {"verdict": "accepted", "event_id": "evt_1", "task_id": job.rivya_id}
    return Delivery.objects.create(team=world.team, endpoint=_endpoint(world), **told)


def _cause(world: World) -> Cause:
    fail(world.project, world.alice)
    return Cause.objects.get()


def _resolved(world: World) -> Cause:
    cause = _cause(world)
    told = {"state": Cause.State.RESOLVED, "closed_at": timezone.now()}
    Cause.objects.filter(pk=cause.pk).update(**told)
    return cause


def _bulk(world: World) -> Bulk:
    world.browser.post(f"/failures/{_cause(world).pk}/retries/", {"all": "1"})
    return Bulk.objects.get()


def _started(world: World) -> Bulk:
    bulk = _bulk(world)
    world.browser.post(f"/failures/retries/{bulk.pk}/start/")
    return bulk


def _saved_view(world: World) -> SavedView:
    return SavedView.objects.create(team=world.team, name="Mine")


def _opening(world: World) -> Opening:
    return Opening.objects.create(team=world.team, staff=world.alice, reason=REASON)


def _eyes(world: World) -> Sent:
    return [], {"opening": _opening(world).pk, "person": world.bob.pk}


def _looking(world: World) -> Sent:
    _, form = _eyes(world)
    world.browser.post("/admin/viewing/", form)
    return [], {}


def _failed_job(world: World) -> Any:
    return world.job(status="failed", finished_at=timezone.now(), final_credits=0, next_check_at=None)


def _retry(world: World) -> Sent:

    return [_failed_job(world).pk], {"form": uuid4()}


def staff(act: str, make: Make, **facts: Any) -> Call:
    return Call(act, make, as_staff=True, **facts)


ROOM_CALLS: dict[str, Call] = {
    "webhooks:new": Call("webhook.registered", lambda w: ([], {"name": "Production", "key": w.key.pk})),
    "webhooks:settings": Call("webhook.changed", of(_endpoint, name="Staging", scheme="timestamp"), learns=STANDING),
    "webhooks:deletion": Call("webhook.deleted", of(_endpoint, name="Production"), learns=SCOPES),
    "webhooks:rotation": Call("webhook.rotated", of(_endpoint)),
    "webhooks:finish": Call("webhook.registered", of(_unfinished), learns=SCOPES),
    "webhooks:pause": Call("webhook.paused", of(_endpoint), learns=SCOPES),
    "webhooks:resumption": Call("webhook.resumed", of(_paused), learns=SCOPES),
    "webhooks:test": Call("webhook.tested", of(_endpoint), learns=SCOPES),
    "webhooks:ring": Call("webhook.processed_again", of(_delivery), learns=SCOPES),
    "failures:notes": Call("failure.noted", of(_cause, text="The model is new.")),
    "failures:assignment": Call("failure.assigned", lambda w: ([_cause(w).pk], {"person": w.bob.pk})),
    "failures:resolution": Call("failure.resolved", of(_cause, text="Mended")),
    "failures:ignoring": Call("failure.ignored", of(_cause, more="5")),
    "failures:reopening": Call("failure.reopened", of(_resolved)),
    "failures:retries": Call("failure.retry_quoted", of(_cause, all="1")),
    "failures:start_retry": Call("failure.retried", of(_bulk)),
    "failures:stop_retry": Call("failure.retry_stopped", of(_started), has_facts=False),
    "failures:save_view": Call("failure_view.saved", lambda w: ([], {"name": "Mine", "query": "state=any"})),
    "failures:remove_view": Call("failure_view.removed", of(_saved_view)),
    "support:end": Call("support.closed", of(_opening)),
    "admin:openings": staff("support.opened", lambda w: ([], {"team": w.team.pk, "reason": REASON})),
    "admin:opening_end": staff("support.closed", of(_opening)),
    "admin:viewing": staff("support.view_began", _eyes),
    "admin:viewing_end": staff("support.view_ended", _looking),
    "admin:job_check": staff(
        "support.checked", of(lambda w: w.job(status="processing", rivya_id="task_1")), has_facts=False
    ),
    "admin:job_retry": staff("support.retry_asked", _retry),
}

WITHOUT_IN_ROOMS: dict[str, str] = {
    "jobs:start_dismissal": "a person's own wish about a page of theirs; nothing of the team changes",
    "webhooks:door": "Rivya knocks here, nobody who acts; each knock is a row of the delivery log",
}
