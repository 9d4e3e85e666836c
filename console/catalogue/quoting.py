"""What a job will reserve at least, and what there is to reserve it from."""

from dataclasses import dataclass
from datetime import datetime

from console.catalogue.models import CatalogueModel
from console.credits import ledger
from console.keys.models import Account
from console.projects.models import Project


@dataclass(frozen=True)
class Quote:
    """`credits`: the least a run reserves, Rivya's base price; None where it names none. Balances are as last read."""

    credits: int | None
    is_exact: bool
    project_left: int | None
    project_budget: int | None
    may_overrun: bool
    wallet_left: int | None
    wallet_read_at: datetime | None

    @property
    def exceeds_project(self) -> bool:
        return self.project_left is not None and not self.may_overrun and (self.credits or 0) > self.project_left

    @property
    def passes_project(self) -> bool:
        """Beyond the budget, and let through all the same."""
        return self.project_left is not None and self.may_overrun and (self.credits or 0) > self.project_left

    @property
    def exceeds_wallet(self) -> bool:
        return self.wallet_left is not None and (self.credits or 0) > self.wallet_left

    @property
    def words(self) -> str:
        """The price as the button says it: "8 credits", "about 6 credits"."""
        if self.credits is None:
            return "price not known"
        amount = f"{self.credits:,} {'credit' if self.credits == 1 else 'credits'}"
        return amount if self.is_exact else f"about {amount}"


def quote(model: CatalogueModel, project: Project, account: Account | None = None) -> Quote:
    """Never our own arithmetic on prices: base_credits, the project's month and the wallet (rivya-api.md §15, A35).

    The wallet is that of the project's key, unless what is quoted spends from another `account`.
    """
    account = account or (project.key.account if project.key else None)
    month = ledger.month_now(project)
    return Quote(
        credits=model.base_credits,
        is_exact=model.is_priced_exactly,
        project_left=month.left,
        project_budget=month.limit,
        may_overrun=month.may_overrun,
        wallet_left=account.balance if account else None,
        wallet_read_at=account.balance_at if account else None,
    )
