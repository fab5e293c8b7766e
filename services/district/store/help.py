"""What the office asked communities to do for each other, and what they answered."""

from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.district.domain.communities import GAP_HORIZON, Shift
from services.district.domain.help import REST, Help, HelpAnswer
from services.district.domain.stock import Stock, Transfer
from services.district.store.kept import Kept, earlier
from shared.persistence.store import Kind


class Helps(Kept):
    kinds = {Help: Kind("helps", "district.help")}
    indexes = {
        "helps": [
            IndexModel([("asked", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([("receiver", ASCENDING), ("subject", ASCENDING), ("asked", DESCENDING)]),
        ],
    }
    folded = {"help_answers": []}

    def helps(self, limit: int, before: tuple[datetime, str] | None = None) -> list[Help]:
        """The newest, those asked before a time and id."""
        return self.find(Help, earlier("asked", before), sort=[("asked", DESCENDING), ("_id", DESCENDING)], limit=limit)

    def helps_since(self, since: datetime, **of: str) -> list[Help]:
        return self.find(Help, {**of, "asked": {"$gt": since}})

    def help_answers(self, keys: set[str]) -> dict[str, HelpAnswer]:
        return self.by_id(HelpAnswer, "help_answers", keys)

    def transfers_by_id(self, ids: set[str]) -> dict[str, Transfer]:
        return self.by_id(Transfer, "transfers", ids)

    def shifts_around(self, at: datetime) -> list[Shift]:
        """Every shift of the hours in which gaps are spoken of, with the rest around them."""
        near = {"ends": {"$gt": at - REST}, "starts": {"$lt": at + GAP_HORIZON + REST}}
        return self.find_all(Shift, "shifts_seen", near)

    def stocks_lasting(self, items: set[str], days: int) -> list[Stock]:
        """What of these items lasts longer than so many days, anywhere."""
        return self.find_all(Stock, "stocks", {"item": {"$in": sorted(items)}, "days_left": {"$gt": days}})
