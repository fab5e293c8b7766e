"""Posts, shifts, rosters and what belongs to them as documents of one community, and the questions asked of them."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel, ReturnDocument

from services.shifts.domain.cover import Cover
from services.shifts.domain.posts import Post
from services.shifts.domain.proposals import AT_WORK, Proposal
from services.shifts.domain.rosters import Roster
from services.shifts.domain.rules import CHECK_IN_OPENS, GAP_HORIZON, REMINDERS, RULES, Rules
from services.shifts.domain.shifts import Shift
from services.shifts.domain.swaps import Swap
from shared.i18n.text import counted
from shared.persistence import capability_links
from shared.persistence.store import Kind, Store

LONGEST_SHIFT = timedelta(hours=24)
UNFINISHED_FOR = timedelta(days=7)  # how long a forgotten check-out stays in sight
IN_ORDER = [("starts", ASCENDING), ("_id", ASCENDING)]
NOT_SEEN = {"checked_in": None, "said_there": None}


class ShiftsStore(Store):
    service = "shifts"
    kinds = {
        Post: Kind("posts", "shifts.post"),
        Shift: Kind("shifts", "shifts.shift"),
        Roster: Kind("rosters", "shifts.roster"),
        Swap: Kind("swaps", "shifts.swap"),
        Cover: Kind("covers", "shifts.cover"),
        Proposal: Kind("proposals", "shifts.proposal"),
        Rules: Kind("rules", "shifts.rules"),
    }
    indexes = {
        "shifts": [
            IndexModel([("starts", ASCENDING)]),
            IndexModel([("post", ASCENDING), ("starts", ASCENDING)]),
            IndexModel([("claims.volunteer", ASCENDING), ("starts", ASCENDING)]),
            IndexModel([("ends", ASCENDING)], partialFilterExpression={"gap": {"$gte": 1}}),
            IndexModel([("cancelled_by", ASCENDING)], partialFilterExpression={"cancelled_by": {"$type": "string"}}),
            IndexModel([("moves.closure", ASCENDING)], partialFilterExpression={"moves.closure": {"$type": "string"}}),
        ],
        "rosters": [IndexModel([("account", ASCENDING)])],
        "swaps": [IndexModel([("state", ASCENDING), ("until", ASCENDING)])],
        "covers": [IndexModel([("ended", ASCENDING)])],
        "proposals": [IndexModel([("state", ASCENDING)]), IndexModel([("begun", -1)])],
        "links": capability_links.INDEXES,
        "names": [],
        "buildings": [],
        "secrets": [],
    }

    def posts(self) -> list[Post]:
        return self.find(Post, {}, sort=[("_id", ASCENDING)])

    def calendars_due(self, at: datetime) -> list[str]:
        """Ids of the posts that are to close or to open at this moment."""
        begins = {"in_force": False, "starts": {"$lte": at}, "$or": [{"ends": None}, {"ends": {"$gt": at}}]}
        is_over = {"in_force": True, "ends": {"$lte": at}}
        query = {"closures": {"$elemMatch": {"$or": [begins, is_over]}}}
        return [row["_id"] for row in self[Post].find(query, {"_id": 1}, sort=[("_id", ASCENDING)])]

    def rules(self) -> Rules:
        return self.get(Rules, RULES) or Rules()

    def wish_for(self, shift_id: str, account: str, volunteer: str | None = None) -> tuple[Shift, Roster | None, Rules]:
        """What is looked at when somebody wants a shift: it, the roster of the volunteer or of who signs in with the account, and
        the rules. Raises NotFound without the shift."""
        whose = {"_id": volunteer} if volunteer is not None else _signing_in_with(account)
        shift, (rosters, rules) = self.load_with(Shift, shift_id, (Roster, whose), (Rules, {"_id": RULES}))
        return shift, rosters[0] if rosters else None, rules[0] if rules else Rules()

    def roster_of(self, account: str) -> Roster | None:
        """The duties of the volunteer who signs in with this account, once approved here."""
        found = self.find(Roster, _signing_in_with(account), limit=1)
        return found[0] if found else None

    def approved(self) -> list[Roster]:
        return self.find(Roster, {"standing": "approved"}, sort=[("_id", ASCENDING)])

    def rosters(self, ids: Iterable[str]) -> dict[str, Roster]:
        found = self.find(Roster, {"_id": {"$in": sorted(set(ids))}})
        return {roster.id: roster for roster in found}

    def shifts(self, ids: Iterable[str]) -> list[Shift]:
        return self.find(Shift, {"_id": {"$in": sorted(set(ids))}}, sort=IN_ORDER)

    def starting(self, since: datetime, until: datetime) -> list[Shift]:
        """Shifts that begin at `since` or later, and before `until`."""
        return self.find(Shift, {"starts": {"$gte": since, "$lt": until}}, sort=IN_ORDER)

    def of_post(self, post: str, since: datetime, until: datetime) -> list[Shift]:
        """The post's shifts that may touch the time between; cancelled ones too."""
        return self.find(Shift, {"post": post, "starts": {"$gt": since - LONGEST_SHIFT, "$lt": until}}, sort=IN_ORDER)

    def to_close(self, post: str, starts: datetime, ends: datetime | None) -> list[Shift]:
        """The post's shifts that a closing in this time touches."""
        begin = {"$gt": starts - LONGEST_SHIFT, **({"$lt": ends} if ends else {})}
        return self.find(
            Shift, {"post": post, "starts": begin, "ends": {"$gt": starts}, "cancelled": False}, sort=IN_ORDER
        )

    def closed_by(self, closure: str, at: datetime) -> list[Shift]:
        """What a closing cancelled or moved, as far as it is not over."""
        by = {"$or": [{"cancelled_by": closure}, {"moves.closure": closure}]}
        return self.find(Shift, {"ends": {"$gt": at}, **by}, sort=IN_ORDER)

    def running(self, at: datetime, soon: timedelta) -> list[Shift]:
        """Shifts under way, or beginning within `soon`."""
        query = {"starts": {"$gt": at - LONGEST_SHIFT, "$lte": at + soon}, "ends": {"$gt": at}, "cancelled": False}
        return self.find(Shift, query, sort=IN_ORDER)

    def duties_at(self, post: str, volunteer: str, at: datetime) -> list[Shift]:
        """The shifts of this person at the post that a code scanned now may be for: one to check in to, or to check out of."""
        query = {
            "post": post,
            "starts": {"$gt": at - LONGEST_SHIFT - UNFINISHED_FOR, "$lte": at + CHECK_IN_OPENS},
            "claims": {"$elemMatch": {"volunteer": volunteer, "checked_out": None}},
        }
        found = self.find(Shift, query, sort=IN_ORDER)
        return [shift for shift in found if shift.ends > at or shift.held_by(volunteer).on_duty]

    def unfinished(self, at: datetime) -> list[Shift]:
        """Shifts that are over or cancelled while someone has not checked out, or waits to be confirmed."""
        there = {
            "$elemMatch": {"checked_out": None, "$or": [{"checked_in": {"$ne": None}}, {"said_there": {"$ne": None}}]}
        }
        past = {"$or": [{"ends": {"$lte": at}}, {"cancelled": True}]}
        return self.find(Shift, {"starts": {"$gt": at - UNFINISHED_FOR}, "claims": there, **past}, sort=IN_ORDER)

    def lacking(self, at: datetime) -> list[Shift]:
        """Shifts of the next 72 h that lack people."""
        return self.find(Shift, {**_lacking(at), "starts": {"$gt": at, "$lte": at + GAP_HORIZON}}, sort=IN_ORDER)

    def to_search_for(self, at: datetime, within: timedelta) -> list[str]:
        """Ids of the shifts under way, or beginning within that time, that lack people."""
        query = {**_lacking(at), "starts": {"$gt": at - LONGEST_SHIFT, "$lte": at + within}}
        return [row["_id"] for row in self[Shift].find(query, {"_id": 1}, sort=IN_ORDER)]

    def with_clock_news(self, at: datetime) -> list[str]:
        """Ids of shifts to which time alone made something happen: a gap opened or ended, a reminder is due, somebody missed it."""
        opened = {**_lacking(at), "starts": {"$gt": at - LONGEST_SHIFT, "$lte": at + GAP_HORIZON}, "gap": None}
        ended = {"gap": {"$gte": 1}, "ends": {"$lte": at}}
        over = {
            "starts": {"$gt": at - UNFINISHED_FOR},
            "ends": {"$lte": at},
            "cancelled": False,
            "claims": {"$elemMatch": NOT_SEEN},
        }
        found = [row["_id"] for query in (opened, ended, over) for row in self[Shift].find(query, {"_id": 1})]
        for hours in REMINDERS:
            near = {"$gt": at, "$lte": at + timedelta(hours=hours)}
            unreminded = {"$elemMatch": {"checked_in": None, "reminded": {"$ne": hours}}}
            query = {"starts": near, "cancelled": False, "claims": unreminded}
            found += [row["_id"] for row in self[Shift].find(query, {"_id": 1})]
        return sorted(set(found))

    def wished_for(self, volunteer: str, at: datetime) -> list[Shift]:
        """The shifts ahead for which this person waits or stands by."""
        wish = {"$or": [{"waiting.volunteer": volunteer}, {"standby.volunteer": volunteer}]}
        return self.find(Shift, {"starts": {"$gt": at}, **wish}, sort=IN_ORDER)

    def held_by(self, volunteer: str, at: datetime) -> list[Shift]:
        """The volunteer's shifts that are not over, the next first."""
        query = {"claims.volunteer": volunteer, "starts": {"$gt": at - LONGEST_SHIFT}, "ends": {"$gt": at}}
        return self.find(Shift, query, sort=IN_ORDER)

    def served_by(self, volunteer: str, at: datetime, limit: int) -> list[Shift]:
        """The volunteer's shifts that are over, the latest first."""
        query = {"claims.volunteer": volunteer, "ends": {"$lte": at}}
        return self.find(Shift, query, sort=[("starts", -1)], limit=limit)

    def duties_of(self, volunteer: str, since: datetime) -> list[Shift]:
        """The volunteer's shifts that end later than `since`, by time."""
        return self.find(Shift, {"claims.volunteer": volunteer, "ends": {"$gt": since}}, sort=IN_ORDER)

    def minutes_of(self, volunteer: str) -> int:
        """All minutes ever credited to this volunteer here."""
        rows = list(self[Shift].aggregate([
            {"$match": {"claims.volunteer": volunteer}},
            {"$unwind": "$claims"},
            {"$match": {"claims.volunteer": volunteer}},
            {"$group": {"_id": None, "minutes": {"$sum": "$claims.minutes"}}},
        ]))  # fmt: skip
        return int(rows[0]["minutes"]) if rows else 0

    def served_since(self, since: datetime, until: datetime) -> dict[str, list[Shift]]:
        """The shifts of that time that people were credited for, by volunteer."""
        query = {"starts": {"$gte": since, "$lt": until}, "claims.minutes": {"$gt": 0}}
        served: dict[str, list[Shift]] = {}
        for shift in self.find(Shift, query, sort=IN_ORDER):
            for claim in shift.claims:
                if claim.minutes:
                    served.setdefault(claim.volunteer, []).append(shift)
        return served

    def searching(self) -> list[str]:
        """Ids of the proposals whose search is under way."""
        query = {"state": {"$in": list(AT_WORK)}}
        return [row["_id"] for row in self[Proposal].find(query, {"_id": 1}, session=self.session)]

    def proposals(self, limit: int) -> list[Proposal]:
        """The newest first."""
        return self.find(Proposal, {}, sort=[("begun", -1)], limit=limit)

    def swaps(self, query: dict[str, Any]) -> list[Swap]:
        return self.find(Swap, query, sort=[("until", ASCENDING), ("_id", ASCENDING)])

    def open_swaps(self, at: datetime) -> list[Swap]:
        return self.swaps({"state": "open", "until": {"$gt": at}})

    def overdue_swaps(self, at: datetime) -> list[str]:
        """Ids of the offers nobody took in time."""
        query = {"state": "open", "until": {"$lte": at}}
        return [row["_id"] for row in self[Swap].find(query, {"_id": 1}, sort=[("until", ASCENDING)])]

    def covers(self, ids: Iterable[str]) -> dict[str, Cover]:
        found = self.find(Cover, {"_id": {"$in": sorted(set(ids))}})
        return {cover.id: cover for cover in found}

    def running_covers(self) -> list[Cover]:
        return self.find(Cover, {"ended": None})

    def searched_for(self) -> list[str]:
        """Ids of the shifts whose search runs."""
        return [row["_id"] for row in self[Cover].find({"ended": None}, {"_id": 1})]

    def code_secret(self) -> str:
        """What this community's check-in codes are made with; made when first asked for, told to nobody."""
        fresh = {"$setOnInsert": {"secret": secrets.token_hex(32)}}
        kept = self["secrets"].find_one_and_update(
            {"_id": "codes"}, fresh, upsert=True, return_document=ReturnDocument.AFTER
        )
        return str(kept["secret"]) if kept else ""

    def note_name(self, volunteer: str, name: str) -> None:
        self["names"].replace_one(
            {"_id": volunteer}, {"_id": volunteer, "name": name}, upsert=True, session=self.session
        )

    def forget_name(self, volunteer: str) -> None:
        self["names"].delete_one({"_id": volunteer}, session=self.session)

    def note_building(self, building: str, name: str) -> None:
        self["buildings"].replace_one(
            {"_id": building}, {"_id": building, "name": name}, upsert=True, session=self.session
        )

    def building_names(self) -> dict[str, str]:
        """All buildings that volunteers registered here, by id, as people count them."""
        rows = sorted(self["buildings"].find({}), key=lambda row: counted(row["name"]))
        return {row["_id"]: row["name"] for row in rows}

    def names(self, volunteers: Sequence[str]) -> dict[str, str]:
        """The names of those who agreed to be shown by name."""
        return {row["_id"]: row["name"] for row in self["names"].find({"_id": {"$in": list(volunteers)}})}


def _signing_in_with(account: str) -> dict[str, Any]:
    return {"account": account, "standing": {"$ne": "left"}}


def _lacking(at: datetime) -> dict[str, object]:
    return {"ends": {"$gt": at}, "cancelled": False, "$expr": {"$lt": [{"$size": "$claims"}, "$head_count"]}}
