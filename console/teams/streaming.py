"""The one stream of a page: what changed in the team that the page shows."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import cast
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from console.engine.idling import without_connection
from console.live.seats import seat_of
from console.live.stream import HEARTBEAT_SECONDS, events
from console.teams.access import TeamRequest, is_member
from console.teams.models import Membership, Team, User
from console.teams.second_steps import is_shut
from console.teams.which_team import membership_of_page


@login_not_required
@require_GET
async def stream(request: HttpRequest) -> HttpResponseBase:
    """GET `/live/?since=…`, read-only. 401 signed out, 404 without a team; `Last-Event-ID` wins over `since`."""
    if not (await request.auser()).is_authenticated:
        return HttpResponse(status=401)  # a redirect to the sign-in page would be followed, and followed
    membership = await sync_to_async(membership_of_page)(request)
    if membership is None or await sync_to_async(_is_shut)(membership.user_id, membership.team_id):
        return HttpResponse(status=404)
    reach = await sync_to_async(reach_of)(membership.user_id, membership.team_id)
    allowed = partial(sync_to_async(_as_before), request, membership, reach)
    told = without_connection(_seated(membership, _since(request), allowed, reach))
    response = StreamingHttpResponse(told, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _seated(
    membership: Membership,
    since: int | None,
    allowed: Callable[[], Awaitable[bool]],
    reach: frozenset[UUID] | None,
) -> AsyncIterator[bytes]:
    with seat_of(membership.user_id) as seat:
        told = cast(AsyncGenerator[bytes, None], events(membership.team_id, since, allowed, reach, seat))
        async with aclosing(told):
            async for piece in told:
                yield piece


def still_allowed(request: HttpRequest, user_id: UUID, team_id: UUID) -> bool:
    """Still a member, and the session that opened the stream has not been ended, nor support's look through it."""
    session, viewing = request.session, getattr(request, "viewing", None)
    if viewing is not None and not viewing.is_still_open():
        return False
    return session.exists(session.session_key or "") and is_member(user_id, team_id) and not _is_shut(user_id, team_id)


def _is_shut(user_id: UUID, team_id: UUID) -> bool:
    """Whether the team began to ask for a second step while the stream was open."""
    asking = Team.objects.filter(pk=team_id, requires_second_step=True).first()
    return asking is not None and is_shut(asking, User(pk=user_id))


async def while_allowed(request: TeamRequest, chunks: AsyncIterator[bytes], last_words: bytes) -> AsyncIterator[bytes]:
    """The same bytes, as long as who reads them still may: asked every 15 s. Else `last_words`, and the end."""
    user_id, team_id = request.user.pk, request.team.pk
    checked_at = time.monotonic()
    async with aclosing(cast(AsyncGenerator[bytes, None], chunks)):
        async for chunk in chunks:
            if time.monotonic() - checked_at >= HEARTBEAT_SECONDS:
                if not await sync_to_async(still_allowed)(request, user_id, team_id):
                    yield last_words
                    return
                checked_at = time.monotonic()
            yield chunk


def reach_of(user_id: UUID, team_id: UUID) -> frozenset[UUID] | None:
    """The projects that the person sees in the team now; None: all of them."""
    mine = Membership.objects.filter(user=user_id, team=team_id)
    if mine.seeing_all().exists():
        return None
    return frozenset(mine.exclude(project_members=None).values_list("project_members__project_id", flat=True))


def _as_before(request: HttpRequest, membership: Membership, reach: frozenset[UUID] | None) -> bool:
    """Still allowed, to the same projects: a page whose reach has changed connects again, to what it may see now."""
    whose = membership.user_id, membership.team_id
    return still_allowed(request, *whose) and reach_of(*whose) == reach


def _since(request: HttpRequest) -> int | None:
    given = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
