"""Goods from one place to another: offered, agreed, sent, received in parts; what is on the way is accounted at every moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.supplies.domain.stock import Batch, Lot, Moved
from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

TransferState = Literal["asked", "offered", "agreed", "sent", "received", "declined", "withdrawn", "regretted"]


@dataclass(frozen=True)
class TransferOffered:
    sender: str
    receiver: str
    item: str
    quantity: int


@dataclass(frozen=True)
class TransferRegretted:
    """Asked for so many by the district office, the sender has none to spare."""

    sender: str
    receiver: str
    item: str
    quantity: int


@dataclass(frozen=True)
class TransferAgreed:
    pass


@dataclass(frozen=True)
class TransferDeclined:
    pass


@dataclass(frozen=True)
class TransferWithdrawn:
    pass


@dataclass(frozen=True)
class TransferSent:
    """So many left the sender; they belong to nobody's stock until they are received."""

    sender: str
    receiver: str
    item: str
    quantity: int


@dataclass(frozen=True)
class TransferReceived:
    """So many arrived and so many are lost; `on_the_way` are still to come."""

    sender: str
    receiver: str
    item: str
    quantity: int
    lost: int
    on_the_way: int


@dataclass(frozen=True)
class TransferReturned:
    """So many came back to the sender; `on_the_way` are still out."""

    sender: str
    receiver: str
    item: str
    quantity: int
    on_the_way: int


class SamePlace(RuleBroken):
    code = "same-place"
    status = 422
    says = Text("不能调拨给自己。", "A place cannot send to itself.")


class TransferNotWaiting(RuleBroken):
    code = "transfer-not-waiting"
    says = Text("这笔调拨已经处理过了。", "This transfer has been dealt with already.")


class TransferNotAsked(RuleBroken):
    code = "transfer-not-asked"
    says = Text("这笔支援已经答复过了。", "This has been answered already.")


class TransferNotAgreed(RuleBroken):
    code = "transfer-not-agreed"
    says = Text("对方同意以后才能发出，而且只能发出一次。", "It can be sent once, after the other side has agreed.")


class TransferNotOnTheWay(RuleBroken):
    code = "transfer-not-on-the-way"
    says = Text("这笔调拨不在途中。", "This transfer is not on its way.")


class MoreThanOffered(RuleBroken):
    code = "more-than-offered"
    says = Text("最多发出约定的 {quantity}。", "At most the {quantity} that were agreed can be sent.")


class MoreThanOnTheWay(RuleBroken):
    code = "more-than-on-the-way"
    says = Text("途中只有 {on_the_way}。", "Only {on_the_way} are on the way.")


class LossNeedsReason(RuleBroken):
    code = "loss-needs-reason"
    status = 422
    says = Text("有损失时请写明原因。", "Please say why some were lost.")


@dataclass
class Loss:
    quantity: int
    reason: str
    at: datetime


@dataclass
class Transfer:
    """`lots` are on the way: they have left the sender's ledger and are not yet in the receiver's.

    One that the district office `asked` for is nobody's word yet: the sender offers what it can, or regrets.
    """

    id: str
    item: str
    sender: str
    receiver: str
    quantity: int
    offered_at: datetime
    state: TransferState = "offered"
    sent: int = 0
    received: int = 0
    returned: int = 0
    lots: list[Lot] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    sharing: str | None = None

    @property
    def on_the_way(self) -> int:
        return sum(lot.quantity for lot in self.lots)

    @property
    def lost(self) -> int:
        return sum(loss.quantity for loss in self.losses)

    def offered(self) -> TransferOffered:
        """Raises SamePlace."""
        if self.sender == self.receiver:
            raise SamePlace("receiver")
        return TransferOffered(self.sender, self.receiver, self.item, self.quantity)

    def offer_asked(self, quantity: int, at: datetime) -> list[TransferOffered]:
        """The sender can spare so many of what it was asked for. Raises TransferNotAsked."""
        if self.state != "asked":
            raise TransferNotAsked
        self.state, self.quantity, self.offered_at = "offered", quantity, at
        return [self.offered()]

    def regret(self) -> list[TransferRegretted]:
        """Raises TransferNotAsked."""
        if self.state != "asked":
            raise TransferNotAsked
        self.state = "regretted"
        return [TransferRegretted(self.sender, self.receiver, self.item, self.quantity)]

    def agree(self) -> list[TransferAgreed]:
        """Raises TransferNotWaiting."""
        if self.state != "offered":
            raise TransferNotWaiting
        self.state = "agreed"
        return [TransferAgreed()]

    def decline(self) -> list[TransferDeclined]:
        """Raises TransferNotWaiting."""
        if self.state != "offered":
            raise TransferNotWaiting
        self.state = "declined"
        return [TransferDeclined()]

    def withdraw(self) -> list[TransferWithdrawn]:
        """The sender thinks better of it, until it is sent. Raises TransferNotWaiting."""
        if self.state not in ("offered", "agreed"):
            raise TransferNotWaiting
        self.state = "withdrawn"
        return [TransferWithdrawn()]

    def check_sendable(self, quantity: int) -> None:
        """Raises TransferNotAgreed, MoreThanOffered."""
        if self.state != "agreed":
            raise TransferNotAgreed
        if quantity > self.quantity:
            raise MoreThanOffered("quantity", quantity=self.quantity)

    def send(self, lines: Sequence[Moved]) -> list[TransferSent]:
        """What the sender's ledger gave out is now on the way. Raises TransferNotAgreed, MoreThanOffered."""
        quantity = -sum(line.quantity for line in lines)
        self.check_sendable(quantity)
        self.state, self.sent = "sent", quantity
        self.lots = [Lot(Batch(line.code, line.expires), -line.quantity) for line in lines]
        return [TransferSent(self.sender, self.receiver, self.item, quantity)]

    def receive(self, quantity: int, lost: int, reason: str, at: datetime) -> tuple[list[TransferReceived], list[Lot]]:
        """A part arrived, or all; some may be lost, with a reason. Returns also the lots for the receiver's ledger.

        Raises TransferNotOnTheWay, MoreThanOnTheWay, LossNeedsReason.
        """
        self._check_on_the_way(quantity + lost)
        if lost and not reason:
            raise LossNeedsReason("reason")
        arrived = self._unload(quantity)
        if lost:
            self._unload(lost)
            self.losses.append(Loss(lost, reason, at))
        self.received += quantity
        self._end_if_empty()
        told = TransferReceived(self.sender, self.receiver, self.item, quantity, lost, self.on_the_way)
        return [told], arrived

    def take_back(self, quantity: int) -> tuple[list[TransferReturned], list[Lot]]:
        """What the receiver could not take came back. Returns also the lots for the sender's ledger.

        Raises TransferNotOnTheWay, MoreThanOnTheWay.
        """
        self._check_on_the_way(quantity)
        lots = self._unload(quantity)
        self.returned += quantity
        self._end_if_empty()
        return [TransferReturned(self.sender, self.receiver, self.item, quantity, self.on_the_way)], lots

    def _check_on_the_way(self, quantity: int) -> None:
        if self.state != "sent":
            raise TransferNotOnTheWay
        if quantity > self.on_the_way:
            raise MoreThanOnTheWay("quantity", on_the_way=self.on_the_way)

    def _end_if_empty(self) -> None:
        if not self.lots:
            self.state = "received"

    def _unload(self, quantity: int) -> list[Lot]:
        out = list[Lot]()
        for lot in self.lots:
            part = min(quantity, lot.quantity)
            if part:
                out.append(Lot(lot.batch, part))
                lot.quantity -= part
                quantity -= part
        self.lots = [lot for lot in self.lots if lot.quantity]
        return out
