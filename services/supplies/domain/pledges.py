"""What donors promise, bring in parts, and are thanked for; and the register of what was given."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.supplies.domain.stock import AlreadyExpired
from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

DISTRICT = "district"  # decides for whoever names no community
DonorKind = Literal["person", "merchant"]
PledgeState = Literal["made", "accepted", "delivered", "declined", "withdrawn"]


@dataclass(frozen=True)
class PledgeMade:
    """`place` None: for whoever needs it most; the district finds out who does."""

    account: str
    item: str
    quantity: int
    place: str | None
    kind: DonorKind


@dataclass(frozen=True)
class PledgeAccepted:
    """It goes to `place`, for the need `need` if there is one."""

    account: str
    item: str
    quantity: int
    place: str
    need: str | None


@dataclass(frozen=True)
class PledgeDeclined:
    account: str


@dataclass(frozen=True)
class PledgeWithdrawn:
    account: str


@dataclass(frozen=True)
class PartDelivered:
    """So many came now, `delivered` so far; `complete` once all that was promised is there."""

    account: str
    item: str
    place: str
    quantity: int
    delivered: int
    complete: bool


@dataclass(frozen=True)
class PledgeThanked:
    account: str
    place: str


@dataclass(frozen=True)
class DonationReceived:
    """The receipt's `number` runs on in each place and year. `account` None: somebody at the door, unknown to the system."""

    place: str
    item: str
    quantity: int
    number: str
    pledge: str | None
    account: str | None


class NameMissing(RuleBroken):
    code = "name-missing"
    status = 422
    says = Text("要公示名称，请先填写名称；也可以选择匿名。", "To be shown by name, give a name; or stay anonymous.")


class PledgeNotWaiting(RuleBroken):
    code = "pledge-not-waiting"
    says = Text("这份捐赠意向已经处理过了。", "This pledge has been dealt with already.")


class PledgeForOthers(RuleBroken):
    code = "pledge-for-others"
    says = Text(
        "这份意向不归这里：指定了社区的由那个社区处理，没有指定的由指挥部安排。",
        "This pledge is not yours: the community it names decides, or the district where it names none.",
    )


class PledgeNotAccepted(RuleBroken):
    code = "pledge-not-accepted"
    says = Text("这份捐赠意向不是等待送达的状态。", "This pledge is not one that is on its way here.")


class WrongNeed(RuleBroken):
    code = "need-does-not-fit"
    says = Text("这条需求要的不是这种物资，或不属于这个社区。", "That need is for something else, or of another place.")


class NothingToThank(RuleBroken):
    code = "nothing-to-thank-for"
    says = Text("还没有收到东西，先收货再致谢。", "Nothing has come yet; thank once it has.")


@dataclass
class Donor:
    """`name` stands on the receipt; others see it only where `shown` is true."""

    kind: DonorKind
    name: str | None = None
    shown: bool = False

    @property
    def called(self) -> str | None:
        """The name others may see."""
        return self.name if self.shown else None

    def check_name(self) -> None:
        """Raises NameMissing."""
        if self.shown and not self.name:
            raise NameMissing("name")


@dataclass
class Pledge:
    """Something a donor would bring to `place` (None: to whoever needs it most); once accepted, it goes to `goes_to`."""

    id: str
    account: str
    item: str
    quantity: int
    place: str | None
    donor: Donor
    expires: date | None
    made_at: datetime
    need: str | None = None
    state: PledgeState = "made"
    goes_to: str | None = None
    delivered: int = 0
    reason: str | None = None
    thanks: str | None = None

    @property
    def to_come(self) -> int:
        return max(self.quantity - self.delivered, 0) if self.state == "accepted" else 0

    def made(self, today: date) -> PledgeMade:
        """Raises NameMissing, AlreadyExpired."""
        self.donor.check_name()
        if self.expires is not None and self.expires < today:
            raise AlreadyExpired("expires")
        return PledgeMade(self.account, self.item, self.quantity, self.place, self.donor.kind)

    def accept(self, keeper: str, place: str, need: str | None) -> list[PledgeAccepted]:
        """The keeper of a store decides where it goes. Raises PledgeForOthers, PledgeNotWaiting."""
        self._check_decided_by(keeper)
        self.state, self.goes_to, self.need = "accepted", place, need
        return [PledgeAccepted(self.account, self.item, self.quantity, place, need)]

    def decline(self, keeper: str, reason: str) -> list[PledgeDeclined]:
        """Raises PledgeForOthers, PledgeNotWaiting."""
        self._check_decided_by(keeper)
        self.state, self.reason = "declined", reason
        return [PledgeDeclined(self.account)]

    def withdraw(self) -> list[PledgeWithdrawn]:
        """The donor cannot bring it (or the rest of it) after all. Raises PledgeNotWaiting."""
        if self.state not in ("made", "accepted"):
            raise PledgeNotWaiting
        self.state = "withdrawn"
        return [PledgeWithdrawn(self.account)]

    def deliver(self, place: str, quantity: int) -> list[PartDelivered]:
        """A part came, or all, or more than was promised. Raises PledgeNotAccepted."""
        if self.state != "accepted" or self.goes_to != place:
            raise PledgeNotAccepted
        self.delivered += quantity
        complete = self.delivered >= self.quantity
        if complete:
            self.state = "delivered"
        return [PartDelivered(self.account, self.item, place, quantity, self.delivered, complete)]

    def thank(self, place: str, words: str) -> list[PledgeThanked]:
        """Raises NothingToThank."""
        if self.goes_to != place or not self.delivered:
            raise NothingToThank
        self.thanks = words
        return [PledgeThanked(self.account, place)]

    def _check_decided_by(self, keeper: str) -> None:
        if keeper != (self.place or DISTRICT):
            raise PledgeForOthers
        if self.state != "made":
            raise PledgeNotWaiting


@dataclass
class Donation:
    """What was given, as the receipt says it."""

    id: str
    number: str
    place: str
    item: str
    quantity: int
    donor: Donor
    pledge: str | None
    account: str | None
    at: datetime

    def received(self) -> DonationReceived:
        """Raises NameMissing."""
        self.donor.check_name()
        return DonationReceived(self.place, self.item, self.quantity, self.number, self.pledge, self.account)


@dataclass
class Register:
    """The running number of one place's receipts in one year; no number is left out or given twice."""

    id: str
    last: int = 0

    def next_number(self) -> str:
        self.last += 1
        place, _, year = self.id.partition(":")
        return f"{place.upper()}-{year}-{self.last:04}"
