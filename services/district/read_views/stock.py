"""What is short, needed and on the way, with the names of things and places."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.district.domain.stock import Item, Need, Stock, Transfer
from services.district.read_views.titles import titles
from services.district.store import DistrictStore
from shared.i18n.text import Text

# A chip's colour and words for each state of what is open.
NEED_WORDS = {
    "raised": ("attention", Text("待另一人核实", "A second person is to confirm")),
    "confirmed": ("ok", Text("已核实，公开中", "Confirmed and shown")),
    "stale": ("attention", Text("很久没更新，已停止公开", "Not renewed, no longer shown")),
    "met": ("ok", Text("已满足", "Met")),
    "stopped": ("quiet", Text("已撤回", "Taken back")),
}
TRANSFER_WORDS = {
    "offered": ("attention", Text("等对方同意", "To be agreed")),
    "agreed": ("attention", Text("待发出", "To be sent")),
    "sent": ("quiet", Text("在途", "On the way")),
}
URGENCY_WORDS = {
    "now": Text("马上要", "at once"),
    "days": Text("几天内", "within days"),
    "later": Text("不急", "later"),
}
STOCK_TABLES = {"need_words": NEED_WORDS, "transfer_words": TRANSFER_WORDS, "need_urgency_words": URGENCY_WORDS}


@dataclass(frozen=True)
class Shortage:
    """One item that runs short at one place: so much is there, enough for `days_left` whole days when it was said."""

    stock: Stock
    place: Text
    item: Item

    @property
    def days_left(self) -> int:
        return self.stock.days_left or 0

    @property
    def left(self) -> Text:
        return self.item.amount(self.stock.balance)


@dataclass(frozen=True)
class Wanted:
    """A need that is open."""

    need: Need
    place: Text
    item: Item

    @property
    def amount(self) -> Text:
        if self.need.quantity is None:
            return Text("数量待定", "quantity not known yet")
        return self.item.amount(self.need.quantity)


@dataclass(frozen=True)
class Moving:
    """Goods that are offered, agreed or on the way."""

    transfer: Transfer
    sender: Text
    receiver: Text
    item: Item

    @property
    def amount(self) -> Text:
        return self.item.amount(self.transfer.on_the_way or self.transfer.quantity)


def shortages(store: DistrictStore, place: str | None = None) -> list[Shortage]:
    """Of the whole district unless a place is named; whatever is short for the longest time first."""
    found = store.stocks_short(place)
    if not found:
        return []
    items, places = store.items(), titles(store)
    return [Shortage(one, places.of(one.place), _item(items, one.item)) for one in found]


def needs(store: DistrictStore, place: str | None = None) -> list[Wanted]:
    """By waiting time."""
    found = store.needs_open(place)
    if not found:
        return []
    items, places = store.items(), titles(store)
    return [Wanted(one, places.of(one.place), _item(items, one.item)) for one in found]


def transfers(store: DistrictStore, place: str | None = None) -> list[Moving]:
    """By waiting time."""
    found = store.transfers_open(place)
    if not found:
        return []
    items, places = store.items(), titles(store)
    return [Moving(one, places.of(one.sender), places.of(one.receiver), _item(items, one.item)) for one in found]


def _item(items: Mapping[str, Item], item: str) -> Item:
    return items.get(item) or Item(item)
