"""Rivya's own stop, told to a person: the wallet is too low. Not to be taken for a budget that is used up."""

from django.urls import reverse

from console.keys.models import Account
from console.ui import problems
from console.ui.problems import Problem

CODE = "insufficient_credits"


def wallet_stop(told: Problem, account: Account, *, may_manage: bool) -> Problem:
    """Who tops the wallet up, and where to look; whoever may name somebody is led there while nobody is named."""
    contact = account.team.billing_contact
    problem = problems.wallet_too_low(told, account.label, contact, may_name=may_manage)
    if may_manage and not contact:
        return problem.leading_to(reverse("teams:settings"), "Name who tops it up")
    return problem.leading_to(reverse("credits:wallet"), "Open the wallet")
