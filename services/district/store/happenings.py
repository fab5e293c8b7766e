"""What happened, for a week."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne

from services.district.domain.communities import Happening
from services.district.store.kept import Kept, earlier
from shared.persistence.store import converter

KEEP_HAPPENINGS_SECONDS = 7 * 24 * 3600
FEVER_FOUND = "grid.gate-log.fever-found.v1"


class Happenings(Kept):
    folded = {
        "happenings": [
            IndexModel([("time", ASCENDING)], expireAfterSeconds=KEEP_HAPPENINGS_SECONDS),
            IndexModel([("time", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([("community", ASCENDING), ("time", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([("time", ASCENDING)], partialFilterExpression={"type": FEVER_FOUND}, name="fevers"),
        ],
    }

    def happenings(
        self, limit: int, *, community: str | None = None, before: tuple[datetime, str] | None = None
    ) -> list[Happening]:
        """The newest, those before a time and id."""
        query: dict[str, Any] = {"community": community} if community else {}
        order = [("time", DESCENDING), ("_id", DESCENDING)]
        return self.find_all(Happening, "happenings", query | earlier("time", before), order, limit)

    def fevers(self, since: datetime) -> dict[str, int]:
        """How many were told of since then, by community."""
        told = {"type": FEVER_FOUND, "time": {"$gt": since}}
        found = self["happenings"].find(told, {"community": 1})
        return Counter(one["community"] for one in found)

    def keep_happenings(self, happenings: Iterable[Happening]) -> None:
        """One that is there already, from an earlier part of the same act, is counted on."""
        self.write("happenings", [_count(happening) for happening in happenings])


def _count(happening: Happening) -> UpdateOne:
    told = converter.unstructure(happening)
    id_, count = told.pop("id"), told.pop("count")
    return UpdateOne({"_id": id_}, {"$setOnInsert": told, "$inc": {"count": count}}, upsert=True)
