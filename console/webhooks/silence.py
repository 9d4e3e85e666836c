"""Jobs that end while Rivya says nothing: polling finds them, and somebody should know that webhooks do not."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from console.jobs.models import Job
from console.notices.telling import tell
from console.teams.access import Act, people_who_may
from console.webhooks.announcing import announce
from console.webhooks.models import Delivery, Endpoint

IN_A_ROW: Final = 3
GRACE: Final = timedelta(minutes=1)  # an event may come a little after our own reading
MOST_LOOKED_AT: Final = 50  # of the account's newest jobs


def watch_silence() -> bool:
    """Note which active endpoints have fallen silent, and which speak again; returns whether any changed."""
    active = Endpoint.objects.filter(state=Endpoint.State.ACTIVE).select_related("team")
    return sum(_watch(endpoint) for endpoint in active) > 0


def is_silent(endpoint: Endpoint) -> bool:
    """Whether the last three jobs of the account that ended while it was active came without an event."""
    since, until = endpoint.active_since, timezone.now() - GRACE
    if since is None:
        return False
    ended = Job.objects.filter(team_id=endpoint.team_id, account_id=endpoint.account_id, accepted_at__gte=since)
    told = ended.filter(status__in=[Job.Status.SUCCEEDED, Job.Status.FAILED]).exclude(rivya_id="")
    newest = told.filter(finished_at__lte=until).order_by("-created_at")[:MOST_LOOKED_AT]
    last = sorted(newest.values_list("finished_at", "rivya_id"), reverse=True)[:IN_A_ROW]
    heard = Delivery.objects.believed().filter(endpoint=endpoint, task_id__in=[rivya_id for _, rivya_id in last])
    return len(last) == IN_A_ROW and not heard.exists()


def _watch(endpoint: Endpoint) -> bool:
    silent = is_silent(endpoint)
    if silent == (endpoint.silent_since is not None):
        return False
    now = timezone.now()
    with transaction.atomic():
        mine = Endpoint.objects.filter(pk=endpoint.pk, silent_since=endpoint.silent_since)
        if not mine.update(silent_since=now if silent else None):
            return True
        announce(endpoint.team_id, endpoint.pk)
        if silent:
            tell(
                people_who_may(Act.MANAGE_WEBHOOKS, endpoint.team_id),
                team=endpoint.team,
                kind="webhook-silent",
                key=f"webhook-silent-{endpoint.pk}-{now:%Y-%m-%d}",
                title=f"No webhooks arrive at {endpoint.name}",
                text="Three jobs in a row ended without one. Jobs still finish: they are read from Rivya by the clock.",
                url=endpoint.get_absolute_url(),
            )
    return True
