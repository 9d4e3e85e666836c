"""The accounts and keys of a new sandbox, made once, when its data file is empty."""

import json

from sandbox import money
from sandbox.access import SCOPES
from sandbox.catalogue import seed_models
from sandbox.world import World

DEMO = "rvya_sk_sandbox_demo_0000000000000001"
OTHER = "rvya_sk_sandbox_other_0000000000000002"
NOSCOPE = "rvya_sk_sandbox_noscope_000000000000003"
REVOKED = "rvya_sk_sandbox_revoked_000000000000004"
EXPIRED = "rvya_sk_sandbox_expired_000000000000005"


def seed(world: World) -> None:
    """Fill an empty sandbox: models, two accounts, five keys."""
    with world.store.transaction():
        if world.store.one("SELECT 1 FROM accounts") is not None:
            return
        seed_models(world)
        add_account(world, "demo", 5000)
        add_account(world, "other", 500)
        add_key(world, DEMO, "demo", name="demo")
        add_key(world, OTHER, "other", name="other")
        add_key(world, NOSCOPE, "demo", name="no scope", scopes=["models:read", "credits:read"])
        add_key(world, REVOKED, "demo", name="revoked", state="revoked")
        add_key(world, EXPIRED, "demo", name="expired", state="expired")


def add_account(world: World, name: str, credits: int) -> None:
    """Make an account with a first lot of credits that does not expire."""
    world.store.add("accounts", name=name, created_at=world.clock.now())
    if credits:
        money.grant(world, name, credits)


def add_key(
    world: World, secret: str, account: str, *, name: str, scopes: list[str] | None = None, state: str = "active"
) -> None:
    """Make a key; without ``scopes`` it holds all of them."""
    world.store.add(
        "keys", secret=secret, account=account, name=name, state=state, created_at=world.clock.now(),
        scopes=json.dumps(list(SCOPES) if scopes is None else scopes),
    )  # fmt: skip
