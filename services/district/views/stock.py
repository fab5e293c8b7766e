"""What is short, needed and on the way, with the names of things and places."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.district.domain.stock import Item, Need, Stock, Transfer
from services.district.store import DistrictStore
from shared.events import DISTRICT
from shared.words import Text

DISTRICT_STORE = Text("区级仓库", "District store")


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
    items, places = _names(store, bool(found))
    return [Shortage(one, _place(places, one.place), _item(items, one.item)) for one in found]


def needs(store: DistrictStore, place: str | None = None) -> list[Wanted]:
    """By waiting time."""
    found = store.needs_open(place)
    items, places = _names(store, bool(found))
    return [Wanted(one, _place(places, one.place), _item(items, one.item)) for one in found]


def transfers(store: DistrictStore, place: str | None = None) -> list[Moving]:
    """By waiting time."""
    found = store.transfers_open(place)
    items, places = _names(store, bool(found))
    return [
        Moving(one, _place(places, one.sender), _place(places, one.receiver), _item(items, one.item)) for one in found
    ]


def _names(store: DistrictStore, wanted: bool) -> tuple[Mapping[str, Item], Mapping[str, Text]]:  # noqa: FBT001
    """Nothing is asked where there is nothing to name."""
    if not wanted:
        return {}, {}
    return store.items(), {one.id: one.title for one in store.communities()}


def _item(items: Mapping[str, Item], item: str) -> Item:
    return items.get(item) or Item(item)


def _place(places: Mapping[str, Text], place: str) -> Text:
    return DISTRICT_STORE if place == DISTRICT else places.get(place) or Text(place, place)
