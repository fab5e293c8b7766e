"""What people look at: stock with its days left, what is short first, and the names of items and places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from services.supplies.domain.cupboards import Cupboard
from services.supplies.domain.items import Item
from services.supplies.domain.movements import Movement
from services.supplies.domain.needs import Need
from services.supplies.domain.stock import Batch, Lot, Stock
from services.supplies.store import SuppliesStore, promised
from shared.events.envelope import DISTRICT
from shared.i18n.text import Text

DISTRICT_STORE = Text("区物资库", "District store")
CODE_LENGTH = 4  # what is shown of the id of an account


@dataclass(frozen=True)
class LotView:
    lot: str
    code: str
    expires: date | None
    quantity: int
    good: bool


@dataclass(frozen=True)
class StockView:
    """One item at one place today; `about` None for what an event told of and the catalogue does not know."""

    place: str
    item: str
    about: Item
    balance: int
    usable: int
    expired: int
    expiring: int
    days_left: int | None
    per_day: float | int
    stated: int
    short: bool
    lots: list[LotView]

    @property
    def rank(self) -> tuple[bool, bool, int, str]:
        """What is short first, then what lasts the shortest."""
        return not self.short, self.days_left is None, self.days_left or 0, self.item


@dataclass(frozen=True)
class Card(StockView):
    """A stock with the newest lines of its card."""

    movements: list[Movement]
    next: int | None


@dataclass(frozen=True)
class NeedView:
    """`coming`: promised or on the way; `missing` None where the quantity is not known."""

    need: Need
    about: Item
    coming: int
    missing: int | None


class Names:
    """Items and places as people call them; by its id what nobody has named."""

    def __init__(self, store: SuppliesStore) -> None:
        self._items = {item.id: item for item in store.items()}
        self._places = {row["_id"]: Text(row["name"], row["name_en"]) for row in store["places"].find()}

    @property
    def items(self) -> list[Item]:
        return list(self._items.values())

    @property
    def communities(self) -> dict[str, Text]:
        return self._places

    def item(self, item: str) -> Item:
        return self._items.get(item) or Item(item, item, item, "", "")

    def place(self, place: str) -> Text:
        return DISTRICT_STORE if place == DISTRICT else self._places.get(place, Text(place, place))


def lot_name(batch: Batch) -> str:
    """How a form names a lot: `2026-03-01/A12`, `-/` for one without date or code."""
    return f"{batch.expires or '-'}/{batch.code}"


def batch_of(lot: str) -> Batch | None:
    """The lot that was named so; None for what names none."""
    day, _, code = lot.partition("/")
    try:
        return Batch(code, None if day == "-" else date.fromisoformat(day))
    except ValueError:
        return None


def view(stock: Stock, about: Item, today: date) -> StockView:
    return StockView(**_fields(stock, about, today))


def card(store: SuppliesStore, stock: Stock, about: Item, today: date, before: int, length: int) -> Card:
    """The lines below the number `before` (0: the newest)."""
    found = store.movements(stock.place, stock.item, before, length + 1)
    following = found[length - 1].number if len(found) > length else None
    return Card(**_fields(stock, about, today), movements=found[:length], next=following)


def stocks_at(store: SuppliesStore, names: Names, place: str, today: date) -> list[StockView]:
    """Everything that is or was at a place, what is short first."""
    found = [view(stock, names.item(stock.item), today) for stock in store.stocks(place)]
    return sorted(found, key=lambda one: one.rank)


def needs_at(store: SuppliesStore, names: Names, place: str, needs: Sequence[Need]) -> list[NeedView]:
    pledges, transfers = store.pledges("accepted", goes_to=place), store.transfers(place)
    found = []
    for need in needs:
        coming = promised(pledges, transfers, place, need.item)
        missing = None if need.missing is None else max(need.missing - coming, 0)
        found.append(NeedView(need, names.item(need.item), coming, missing))
    return found


def room_ml(cupboard: Cupboard) -> int:
    """How much of what burns may still come in."""
    return max(cupboard.limit_ml - cupboard.held_ml, 0)


def person(account: str | None) -> Text:
    """Somebody by a part of their code: supplies knows no names of staff."""
    if account is None:
        return Text("系统", "The system")
    return Text(f"工作人员 {account[-CODE_LENGTH:]}", f"Staff {account[-CODE_LENGTH:]}")


def _fields(stock: Stock, about: Item, today: date) -> dict[str, Any]:
    left = stock.days_left(today)
    return {
        "place": stock.place,
        "item": stock.item,
        "about": about,
        "balance": stock.balance,
        "usable": stock.usable(today),
        "expired": stock.expired(today),
        "expiring": stock.expiring(today),
        "days_left": None if left is None else int(left),
        "per_day": _tenths(stock.use.per_day(today)),
        "stated": stock.use.stated,
        "short": stock.short,
        "lots": [_lot(lot, today) for lot in stock.lots],
    }


def _tenths(rate: Fraction) -> float | int:
    """To be read by people: a whole number where it is one."""
    rounded = round(rate, 1)
    return rounded.numerator if rounded.denominator == 1 else float(rounded)


def _lot(lot: Lot, today: date) -> LotView:
    return LotView(lot_name(lot.batch), lot.batch.code, lot.batch.expires, lot.quantity, lot.is_good(today))
