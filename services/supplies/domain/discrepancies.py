"""What was used beyond the book: a named difference that somebody has to count, never a refusal."""

from dataclasses import dataclass
from datetime import datetime

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken


@dataclass(frozen=True)
class DiscrepancyFound:
    """`owner` is the account that is to count, None where no hand has touched that stock yet."""

    place: str
    item: str
    quantity: int
    document: str
    owner: str | None


@dataclass(frozen=True)
class DiscrepancyTaken:
    owner: str


@dataclass(frozen=True)
class DiscrepancySettled:
    """Counted: the book now says `balance`."""

    balance: int


class DiscrepancySettledAlready(RuleBroken):
    code = "discrepancy-settled"
    says = Text("这处差异已经盘点清楚。", "This difference has been counted and settled.")


@dataclass
class Discrepancy:
    id: str
    place: str
    item: str
    quantity: int
    document: str
    found_at: datetime
    owner: str | None
    settled_at: datetime | None = None

    def found(self) -> DiscrepancyFound:
        return DiscrepancyFound(self.place, self.item, self.quantity, self.document, self.owner)

    def take(self, account: str) -> list[DiscrepancyTaken]:
        """Somebody else will count. Raises DiscrepancySettledAlready."""
        if self.settled_at is not None:
            raise DiscrepancySettledAlready
        if self.owner == account:
            return []
        self.owner = account
        return [DiscrepancyTaken(account)]

    def settle(self, balance: int, at: datetime) -> list[DiscrepancySettled]:
        if self.settled_at is not None:
            return []
        self.settled_at = at
        return [DiscrepancySettled(balance)]
