"""Notices of all communities, where their posters hang, and what was answered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.district.domain.reach import Notice, Reach
from services.district.store.kept import Kept, earlier

IS_PLACED, IS_TO_PLACE = {"$eq": ["$state", "placed"]}, {"$eq": ["$state", "asked"]}


class Notices(Kept):
    folded = {
        "notices": [
            IndexModel([("published", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([("community", ASCENDING), ("published", DESCENDING), ("_id", DESCENDING)]),
        ],
        "posters": [IndexModel([("notice", ASCENDING)])],
        "answers": [IndexModel([("subject", ASCENDING)])],
    }

    def notices(self, limit: int, community: str | None, before: tuple[datetime, str] | None) -> list[Notice]:
        """Newest first, those before a time and id."""
        query: dict[str, Any] = {"community": community} if community else {}
        return self.find_all(
            Notice, "notices", query | earlier("published", before), [("published", -1), ("_id", -1)], limit
        )

    def reach(self, notices: Iterable[str]) -> dict[str, Reach]:
        """Of each of these notices that has posters or answers."""
        wanted = sorted(notices)
        posters = self["posters"].aggregate([
            {"$match": {"notice": {"$in": wanted}}},
            {"$group": {
                "_id": "$notice",
                "placed": {"$sum": {"$cond": [IS_PLACED, 1, 0]}},
                "to_place": {"$sum": {"$cond": [IS_TO_PLACE, 1, 0]}},
                "ownerless": {"$sum": {"$cond": [{"$and": [IS_TO_PLACE, {"$eq": ["$owner", None]}]}, 1, 0]}},
            }},
        ])  # fmt: skip
        answers = self["answers"].aggregate([
            {"$match": {"subject": {"$in": wanted}, "about": "notice"}},
            {"$group": {
                "_id": "$subject",
                "yes": {"$sum": {"$cond": [{"$eq": ["$answer", "yes"]}, 1, 0]}},
                "no": {"$sum": {"$cond": [{"$eq": ["$answer", "no"]}, 1, 0]}},
            }},
        ])  # fmt: skip
        found = dict[str, dict[str, int]]()
        for one in (*posters, *answers):
            found.setdefault(one.pop("_id"), {}).update(one)
        return {notice: Reach(**counts) for notice, counts in found.items()}
