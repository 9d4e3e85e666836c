"""What a person does about a cause: note, take, resolve, ignore, open again. Conditional updates say who was first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from console.audit.recording import record
from console.failures.models import Cause, Note
from console.failures.verdicts import verdict_on
from console.live.publishing import SEVERAL, publish
from console.notices.telling import tell
from console.teams.access import TeamRequest
from console.teams.models import User

_OPENED = {"closed_at": None, "ignored_until": None, "ignored_to_count": None, "ignored_a_day": None}


@dataclass(frozen=True, slots=True)
class Until:
    """What ends the ignoring; exactly one is set. `more` failures from now on, or more than `a_day` within a day."""

    moment: datetime | None = None
    more: int | None = None
    a_day: int | None = None

    @property
    def words(self) -> str:
        if self.moment is not None:
            return f"until {self.moment:%d %B %Y}".replace(" 0", " ")
        if self.a_day is not None:
            return f"until it fails more than {'once' if self.a_day == 1 else f'{self.a_day:,} times'} in a day"
        return "until it fails once more" if self.more == 1 else f"until it fails {self.more:,} more times"


def add_note(cause: Cause, request: TeamRequest, text: str) -> None:
    """Write down what somebody found out."""
    with transaction.atomic():
        _tell(cause, request, Note.Kind.NOTE, text)
        _record("failure.noted", cause, request, {"characters": len(text)})


def assign(cause: Cause, request: TeamRequest, to: User | None) -> bool:
    """Give the cause to a member and tell them, or give it to nobody; False when it is closed."""
    state = Cause.State.ASSIGNED if to else Cause.State.OPEN
    words = f"to {to.display_name}" if to else "to nobody"
    held = Cause.objects.filter(state__in=Cause.NEEDS_SOMEBODY)
    with transaction.atomic():
        won = _move(cause, request, held, Note.Kind.ASSIGNED, words, state=state, assigned_to=to)
        if won and to and to.pk not in (request.user.pk, cause.assigned_to_id):
            _tell_of_it(cause, request, to)
    return won


def resolve(cause: Cause, request: TeamRequest, text: str) -> bool:
    """Say that it is mended; False when it is closed already."""
    held = Cause.objects.filter(state__in=Cause.NEEDS_SOMEBODY)
    closed = _closed(Cause.State.RESOLVED) | {"assigned_to": None}
    return _move(cause, request, held, Note.Kind.RESOLVED, text, **_OPENED | closed)


def ignore(cause: Cause, request: TeamRequest, until: Until) -> bool:
    """Leave it alone until something happens, and keep whose it is; False when it is closed already."""
    held = Cause.objects.filter(state__in=Cause.NEEDS_SOMEBODY)
    limits: dict[str, Any] = {"ignored_until": until.moment, "ignored_a_day": until.a_day}
    limits["ignored_to_count"] = F("count") + until.more if until.more else None
    return _move(cause, request, held, Note.Kind.IGNORED, until.words, **_closed(Cause.State.IGNORED) | limits)


def reopen(cause: Cause, request: TeamRequest) -> bool:
    """Open what is closed, for whoever had it while it was ignored; False when it is open."""
    held = Cause.objects.exclude(state__in=Cause.NEEDS_SOMEBODY)
    opened = {**_OPENED, "state": cause.state_when_open}
    return _move(cause, request, held, Note.Kind.REOPENED, "", **opened)


def _tell_of_it(cause: Cause, request: TeamRequest, to: User) -> None:
    tell(
        [to],
        team=cause.team,
        kind="cause",
        key=f"cause-{cause.pk.hex}-{uuid4().hex}",  # given again later, it is told again
        title=f"{request.user.display_name} asks you to look after a cause of failures",
        text=f"{verdict_on(cause.code).title} on {cause.model_name}",
        url=reverse("failures:show", args=[cause.pk]),
    )


def _closed(state: Cause.State) -> dict[str, Any]:
    return {"state": state, "closed_at": timezone.now()}


def _move(cause: Cause, request: TeamRequest, held: Any, kind: Note.Kind, words: str, **fields: Any) -> bool:
    with transaction.atomic():
        if not held.filter(pk=cause.pk).update(**fields):
            return False
        before = {"state": cause.state}
        _tell(cause, request, kind, words)
        _record(f"failure.{kind.value}", cause, request, {"state": fields["state"], "words": words}, before)
    return True


def _tell(cause: Cause, request: TeamRequest, kind: Note.Kind, words: str) -> None:
    Note.objects.create(cause=cause, person=request.user, kind=kind, text=words)
    publish(cause.team_id, "failures", project_id=SEVERAL)


def _record(
    act: str, cause: Cause, request: TeamRequest, after: dict[str, Any], before: dict[str, Any] | None = None
) -> None:
    record(act, cause, team_id=cause.team_id, actor=request.user, before=before, after=after, request=request)
