"""Posts, shifts and rosters of one community as documents, and the questions asked of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel

from services.shifts.domain.posts import Post
from services.shifts.domain.shifts import GAP_HORIZON, Roster, Shift
from shared.mongo import Kind, Store

LONGEST_SHIFT = timedelta(hours=24)
UNFINISHED_FOR = timedelta(days=7)  # how long a forgotten check-out stays in sight
IN_ORDER = [("starts", ASCENDING), ("_id", ASCENDING)]


class ShiftsStore(Store):
    service = "shifts"
    kinds = {
        Post: Kind("posts", "shifts.post"),
        Shift: Kind("shifts", "shifts.shift"),
        Roster: Kind("rosters", "shifts.roster"),
    }
    indexes = {
        "shifts": [
            IndexModel([("starts", ASCENDING)]),
            IndexModel([("post", ASCENDING), ("starts", ASCENDING)]),
            IndexModel([("claims.volunteer", ASCENDING), ("starts", ASCENDING)]),
            IndexModel([("ends", ASCENDING)], partialFilterExpression={"gap": {"$gte": 1}}),
        ],
        "rosters": [IndexModel([("account", ASCENDING)])],
        "names": [],
    }

    def posts(self) -> list[Post]:
        return self.find(Post, {}, sort=[("_id", ASCENDING)])

    def roster_of(self, account: str) -> Roster | None:
        """The duties of the volunteer who signs in with this account, once approved here."""
        found = self.find(Roster, {"account": account}, limit=1)
        return found[0] if found else None

    def approved(self) -> list[Roster]:
        return self.find(Roster, {"standing": "approved"}, sort=[("_id", ASCENDING)])

    def rosters(self, ids: Iterable[str]) -> list[Roster]:
        return self.find(Roster, {"_id": {"$in": list(ids)}})

    def shifts(self, ids: Iterable[str]) -> list[Shift]:
        return self.find(Shift, {"_id": {"$in": list(ids)}}, sort=IN_ORDER)

    def starting(self, since: datetime, until: datetime) -> list[Shift]:
        """Shifts that begin at `since` or later, and before `until`."""
        return self.find(Shift, {"starts": {"$gte": since, "$lt": until}}, sort=IN_ORDER)

    def of_post(self, post: str, since: datetime, until: datetime) -> list[Shift]:
        """The post's shifts that may touch the time between; cancelled ones too."""
        return self.find(Shift, {"post": post, "starts": {"$gt": since - LONGEST_SHIFT, "$lt": until}}, sort=IN_ORDER)

    def unended(self, post: str, at: datetime) -> list[Shift]:
        query = {"post": post, "starts": {"$gt": at - LONGEST_SHIFT}, "ends": {"$gt": at}, "cancelled": False}
        return self.find(Shift, query, sort=IN_ORDER)

    def running(self, at: datetime, soon: timedelta) -> list[Shift]:
        """Shifts under way, or beginning within `soon`."""
        query = {"starts": {"$gt": at - LONGEST_SHIFT, "$lte": at + soon}, "ends": {"$gt": at}, "cancelled": False}
        return self.find(Shift, query, sort=IN_ORDER)

    def unfinished(self, at: datetime) -> list[Shift]:
        """Shifts that are over or cancelled while someone has not checked out."""
        there = {"$elemMatch": {"checked_in": {"$ne": None}, "checked_out": None}}
        past = {"$or": [{"ends": {"$lte": at}}, {"cancelled": True}]}
        return self.find(Shift, {"starts": {"$gt": at - UNFINISHED_FOR}, "claims": there, **past}, sort=IN_ORDER)

    def lacking(self, at: datetime) -> list[Shift]:
        """Shifts of the next 72 h that lack people."""
        return self.find(Shift, {**_lacking(at), "starts": {"$gt": at, "$lte": at + GAP_HORIZON}}, sort=IN_ORDER)

    def gaps_to_announce(self, at: datetime) -> list[str]:
        """Ids of shifts whose gap opened or ended with nobody doing anything: time alone did it."""
        opened = {**_lacking(at), "starts": {"$gt": at - LONGEST_SHIFT, "$lte": at + GAP_HORIZON}, "gap": None}
        ended = {"gap": {"$gte": 1}, "ends": {"$lte": at}}
        return [row["_id"] for query in (opened, ended) for row in self[Shift].find(query, {"_id": 1})]

    def held_by(self, volunteer: str, at: datetime) -> list[Shift]:
        """The volunteer's shifts that are not over, the next first."""
        query = {"claims.volunteer": volunteer, "starts": {"$gt": at - LONGEST_SHIFT}, "ends": {"$gt": at}}
        return self.find(Shift, query, sort=IN_ORDER)

    def served_by(self, volunteer: str, at: datetime, limit: int) -> list[Shift]:
        """The volunteer's shifts that are over, the latest first."""
        query = {"claims.volunteer": volunteer, "ends": {"$lte": at}}
        return self.find(Shift, query, sort=[("starts", -1)], limit=limit)

    def minutes_of(self, volunteer: str) -> int:
        """All minutes ever credited to this volunteer here."""
        rows = list(self[Shift].aggregate([
            {"$match": {"claims.volunteer": volunteer}},
            {"$unwind": "$claims"},
            {"$match": {"claims.volunteer": volunteer}},
            {"$group": {"_id": None, "minutes": {"$sum": "$claims.minutes"}}},
        ]))  # fmt: skip
        return int(rows[0]["minutes"]) if rows else 0

    def note_name(self, volunteer: str, name: str) -> None:
        self["names"].replace_one(
            {"_id": volunteer}, {"_id": volunteer, "name": name}, upsert=True, session=self.session
        )

    def names(self, volunteers: Sequence[str]) -> dict[str, str]:
        """The names of those who agreed to be shown by name."""
        return {row["_id"]: row["name"] for row in self["names"].find({"_id": {"$in": list(volunteers)}})}


def _lacking(at: datetime) -> dict[str, object]:
    return {"ends": {"$gt": at}, "cancelled": False, "$expr": {"$lt": [{"$size": "$claims"}, "$head_count"]}}
