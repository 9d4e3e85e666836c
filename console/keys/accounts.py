"""Whose key is it? Rivya never names the account of a key, so we ask for something that only one account can read."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final, Protocol
from uuid import UUID

from django.utils import timezone

from console import rivya
from console.keys import clients
from console.keys.models import Account, Landmark, Secret
from console.teams.models import Team

LANDMARK_LIVES: Final = timedelta(days=1)  # then a newer one takes its place: Rivya does not say how long things live
MOST_ACCOUNTS: Final = 10  # of a team that are asked about; a key may make 60 requests a minute (rivya-api.md A34)


class Kinship(Enum):
    """What is known about a secret and an account."""

    SAME = "same"
    OTHER = "other"
    UNPROVEN = "unproven"


@dataclass(frozen=True)
class Candidate:
    """An account, what only it can read (Landmark kind → Rivya's id), and one of its own secrets that opens."""

    account_id: UUID
    landmarks: Mapping[str, str]
    witness: rivya.Secret | None


def candidates(team: Team, *, only: UUID | None = None) -> list[Candidate]:
    """The team's accounts, the newest first."""
    accounts = Account.objects.filter(team=team).prefetch_related("landmarks").order_by("-created_at")
    chosen = accounts.filter(pk=only) if only else accounts
    return [
        Candidate(account.pk, {mark.kind: mark.rivya_id for mark in account.landmarks.all()}, _witness(account))
        for account in chosen[:MOST_ACCOUNTS]
    ]


async def same_account(api_key: rivya.Secret, asked: list[Candidate]) -> dict[UUID, Kinship]:
    """For each account whether the secret belongs to it. Reads only.

    Readable with the secret: the same. Not there for the secret, but there for the account's own secret: another.
    Anything else (nothing to read yet, a scope missing, no answer, gone at Rivya) proves nothing.
    """
    async with clients.trial_client(api_key) as client:
        found = await asyncio.gather(*(_kinship(client, candidate) for candidate in asked))
    return {candidate.account_id: kinship for candidate, kinship in zip(asked, found, strict=True)}


def note_landmark(account_id: UUID, kind: str, rivya_id: str) -> None:
    """Remember what Rivya has just shown or made for this account (`Landmark.Kind`). Writes once a day and kind."""
    now = timezone.now()
    marks = Landmark.objects.filter(account_id=account_id, kind=kind)
    if not rivya_id or marks.filter(noted_at__gt=now - LANDMARK_LIVES).exists():
        return
    facts = {"rivya_id": rivya_id, "noted_at": now}
    Landmark.objects.update_or_create(account_id=account_id, kind=kind, defaults=facts)


def note_balance(account_id: UUID, credits: int | None) -> None:
    """Keep the balance that Rivya told; None (not told) changes nothing."""
    if credits is not None:
        Account.objects.filter(pk=account_id).update(balance=credits, balance_at=timezone.now())


def new_account(team: Team, *, may_be_another: bool) -> Account:
    """An account of its own, called by its number until somebody names it."""
    taken = set(Account.objects.filter(team=team).values_list("label", flat=True))
    numbered = ("Rivya account" if number == 1 else f"Rivya account {number}" for number in range(1, len(taken) + 2))
    label = next(label for label in numbered if label not in taken)
    return Account.objects.create(team=team, label=label, may_be_another=may_be_another)


def _witness(account: Account) -> rivya.Secret | None:
    live = Secret.objects.filter(key__account=account, state__in=Secret.LIVE).order_by("-added_at")
    for secret in live[:3]:
        try:
            return rivya.Secret(clients.open_secret(secret, account.team_id))
        except clients.CannotOpen:
            continue
    return None


async def _kinship(client: rivya.Client, candidate: Candidate) -> Kinship:
    found = Kinship.UNPROVEN
    for kind, rivya_id in candidate.landmarks.items():
        match await _can_read(client, kind, rivya_id):
            case True:
                return Kinship.SAME
            case False if candidate.witness and await _witness_reads(candidate.witness, kind, rivya_id):
                found = Kinship.OTHER
    return found


async def _witness_reads(witness: rivya.Secret, kind: str, rivya_id: str) -> bool:
    async with clients.trial_client(witness) as client:
        return await _can_read(client, kind, rivya_id) is True


class _Named(Protocol):
    @property
    def id(self) -> str: ...


async def _can_read(client: rivya.Client, kind: str, rivya_id: str) -> bool | None:
    """None when the answer says neither."""
    reads: dict[str, Callable[[str], Awaitable[_Named]]] = {
        Landmark.Kind.GENERATION: client.generations.retrieve,
        Landmark.Kind.FILE: client.files.retrieve,
        Landmark.Kind.SESSION: client.chat.session,
        Landmark.Kind.ENDPOINT: client.endpoints.retrieve,
    }
    try:
        found = await reads[kind](rivya_id)
    except rivya.Missing as error:
        return False if error.code == "not_found" else None
    except (rivya.RivyaError, ValueError, KeyError):
        return None
    return found.id == rivya_id
