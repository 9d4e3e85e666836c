"""Tell who can act of drift that nobody explained: once a day at most."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Sum
from django.urls import reverse

from console.credits.ledger import day_in
from console.credits.models import WalletInterval
from console.keys.models import Account
from console.notices.telling import tell
from console.teams.access import Act, people_who_may
from console.teams.models import Team
from console.ui.amounts import credits_in_words

WITHIN: Final = timedelta(days=1)
TELL_FROM: Final = 10  # credits, up or down; every single one is shown on the page


def tell_of_drift(account: Account, now: datetime) -> None:
    """Inside the caller's transaction."""
    recent = WalletInterval.objects.filter(account=account, is_final=True, to_at__gt=now - WITHIN)
    drifting = recent.drifting()
    down = drifting.filter(unexplained__lt=0).aggregate(sum=Sum("unexplained"))["sum"] or 0
    up = drifting.filter(unexplained__gt=0).aggregate(sum=Sum("unexplained"))["sum"] or 0
    if max(-down, up) < TELL_FROM:
        return
    team = Team.objects.get(pk=account.team_id)
    parts = [f"{credits_in_words(-down)} left it" if down else "", f"{credits_in_words(up)} came" if up else ""]
    tell(
        people_who_may(Act.MANAGE_BUDGETS, team.pk),
        team=team,
        kind="wallet-drift",
        key=f"wallet-drift-{account.pk}-{day_in(team.time_zone, now)}",
        title=f"{account.label} changed in a way that this console does not explain",
        text=f"Within a day {' and '.join(filter(None, parts))} that no job or chat turn of the team accounts for.",
        url=reverse("credits:wallet_account", args=[account.pk]) + "?show=unexplained",
    )
