"""What each place has, lacks, needs and sends, with the names of things."""

from pymongo import ASCENDING, IndexModel

from services.district.domain.stock import NEEDS_OVER, TRANSFERS_OVER, Item, Need, Stock, Transfer
from services.district.store.kept import Kept

BY_SINCE = (("since", 1), ("_id", 1))


class Goods(Kept):
    folded = {
        "items": [],
        "stocks": [
            IndexModel([("place", ASCENDING)]),
            IndexModel([("item", ASCENDING)]),
            IndexModel([("short_since", ASCENDING)], partialFilterExpression={"short_since": {"$type": "date"}}),
        ],
        "needs": [IndexModel([("place", ASCENDING), ("since", ASCENDING)])],
        "transfers": [IndexModel([("state", ASCENDING), ("since", ASCENDING)])],
    }

    def items(self) -> dict[str, Item]:
        return {one.id: one for one in self.find_all(Item, "items", {})}

    def stocks(self, place: str) -> list[Stock]:
        return self.find_all(Stock, "stocks", {"place": place}, [("item", 1)])

    def stocks_of(self, item: str) -> list[Stock]:
        """Wherever there is a ledger of it."""
        return self.find_all(Stock, "stocks", {"item": item}, [("place", 1)])

    def stocks_short(self, place: str | None = None) -> list[Stock]:
        """Those that run short, whichever has for the longest time first."""
        short = {"short_since": {"$type": "date"}, **({"place": place} if place else {})}
        return self.find_all(Stock, "stocks", short, [("short_since", 1), ("_id", 1)])

    def needs_open(self, place: str | None = None) -> list[Need]:
        query = {"state": {"$nin": list(NEEDS_OVER)}, **({"place": place} if place else {})}
        return self.find_all(Need, "needs", query, BY_SINCE)

    def transfers_open(self, place: str | None = None) -> list[Transfer]:
        """Those of which something is still to be done; of one place, those it sends and those it gets."""
        of_place = {"$or": [{"sender": place}, {"receiver": place}]} if place else {}
        return self.find_all(Transfer, "transfers", {"state": {"$nin": list(TRANSFERS_OVER)}, **of_place}, BY_SINCE)
