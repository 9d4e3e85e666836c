"""What somebody does to their own account: a line in the log of each of their teams, for owners to see."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from console.audit.recording import Actor, Unknown, record
from console.teams.models import Membership, User


def record_own_act(
    act: str,
    person: User,
    *,
    request: HttpRequest | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    is_known: bool = True,
) -> None:
    """A line a team, or one that only support reads for a person who is in none. Inside the transaction of the act.

    `is_known` False: somebody acted on the account without having shown that it is theirs.
    """
    actor: Actor = person if is_known else Unknown()
    teams: list[UUID | None] = [each.team_id for each in Membership.objects.filter(user=person, suspended_at=None)]
    for team_id in teams or [None]:
        record(
            act,
            person,
            team_id=team_id,
            actor=actor,
            before=before,
            after=after,
            request=request,
        )


def record_by_console(act: str, person: User, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    """The same of what was done to an account from the command line."""
    teams: list[UUID | None] = [each.team_id for each in Membership.objects.filter(user=person)]
    for team_id in teams or [None]:
        record(act, person, team_id=team_id, actor=None, before=before, after=after)
