"""Supplies, as they tell of themselves."""

from services.district.domain.stock import Item, Need, Stock, Transfer
from services.district.usecases.folds import Folds, fold
from shared.events.envelope import Event


def _stock(event: Event) -> Stock:
    return Stock(event.subject, event.data["place"], event.data["item"], 0, event.time)


def _need(event: Event) -> Need | None:
    if "item" not in event.data:
        return None
    told = {name: event.data[name] for name in ("place", "item", "quantity", "urgency")}
    return Need(event.subject, **told, since=event.time)


def _transfer(event: Event) -> Transfer | None:
    if "item" not in event.data:
        return None
    told = {name: event.data[name] for name in ("sender", "receiver", "item", "quantity")}
    return Transfer(event.subject, **told, since=event.time)


FOLDS: Folds = {
    ("supplies.item",): fold(Item, "items", lambda event: Item(event.subject)),
    ("supplies.stock",): fold(Stock, "stocks", _stock),
    ("supplies.need",): fold(Need, "needs", _need),
    ("supplies.transfer",): fold(Transfer, "transfers", _transfer),
}
