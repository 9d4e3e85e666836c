"""Alice at her browser, and secrets that Rivya takes."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from console.teams.models import User
from tests.conftest import Sandbox


@pytest.fixture
def browser(browser_of: Any, alice: User) -> Client:
    client: Client = browser_of(alice)
    return client


@pytest.fixture
def new_secret(sandbox: Sandbox) -> Any:
    """`new_secret(scopes=[…], state="revoked", account=…)`: another secret of the test's Rivya account."""

    def make(**facts: Any) -> str:
        secret = f"rvya_sk_test_{uuid4().hex}"
        sandbox.control("POST", "keys", {"account": sandbox.account, "key": secret, **facts})
        return secret

    return make


@pytest.fixture
def stranger_secret(sandbox: Sandbox) -> str:
    """A secret of another Rivya account."""
    account, secret = f"acct-{uuid4().hex[:8]}", f"rvya_sk_test_{uuid4().hex}"
    sandbox.control("POST", "accounts", {"name": account, "credits": 70})
    sandbox.control("POST", "keys", {"account": account, "key": secret})
    return secret
