"""What a place needs from outside: raised, confirmed by a second person, kept fresh, met or stopped."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

Urgency = Literal["now", "days", "later"]
NeedState = Literal["raised", "confirmed", "met", "stopped"]
FRESH_FOR = timedelta(days=3)  # nobody should bring what was needed last week


@dataclass(frozen=True)
class NeedRaised:
    """`quantity` None: not known yet."""

    place: str
    item: str
    quantity: int | None
    urgency: Urgency


@dataclass(frozen=True)
class NeedConfirmed:
    place: str
    item: str
    quantity: int | None
    urgency: Urgency


@dataclass(frozen=True)
class NeedRenewed:
    pass


@dataclass(frozen=True)
class NeedStale:
    """Nobody said for three days that it still holds: it is not shown to donors until somebody does."""


@dataclass(frozen=True)
class NeedMet:
    """Stop sending."""

    received: int


@dataclass(frozen=True)
class NeedStopped:
    """Stop sending, for another reason."""


class NeedKnown(RuleBroken):
    code = "need-known"
    says = Text(
        "这种物资已有一条未了结的需求，请先处理那一条。",
        "There is an open need for this item; please deal with that one.",
    )


class SecondPersonNeeded(RuleBroken):
    code = "second-person-needed"
    says = Text(
        "需求要由另一位工作人员核实，不能自己核实自己提的。",
        "A need is confirmed by a second person, not by who raised it.",
    )


class NeedNotWaiting(RuleBroken):
    code = "need-not-waiting"
    says = Text("这条需求已经核实过，或已了结。", "This need is confirmed already, or closed.")


class NeedNotOpen(RuleBroken):
    code = "need-not-open"
    says = Text("这条需求已经了结。", "This need is closed.")


@dataclass
class Need:
    id: str
    place: str
    item: str
    quantity: int | None
    urgency: Urgency
    raised_by: str
    raised_at: datetime
    fresh_until: datetime
    state: NeedState = "raised"
    stale: bool = False
    received: int = 0
    reason: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in ("raised", "confirmed")

    @property
    def is_shown(self) -> bool:
        """To donors, and to whoever shares out."""
        return self.state == "confirmed" and not self.stale

    @property
    def missing(self) -> int | None:
        """None: not known."""
        return None if self.quantity is None else max(self.quantity - self.received, 0)

    def raised(self) -> NeedRaised:
        return NeedRaised(self.place, self.item, self.quantity, self.urgency)

    def confirm(self, account: str, at: datetime) -> list[NeedConfirmed]:
        """Raises NeedNotWaiting, SecondPersonNeeded."""
        if self.state != "raised":
            raise NeedNotWaiting
        if account == self.raised_by:
            raise SecondPersonNeeded
        self.state, self.fresh_until, self.stale = "confirmed", at + FRESH_FOR, False
        return [NeedConfirmed(self.place, self.item, self.quantity, self.urgency)]

    def renew(self, at: datetime) -> list[NeedRenewed]:
        """Somebody says that it still holds. Raises NeedNotOpen."""
        if not self.is_open:
            raise NeedNotOpen
        self.fresh_until, self.stale = at + FRESH_FOR, False
        return [NeedRenewed()]

    def watch(self, at: datetime) -> list[NeedStale]:
        if not self.is_open or self.stale or at < self.fresh_until:
            return []
        self.stale = True
        return [NeedStale()]

    def fulfil(self, quantity: int) -> list[NeedMet]:
        """So many came; what is unknown in quantity is met only when somebody says so."""
        self.received += quantity
        if self.missing != 0:
            return []
        self.state = "met"
        return [NeedMet(self.received)]

    def stop(self, reason: str) -> list[NeedStopped]:
        """Raises NeedNotOpen."""
        if not self.is_open:
            raise NeedNotOpen
        self.state, self.reason = "stopped", reason
        return [NeedStopped()]

    def enough(self) -> list[NeedMet]:
        """Somebody says that it is met. Raises NeedNotOpen."""
        if not self.is_open:
            raise NeedNotOpen
        self.state = "met"
        return [NeedMet(self.received)]


def new_need(
    id_: str, place: str, item: str, quantity: int | None, urgency: Urgency, account: str, at: datetime
) -> Need:
    return Need(id_, place, item, quantity, urgency, account, at, at + FRESH_FOR)
