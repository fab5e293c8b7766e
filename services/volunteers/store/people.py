"""Finding volunteers: the desk's list with its filters, and who may be asked to do something."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pymongo import ASCENDING, DESCENDING

from services.volunteers.domain.volunteers import Volunteer
from shared.persistence.store import Store

Order = Literal["applied", "hours"]


@dataclass(frozen=True)
class Wanted:
    """Whom a coordinator looks for; what is None does not matter. `q`: part of a name or of a building."""

    community: str
    q: str | None = None
    standing: str | None = None
    skill: str | None = None
    role: str | None = None
    team: Sequence[str] | None = None
    available: str | None = None

    def query(self, *, any_standing: bool = False) -> dict[str, Any]:
        exact = {"skills": self.skill, "roles": self.role, "available": self.available}
        query: dict[str, Any] = {"community": self.community, **{name: one for name, one in exact.items() if one}}
        query["standing"] = self.standing if self.standing and not any_standing else {"$ne": "folded"}
        if self.team is not None:
            query["_id"] = {"$in": list(self.team)}
        if self.q:
            part = {"$regex": re.escape(self.q), "$options": "i"}
            query["$or"] = [{"display_name": part}, {"home": part}]
        return query


@dataclass(frozen=True)
class Listed:
    """A page of what was found, with everybody's minutes, and the cursor of the next one."""

    volunteers: list[Volunteer]
    minutes: Mapping[str, int]
    following: str | None


class People(Store):
    def search(self, wanted: Wanted, order: Order, after: str, limit: int) -> Listed:
        """In the order they applied, or whoever has served longest first; the cursor says after whom to go on."""
        served, _, last = after.rpartition(":")
        stages: list[dict[str, Any]] = [
            {"$match": wanted.query()},
            {"$lookup": {"from": "totals", "localField": "_id", "foreignField": "_id", "as": "total"}},
            {"$set": {"served": {"$ifNull": [{"$first": "$total.minutes"}, 0]}}},
        ]
        if order == "hours":
            if served.isdecimal():
                behind = [{"served": {"$lt": int(served)}}, {"served": int(served), "_id": {"$gt": last}}]
                stages.append({"$match": {"$or": behind}})
            stages.append({"$sort": {"served": DESCENDING, "_id": ASCENDING}})
        else:
            stages[1:1] = [{"$match": {"_id": {"$gt": last}}}, {"$sort": {"_id": ASCENDING}}, {"$limit": limit + 1}]
        rows = list(self[Volunteer].aggregate([*stages, {"$limit": limit + 1}]))
        shown = rows[:limit]
        minutes = {row["_id"]: row.pop("served") for row in shown}
        following = None
        if len(rows) > limit:
            last_shown = shown[-1]["_id"]
            following = f"{minutes[last_shown]}:{last_shown}" if order == "hours" else last_shown
        return Listed([self._structure(Volunteer, row) for row in shown], minutes, following)

    def count_found(self, wanted: Wanted) -> dict[str, int]:
        """How many there are of each standing, whatever standing is looked for."""
        rows = self[Volunteer].aggregate([
            {"$match": wanted.query(any_standing=True)},
            {"$group": {"_id": "$standing", "count": {"$sum": 1}}},
        ])  # fmt: skip
        return {row["_id"]: row["count"] for row in rows}

    def helping(self, community: str) -> list[Volunteer]:
        """All approved volunteers of the community, in the order they applied."""
        query = {"community": community, "standing": "approved"}
        return self.find(Volunteer, query, sort=[("_id", ASCENDING)])

    def with_ending_certificates(self, community: str, until: date) -> list[Volunteer]:
        """Who helps and has a certificate that ends on that day or before."""
        query = {"community": community, "standing": "approved", "certificates.until": {"$lte": until.isoformat()}}
        return self.find(Volunteer, query)
