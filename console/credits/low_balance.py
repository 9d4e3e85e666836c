"""Say once that a wallet has become low; it can be said again after it was not."""

from datetime import datetime

from django.urls import reverse

from console.credits.models import WalletWatch
from console.keys.models import Account
from console.notices.telling import tell
from console.teams.access import Act, people_who_may
from console.teams.models import Team
from console.ui.amounts import credits_in_words


def is_low(team: Team, balance: int | None) -> bool:
    """Whether a wallet with so many credits counts as low in this team."""
    return balance is not None and balance < team.low_balance_at


def watch_level(watch: WalletWatch, account: Account, balance: int, at: datetime) -> None:
    """Note on the (locked) watch whether the wallet is low now, and tell who can act when it has just become so."""
    team = Team.objects.get(pk=account.team_id)
    if not is_low(team, balance):
        watch.low_since = None
    elif watch.low_since is None:
        watch.low_since = at
        owner = f"Billing contact: {team.billing_contact}." if team.billing_contact else ""
        tell(
            people_who_may(Act.MANAGE_TEAM, team.pk),
            team=team,
            kind="wallet-low",
            key=f"wallet-low-{account.pk}-{at:%Y%m%dT%H%M%S%f}",
            title=f"{account.label} is low: {credits_in_words(balance)} left",
            text=f"Below the {credits_in_words(team.low_balance_at)} that {team.name} wants to keep. {owner}".strip(),
            url=reverse("credits:wallet"),
        )
