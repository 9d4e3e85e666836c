"""Credits: lots that expire, spent first in, first out; reserve, settle, refund (rivya-api.md §15).

Every change is a ledger row, and an account's balance is always the sum of its rows. Call inside a transaction.
"""

import json
from dataclasses import dataclass

from sandbox.answers import ApiError
from sandbox.store import packed
from sandbox.world import World


@dataclass(frozen=True)
class Settlement:
    """What a charge came to, in credits."""

    reserved: int
    final: int


def balance(world: World, account: str) -> int:
    """Return the credits that can be spent now; lots that ran out are taken off first."""
    with world.store.transaction():
        _expire(world, account)
        row = world.store.one("SELECT COALESCE(SUM(remaining), 0) AS sum FROM lots WHERE account = ?", account)
    return int(row["sum"]) if row else 0


def grant(
    world: World, account: str, credits: int, *, kind: str = "grant", lifetime_seconds: float | None = None
) -> None:
    """Give an account a new lot; ``lifetime_seconds`` lets it expire."""
    now = world.clock.now()
    expires_at = None if lifetime_seconds is None else now + lifetime_seconds
    world.store.add("lots", account=account, remaining=credits, created_at=now, expires_at=expires_at)
    _write(world, account, kind, credits)


def reserve(world: World, account: str, credits: int, subject: str) -> None:
    """Take credits for a job or a turn, or refuse with ``insufficient_credits``."""
    if balance(world, account) < credits:
        status = world.assumptions.insufficient_credits_status
        raise ApiError("insufficient_credits", "The wallet does not hold enough credits for this run.", status=status)
    taken = _take(world, account, credits)
    now = world.clock.now()
    world.store.add(
        "charges", account=account, subject=subject, state="reserved", reserved=credits, final=0, taken=packed(taken),
        created_at=now, updated_at=now,
    )  # fmt: skip
    _write(world, account, "reserve", -credits, subject)


def settle(world: World, subject: str, final: int) -> Settlement:
    """Close a charge at ``final`` credits: the rest goes back, what is missing is taken if it is there."""
    charge = world.store.one("SELECT * FROM charges WHERE subject = ? AND state = 'reserved'", subject)
    if charge is None:
        raise LookupError(f"no open charge for {subject}")
    account, reserved, taken = charge["account"], charge["reserved"], json.loads(charge["taken"])
    if final < reserved:
        _give_back(world, taken, reserved - final)
        _write(world, account, "refund" if final == 0 else "settle", reserved - final, subject)
    if final > reserved:
        final = reserved + min(final - reserved, balance(world, account))
        _take(world, account, final - reserved)
        _write(world, account, "settle", reserved - final, subject)
    state = "settled" if final else "released"
    now = world.clock.now()
    world.store.run(
        "UPDATE charges SET state = ?, final = ?, updated_at = ? WHERE id = ?", state, final, now, charge["id"]
    )
    return Settlement(reserved, final)


def spend(world: World, account: str, credits: int, kind: str = "studio") -> int:
    """Spend from outside the API, as Studio does. Returns what could be taken."""
    taken = min(credits, balance(world, account))
    _take(world, account, taken)
    _write(world, account, kind, -taken)
    return taken


def _take(world: World, account: str, credits: int) -> list[list[int]]:
    """Empty the oldest lots first. Returns pairs of lot id and credits."""
    taken: list[list[int]] = []
    for lot in world.store.all(
        "SELECT id, remaining FROM lots WHERE account = ? AND remaining > 0 ORDER BY id", account
    ):
        if not credits:
            break
        part = min(credits, lot["remaining"])
        world.store.run("UPDATE lots SET remaining = remaining - ? WHERE id = ?", part, lot["id"])
        taken.append([lot["id"], part])
        credits -= part
    return taken


def _give_back(world: World, taken: list[list[int]], credits: int) -> None:
    """Fill the lots again from which the credits came, the last one first; a lot that ran out loses them anew."""
    for lot, part in reversed(taken):
        back = min(part, credits)
        world.store.run("UPDATE lots SET remaining = remaining + ? WHERE id = ?", back, lot)
        credits -= back


def _expire(world: World, account: str) -> None:
    gone = world.store.all(
        "SELECT id, remaining FROM lots WHERE account = ? AND remaining > 0 AND expires_at <= ?",
        account,
        world.clock.now(),
    )
    for lot in gone:
        world.store.run("UPDATE lots SET remaining = 0 WHERE id = ?", lot["id"])
        _write(world, account, "expiry", -lot["remaining"])


def _write(world: World, account: str, kind: str, credits: int, subject: str | None = None) -> None:
    if credits:
        world.store.add("ledger", account=account, at=world.clock.now(), kind=kind, credits=credits, subject=subject)
