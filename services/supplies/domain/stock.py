"""The ledger of one item at one place: lots, the movements that make them up, and when it runs short."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from services.supplies.domain.rates import UseRate
from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

MovementKind = Literal[
    "received", "issued", "moved-out", "moved-in", "counted", "expired", "thrown-away", "used"
]  # fmt: skip
USE: tuple[MovementKind, ...] = ("issued", "used")
SHORT_BELOW_DAYS = 3  # a shortage is raised below this many days left …
ENOUGH_FROM_DAYS = 5  # … and cleared only from this many, so that it does not flap
EXPIRING_DAYS = 30  # what expires within so many days is shown as such


@dataclass(frozen=True)
class Batch:
    """What tells one lot of an item from another: the code on the box and the day after which it must not be used."""

    code: str = ""
    expires: date | None = None

    @property
    def rank(self) -> tuple[date, str]:
        """First expired, first out; what does not expire comes last."""
        return self.expires or date.max, self.code


@dataclass
class Lot:
    batch: Batch
    quantity: int

    def is_good(self, today: date) -> bool:
        return self.batch.expires is None or self.batch.expires >= today


@dataclass(frozen=True)
class Moved:
    """One line of a stock's card, its `number`: so many of this lot came in (below zero: left); then `balance` are there, and
    all that is good lasts `days_left` whole days (None: no use is known)."""

    place: str
    item: str
    kind: MovementKind
    quantity: int
    code: str
    expires: date | None
    number: int
    balance: int
    days_left: int | None = None


@dataclass(frozen=True)
class ShortageRaised:
    """At the present rate the good stock lasts `days_left` whole days."""

    place: str
    item: str
    balance: int
    days_left: int


@dataclass(frozen=True)
class ShortageCleared:
    place: str
    item: str
    balance: int


StockEvent = Moved | ShortageRaised | ShortageCleared


class NotEnough(RuleBroken):
    code = "not-enough-in-stock"
    says = Text("库存不够：可用的只有 {usable}。", "There is not so much in stock: {usable} can be used.")


class NoSuchLot(RuleBroken):
    code = "no-such-lot"
    says = Text("这里没有这一批，请刷新后再看。", "There is no such lot here; please reload.")


class AlreadyExpired(RuleBroken):
    code = "already-expired"
    status = 422
    says = Text("这一批已经过期，不能入库。", "This lot has expired and cannot be taken in.")


class ReasonNeeded(RuleBroken):
    code = "count-needs-reason"
    status = 422
    says = Text("盘点和账面不一致，请写明原因。", "The count differs from the book; please say why.")


class NothingExpired(RuleBroken):
    code = "nothing-expired"
    says = Text("没有过期的批次。", "No lot has expired.")


@dataclass
class Stock:
    """One item at one place: what is there is the sum of its movements, never below zero. `keeper` last acted on it by hand."""

    id: str
    place: str
    item: str
    lots: list[Lot] = field(default_factory=list)
    lines: int = 0
    use: UseRate = field(default_factory=UseRate)
    short: bool = False
    keeper: str | None = None
    watched: date = date.min

    @property
    def balance(self) -> int:
        return sum(lot.quantity for lot in self.lots)

    def usable(self, today: date) -> int:
        """What has not expired."""
        return sum(lot.quantity for lot in self.lots if lot.is_good(today))

    def expired(self, today: date) -> int:
        return self.balance - self.usable(today)

    def expiring(self, today: date) -> int:
        """Good today, but not for long."""
        soon = [lot for lot in self.lots if lot.is_good(today) and lot.batch.expires is not None]
        return sum(lot.quantity for lot in soon if (lot.batch.rank[0] - today).days < EXPIRING_DAYS)

    def days_left(self, today: date) -> Fraction | None:
        """None where no use is known."""
        rate = self.use.per_day(today)
        return self.usable(today) / rate if rate else None

    def take_in(self, quantity: int, batch: Batch, today: date, kind: MovementKind = "received") -> list[StockEvent]:
        """Raises AlreadyExpired."""
        if batch.expires is not None and batch.expires < today and kind == "received":
            raise AlreadyExpired("expires")
        return self._told([self._move(kind, batch, quantity)], today)

    def give_out(self, quantity: int, today: date, kind: MovementKind = "issued") -> list[StockEvent]:
        """Takes from the lots that expire first, none of them expired. Raises NotEnough."""
        if quantity > self.usable(today):
            raise NotEnough("quantity", usable=self.usable(today))
        lines = self._take(quantity, [lot for lot in self.lots if lot.is_good(today)], kind)
        if kind in USE:
            self.use.note_use(quantity, today)
        return self._told(lines, today)

    def note_use(self, quantity: int, today: date) -> tuple[list[StockEvent], int]:
        """It was used: a fact, so an expired lot counts too. Returns also how many were used beyond what the book holds."""
        there = min(quantity, self.balance)
        lines = self._take(there, sorted(self.lots, key=lambda lot: not lot.is_good(today)), "used")
        self.use.note_use(quantity, today)
        return self._told(lines, today), quantity - there

    def throw_away(self, quantity: int, batch: Batch, today: date) -> list[StockEvent]:
        """Broken, wet, dirty. Raises NoSuchLot, NotEnough."""
        lot = self._lot(batch)
        if lot is None:
            raise NoSuchLot("lot")
        if quantity > lot.quantity:
            raise NotEnough("quantity", usable=lot.quantity)
        return self._told([self._move("thrown-away", batch, -quantity)], today)

    def write_off_expired(self, today: date) -> list[StockEvent]:
        """Raises NothingExpired."""
        past = [lot for lot in self.lots if not lot.is_good(today)]
        if not past:
            raise NothingExpired
        return self._told([self._move("expired", lot.batch, -lot.quantity) for lot in past], today)

    def count(self, counted: Mapping[Batch, int], reason: str, today: date) -> list[StockEvent]:
        """All that stands there, lot by lot; a lot not named was not found. Raises ReasonNeeded where it differs."""
        booked = {lot.batch: lot.quantity for lot in self.lots}
        differences = {batch: counted.get(batch, 0) - booked.get(batch, 0) for batch in {**booked, **counted}}
        if any(differences.values()) and not reason:
            raise ReasonNeeded("reason")
        lines = [self._move("counted", batch, by) for batch, by in sorted_by_rank(differences) if by]
        return self._told(lines, today)

    def expect(self, per_day: int, today: date) -> list[StockEvent]:
        """What people expect to use a day counts while history is short."""
        self.use.stated = per_day
        return self.watch(today)

    def watch(self, today: date) -> list[StockEvent]:
        """Raises or clears the shortage, with a distance between the two so that it does not flap."""
        self.watched = today
        usable = self.usable(today)
        self.use.note_shelf(usable, today)
        left = self.days_left(today)
        if not self.short and left is not None and left < SHORT_BELOW_DAYS:
            self.short = True
            return [ShortageRaised(self.place, self.item, usable, int(left))]
        if self.short and (left is None or left >= ENOUGH_FROM_DAYS):
            self.short = False
            return [ShortageCleared(self.place, self.item, usable)]
        return []

    def _told(self, lines: Sequence[Moved], today: date) -> list[StockEvent]:
        """What came of it, the lines with how long all lasts after them."""
        happened, left = self.watch(today), self.days_left(today)
        days = None if left is None else int(left)
        return [*(replace(line, days_left=days) for line in lines), *happened]

    def _take(self, quantity: int, lots: Sequence[Lot], kind: MovementKind) -> list[Moved]:
        lines = list[Moved]()
        for lot in list(lots):
            part = min(quantity, lot.quantity)
            if part:
                lines.append(self._move(kind, lot.batch, -part))
                quantity -= part
        return lines

    def _move(self, kind: MovementKind, batch: Batch, by: int) -> Moved:
        lot = self._lot(batch)
        if lot is None:
            lot = Lot(batch, 0)
            self.lots = sorted([*self.lots, lot], key=lambda one: one.batch.rank)
        lot.quantity += by
        self.lots = [one for one in self.lots if one.quantity]
        self.lines += 1
        return Moved(self.place, self.item, kind, by, batch.code, batch.expires, self.lines, self.balance)

    def _lot(self, batch: Batch) -> Lot | None:
        return next((lot for lot in self.lots if lot.batch == batch), None)


def stock_id(place: str, item: str) -> str:
    return f"{place}:{item}"


def new_stock(place: str, item: str) -> Stock:
    return Stock(stock_id(place, item), place, item)


def sorted_by_rank(by_batch: Mapping[Batch, int]) -> list[tuple[Batch, int]]:
    return sorted(by_batch.items(), key=lambda pair: pair[0].rank)


def lines_of(happened: Iterable[StockEvent]) -> list[Moved]:
    return [one for one in happened if isinstance(one, Moved)]
