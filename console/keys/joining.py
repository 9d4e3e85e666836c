"""Say by hand that two of the team's accounts are one at Rivya, where nothing could prove it."""

from django.db import transaction
from django.db.models import ProtectedError
from django.http import HttpRequest

from console.audit.recording import record
from console.keys.declined import Declined
from console.keys.models import Account, Landmark
from console.teams.models import Team, User


def join_accounts(account: Account, into: Account, person: User, *, request: HttpRequest | None = None) -> None:
    """Move the keys of `account` to `into` and let it go. Raises Declined once anything was sent or booked on it.

    Whatever was sent names its account, and is only found again there: so what has a history stays by itself.
    """
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=account.team_id)
        moved = [str(key) for key in account.keys.all()]
        before = {"account": str(account), "keys": moved}
        account.keys.update(account=into)
        known = list(into.landmarks.values_list("kind", flat=True))
        Landmark.objects.filter(account=account).exclude(kind__in=known).update(account=into)
        record(
            "account.joined",
            account,
            team_id=account.team_id,
            actor=person,
            before=before,
            after={"account": str(into)},
            request=request,
        )
        try:
            account.delete()
        except ProtectedError:
            words = f"{account} has a history of its own by now: what was sent there is only found there. It stays."
            raise Declined(words) from None
        if into.may_be_another and Account.objects.filter(team=into.team).count() == 1:
            Account.objects.filter(pk=into.pk).update(may_be_another=False)


def keep_apart(account: Account, person: User, *, label: str, request: HttpRequest | None = None) -> None:
    """Give the account the name the team calls it by; naming it says that it is one of its own."""
    with transaction.atomic():
        before = {"label": account.label}
        Account.objects.filter(pk=account.pk).update(label=label, may_be_another=False)
        record(
            "account.renamed",
            account,
            team_id=account.team_id,
            actor=person,
            before=before,
            after={"label": label},
            request=request,
        )
