"""Stocks, their ledger, needs, pledges and goods on the way as documents, and the questions asked of them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.supplies.domain.cupboards import Cupboard
from services.supplies.domain.discrepancies import Discrepancy
from services.supplies.domain.imports import Import
from services.supplies.domain.items import Item, UnknownItem
from services.supplies.domain.movements import Movement
from services.supplies.domain.needs import Need, NeedState
from services.supplies.domain.pledges import Donation, Pledge, PledgeState, Register
from services.supplies.domain.sharing import Sharing
from services.supplies.domain.stock import Stock, new_stock, stock_id
from services.supplies.domain.transfers import Transfer, TransferState
from shared.persistence.store import Kind, Store

OPEN_NEEDS: tuple[NeedState, ...] = ("raised", "confirmed")
OPEN_TRANSFERS: tuple[TransferState, ...] = ("asked", "offered", "agreed", "sent")
KEPT_IMPORTS_SECONDS = 30 * 24 * 3600
NEWEST_FIRST = [("_id", DESCENDING)]


class SuppliesStore(Store):
    service = "supplies"
    kinds = {
        Item: Kind("items", "supplies.item"),
        Stock: Kind("stocks", "supplies.stock"),
        Movement: Kind("movements", "supplies.movement"),
        Cupboard: Kind("cupboards", "supplies.cupboard"),
        Discrepancy: Kind("discrepancies", "supplies.discrepancy"),
        Need: Kind("needs", "supplies.need"),
        Pledge: Kind("pledges", "supplies.pledge"),
        Donation: Kind("donations", "supplies.donation"),
        Register: Kind("registers", "supplies.register"),
        Transfer: Kind("transfers", "supplies.transfer"),
        Sharing: Kind("sharings", "supplies.sharing"),
        Import: Kind("imports", "supplies.import"),
    }
    indexes = {
        "stocks": [
            IndexModel([("place", ASCENDING), ("item", ASCENDING)], unique=True),
            IndexModel([("watched", ASCENDING)]),
        ],
        "movements": [
            IndexModel([("place", ASCENDING), ("item", ASCENDING), ("number", DESCENDING)], unique=True),
            IndexModel([("place", ASCENDING), ("at", ASCENDING)]),
        ],
        "discrepancies": [IndexModel([("place", ASCENDING), ("item", ASCENDING), ("settled_at", ASCENDING)])],
        "needs": [
            IndexModel([("place", ASCENDING), ("state", ASCENDING), ("item", ASCENDING)]),
            IndexModel([("state", ASCENDING), ("fresh_until", ASCENDING)]),
            # One open need of an item at a place; two people who raise it at once meet here.
            IndexModel(
                [("place", ASCENDING), ("item", ASCENDING)], unique=True, name="one open need",
                partialFilterExpression={"state": {"$in": list(OPEN_NEEDS)}},
            ),
        ],
        "pledges": [
            IndexModel([("account", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("state", ASCENDING), ("place", ASCENDING)]),
            IndexModel([("goes_to", ASCENDING), ("state", ASCENDING), ("item", ASCENDING)]),
        ],
        "donations": [
            IndexModel([("place", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("account", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("pledge", ASCENDING)]),
            IndexModel([("number", ASCENDING)], unique=True),
        ],
        "transfers": [
            IndexModel([("sender", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("receiver", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("state", ASCENDING)]),
        ],
        "sharings": [IndexModel([("state", ASCENDING)])],
        "imports": [IndexModel([("at", ASCENDING)], expireAfterSeconds=KEPT_IMPORTS_SECONDS)],
    }  # fmt: skip

    def items(self) -> list[Item]:
        return self.find(Item, {}, sort=[("_id", ASCENDING)])

    def item(self, item: str) -> Item:
        """Raises UnknownItem."""
        found = self.get(Item, item)
        if found is None:
            raise UnknownItem("item")
        return found

    def stock(self, place: str, item: str) -> Stock:
        """An empty one where nothing of the item was ever at the place."""
        return self.get(Stock, stock_id(place, item)) or new_stock(place, item)

    def stocks(self, place: str | None = None, item: str | None = None) -> list[Stock]:
        return self.find(Stock, _where(place=place, item=item), sort=[("place", ASCENDING), ("item", ASCENDING)])

    def unwatched(self, today: date) -> list[str]:
        """Ids of the stocks that nobody and no timer has looked at today."""
        return [row["_id"] for row in self[Stock].find({"watched": {"$lt": today.isoformat()}}, {"_id": 1})]

    def cupboard(self, place: str) -> Cupboard:
        return self.get(Cupboard, place) or Cupboard(place)

    def movements(self, place: str, item: str, before: int, limit: int) -> list[Movement]:
        """The newest lines of a stock card below the number `before` (0: from the newest)."""
        query = {"place": place, "item": item, **({"number": {"$lt": before}} if before else {})}
        return self.find(Movement, query, sort=[("number", DESCENDING)], limit=limit)

    def card(self, place: str, item: str) -> list[Movement]:
        """A whole stock card, from its first line."""
        return self.find(Movement, {"place": place, "item": item}, sort=[("number", ASCENDING)])

    def ledger(self, place: str, since: datetime) -> list[Movement]:
        """All lines of a place since then, in the order in which they were written."""
        return self.find(
            Movement, {"place": place, "at": {"$gte": since}}, sort=[("at", ASCENDING), ("number", ASCENDING)]
        )

    def open_discrepancies(self, place: str, item: str | None = None) -> list[Discrepancy]:
        return self.find(Discrepancy, {**_where(place=place, item=item), "settled_at": None}, sort=[("_id", ASCENDING)])

    def needs(self, place: str | None = None, item: str | None = None) -> list[Need]:
        """The open ones, the oldest first."""
        query = {**_where(place=place, item=item), "state": {"$in": OPEN_NEEDS}}
        return self.find(Need, query, sort=[("_id", ASCENDING)])

    def closed_needs(self, place: str, limit: int) -> list[Need]:
        return self.find(Need, {"place": place, "state": {"$nin": OPEN_NEEDS}}, sort=NEWEST_FIRST, limit=limit)

    def lapsing_needs(self, at: datetime) -> list[str]:
        query = {"state": {"$in": OPEN_NEEDS}, "stale": False, "fresh_until": {"$lte": at}}
        return [row["_id"] for row in self[Need].find(query, {"_id": 1})]

    def pledges(self, state: PledgeState, *, wishes: str | None = None, goes_to: str | None = None) -> list[Pledge]:
        """Those in one state; `wishes`: made for that community."""
        query = {"state": state, **_where(place=wishes, goes_to=goes_to)}
        return self.find(Pledge, query, sort=[("_id", ASCENDING)])

    def pledges_for_anyone(self) -> list[Pledge]:
        """Made for whoever needs it most, and not accepted yet."""
        return self.find(Pledge, {"state": "made", "place": None}, sort=[("_id", ASCENDING)])

    def thanked_late(self, place: str) -> list[Pledge]:
        """Of which something came, and nobody has said thank you."""
        query = {"goes_to": place, "delivered": {"$gt": 0}, "thanks": None}
        return self.find(Pledge, query, sort=[("_id", ASCENDING)])

    def pledges_of(self, account: str) -> list[Pledge]:
        return self.find(Pledge, {"account": account}, sort=NEWEST_FIRST)

    def donations(self, place: str | None, before: str, limit: int) -> list[Donation]:
        """The newest first; those before the id `before`."""
        query = {**_where(place=place), **({"_id": {"$lt": before}} if before else {})}
        return self.find(Donation, query, sort=NEWEST_FIRST, limit=limit)

    def donations_of(self, pledge: str) -> list[Donation]:
        return self.find(Donation, {"pledge": pledge}, sort=[("_id", ASCENDING)])

    def register(self, place: str, year: int) -> Register:
        id_ = f"{place}:{year}"
        return self.get(Register, id_) or Register(id_)

    def transfers(self, place: str | None = None, item: str | None = None) -> list[Transfer]:
        """The open ones that concern a place, the oldest first."""
        concerns = {"$or": [{"sender": place}, {"receiver": place}]} if place else {}
        query = {**concerns, **_where(item=item), "state": {"$in": OPEN_TRANSFERS}}
        return self.find(Transfer, query, sort=[("_id", ASCENDING)])

    def closed_transfers(self, place: str, limit: int) -> list[Transfer]:
        concerns = {"$or": [{"sender": place}, {"receiver": place}]}
        return self.find(Transfer, {**concerns, "state": {"$nin": OPEN_TRANSFERS}}, sort=NEWEST_FIRST, limit=limit)

    def transfer(self, place: str, transfer: str) -> Transfer:
        """Raises NotFound, also for a transfer that does not concern this place."""
        return self.the(Transfer, {"_id": transfer, "$or": [{"sender": place}, {"receiver": place}]})

    def sharings(self, limit: int) -> list[Sharing]:
        return self.find(Sharing, {}, sort=NEWEST_FIRST, limit=limit)

    def places(self) -> list[str]:
        """The communities that accounts has told us of."""
        return [row["_id"] for row in self["places"].find({}, {"_id": 1}).sort("_id", ASCENDING)]


def promised(pledges: Iterable[Pledge], transfers: Iterable[Transfer], place: str, item: str) -> int:
    """How many of an item are promised to a place or on the way there."""
    to_come = sum(one.to_come for one in pledges if (one.goes_to, one.item) == (place, item))
    return to_come + moving(transfers, place, item)


def moving(transfers: Iterable[Transfer], place: str, item: str) -> int:
    """How many of an item other stores have agreed to send to a place, or have sent."""
    agreed = [one for one in transfers if (one.receiver, one.item) == (place, item) and one.state in ("agreed", "sent")]
    return sum(one.on_the_way if one.state == "sent" else one.quantity for one in agreed)


def _where(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
