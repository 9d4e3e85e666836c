"""The books of both sides, side by side: what our ledger says, and what the sandbox charged."""

from collections import Counter
from dataclasses import replace
from uuid import uuid4

from django.db.models import F

from console.credits.models import Budget, Entry
from console.projects.models import Project
from tests.conftest import Sandbox


def fresh_account(sandbox: Sandbox) -> Sandbox:
    """The same sandbox, asked with a key of an account that nobody else spends from."""
    here = replace(sandbox, account=f"acct-{uuid4().hex[:8]}", secret=f"rvya_sk_test_{uuid4().hex}")
    here.control("POST", "accounts", {"name": here.account, "credits": 1000})
    here.control("POST", "keys", {"account": here.account, "key": here.secret})
    return here


def assert_same_books(sandbox: Sandbox, project: Project) -> None:
    """Equal sums, no line twice, nothing held, the budget's figure true, and every repeat with the same bytes."""
    entries, state = Entry.objects.filter(project=project), sandbox.state()
    charges = [each for each in state["charges"] if each["account"] == sandbox.account]
    assert {each["state"] for each in charges} <= {"settled", "released"}
    assert entries.charged() == sum(each["final"] or 0 for each in charges)
    assert entries.held() == 0
    assert max(Counter(entries.values_list("subject", "kind")).values(), default=1) == 1
    assert sum(Budget.objects.filter(project=project).values_list(F("committed"), flat=True)) == entries.charged()
    posted = [each for each in state["idempotency"] if each["account"] == sandbox.account]
    assert all(each["bodies_identical"] for each in posted)
