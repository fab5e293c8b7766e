"""The shifts of all communities."""

from collections.abc import Iterable
from datetime import datetime

from pymongo import ASCENDING, IndexModel

from services.district.domain.communities import GAP_HORIZON, Shift
from services.district.store.kept import Kept, read, replacing


class Shifts(Kept):
    folded = {
        "shifts_seen": [
            IndexModel([("ends", ASCENDING)], partialFilterExpression={"missing": {"$gt": 0}}, name="lacking"),
            IndexModel([("here", ASCENDING)], partialFilterExpression={"here": {"$gt": 0}}, name="attended"),
            IndexModel([("community", ASCENDING), ("ends", ASCENDING)]),
            IndexModel([("ends", ASCENDING), ("starts", ASCENDING)]),
        ],
    }

    def shifts_by_key(self, keys: Iterable[str]) -> dict[str, Shift]:
        return self.by_id(Shift, "shifts_seen", keys)

    def shifts_now(self, now: datetime) -> list[Shift]:
        """Every shift somebody stands in, and those that lack people now or in the next 72 hours."""
        lacking = {"missing": {"$gt": 0}, "ends": {"$gt": now}, "starts": {"$lte": now + GAP_HORIZON}}
        found = self["shifts_seen"].find({"$or": [{"here": {"$gt": 0}}, lacking]})
        return [read(Shift, document) for document in found]

    def shifts_of(self, community: str, now: datetime) -> list[Shift]:
        """The community's shifts somebody stands in, and all that run now or begin in the next 72 hours."""
        timely = {"ends": {"$gt": now}, "starts": {"$lte": now + GAP_HORIZON}}
        found = self["shifts_seen"].find({"community": community, "$or": [{"here": {"$gt": 0}}, timely]})
        return [read(Shift, document) for document in found]

    def shifts_standing(self, now: datetime) -> list[Shift]:
        """Every shift that runs, and those somebody has not left yet."""
        runs = {"ends": {"$gt": now}, "starts": {"$lte": now}}
        found = self["shifts_seen"].find({"$or": [{"here": {"$gt": 0}}, runs]})
        return [read(Shift, document) for document in found]

    def keep_shifts(self, shifts: Iterable[Shift]) -> None:
        derived = ((one, {"missing": one.missing, "here": len(one.present)}) for one in shifts)
        self.write("shifts_seen", [replacing(one.key, one, **figures) for one, figures in derived])
