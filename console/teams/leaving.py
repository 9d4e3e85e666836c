"""What ends with a membership, or with part of what it allowed.

Open streams ask by themselves, every 15 s, whether their reader still belongs; nothing has to be told to them. What a
person made, and answers of a chat that they paid for, go on.
"""

from console.teams.access import TeamRequest
from console.teams.ending_sessions import end_sessions
from console.teams.inviting import revoke_those_beyond
from console.teams.models import Membership


def close_doors(theirs: Membership, asker: TeamRequest, *, is_out: bool = False) -> None:
    """Invitations the member could no longer make end, and sessions of whoever is now in no team at all.

    Inside the transaction of the act. Who leaves by themselves keeps the session in which they say so.
    """
    revoke_those_beyond(theirs, asker, is_out=is_out)
    elsewhere = Membership.objects.active().filter(user=theirs.user_id).exclude(pk=theirs.pk)
    if is_out and not theirs.user.is_staff and not elsewhere.exists():
        end_sessions(theirs.user, but=asker.session.session_key if theirs.user_id == asker.user.pk else None)
