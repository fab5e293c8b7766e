"""The district's read models as documents, and the questions its pages ask of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from pymongo import ASCENDING, DESCENDING, DeleteOne, IndexModel, ReplaceOne, UpdateOne

from services.district.domain.communities import GAP_HORIZON, Community, Happening, Part, Pulse, Shift
from services.district.domain.days import Daily, Day
from services.district.domain.gates import GateHour, Hourly
from services.district.domain.missions import MISSIONS_OVER, Mission
from shared.aside import counts
from shared.errors import NotFound
from shared.generations import FoldedStore
from shared.ids import now
from shared.mongo import converter

T = TypeVar("T", Community, Shift, Happening, Mission)

KEEP_HAPPENINGS_SECONDS = 7 * 24 * 3600
KEEP_FLOW_SECONDS = 60 * 24 * 3600


class DistrictStore(FoldedStore):
    service = "district"
    indexes = {"revisions": []}
    folded = {
        "gate_flow": [
            IndexModel([("hour", ASCENDING)], expireAfterSeconds=KEEP_FLOW_SECONDS),
            IndexModel([("community", ASCENDING), ("hour", ASCENDING)]),
        ],
        "days": [IndexModel([("day", ASCENDING)])],
        "communities": [],
        "people": [],
        "shifts_seen": [
            IndexModel([("ends", ASCENDING)], partialFilterExpression={"missing": {"$gt": 0}}, name="lacking"),
            IndexModel([("here", ASCENDING)], partialFilterExpression={"here": {"$gt": 0}}, name="attended"),
            IndexModel([("community", ASCENDING), ("ends", ASCENDING)]),
        ],
        "missions": [IndexModel([("state", ASCENDING), ("since", ASCENDING)])],
        "happenings": [
            IndexModel([("time", ASCENDING)], expireAfterSeconds=KEEP_HAPPENINGS_SECONDS),
            IndexModel([("time", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([("community", ASCENDING), ("time", DESCENDING), ("_id", DESCENDING)]),
        ],
    }

    def communities(self) -> list[Community]:
        """All of them, in the order they were registered, so that each keeps its place."""
        known = [_read(Community, document) for document in self["communities"].find()]
        return sorted(known, key=lambda one: (one.registered is None, one.registered, one.id))

    def the_community(self, community: str) -> Community:
        """Raises NotFound."""
        document = self["communities"].find_one({"_id": community})
        if document is None:
            raise NotFound
        return _read(Community, document)

    def communities_by_id(self, ids: Iterable[str]) -> dict[str, Community]:
        return self._by_id(Community, "communities", ids)

    def shifts_by_key(self, keys: Iterable[str]) -> dict[str, Shift]:
        return self._by_id(Shift, "shifts_seen", keys)

    def shifts_now(self, now: datetime) -> list[Shift]:
        """Every shift somebody stands in, and those that lack people now or in the next 72 hours."""
        lacking = {"missing": {"$gt": 0}, "ends": {"$gt": now}, "starts": {"$lte": now + GAP_HORIZON}}
        found = self["shifts_seen"].find({"$or": [{"here": {"$gt": 0}}, lacking]})
        return [_read(Shift, document) for document in found]

    def shifts_of(self, community: str, now: datetime) -> list[Shift]:
        """The community's shifts somebody stands in, and all that run now or begin in the next 72 hours."""
        timely = {"ends": {"$gt": now}, "starts": {"$lte": now + GAP_HORIZON}}
        found = self["shifts_seen"].find({"community": community, "$or": [{"here": {"$gt": 0}}, timely]})
        return [_read(Shift, document) for document in found]

    def missions_by_id(self, ids: Iterable[str]) -> dict[str, Mission]:
        return self._by_id(Mission, "missions", ids)

    def missions(self, community: str | None = None) -> list[Mission]:
        """Those not over, whatever waits longest first."""
        query = {"state": {"$nin": list(MISSIONS_OVER)}, **({"community": community} if community else {})}
        return [_read(Mission, one) for one in self["missions"].find(query, sort=[("since", 1), ("_id", 1)])]

    def pulses(self) -> dict[str, Pulse]:
        """By community: when its shifts were heard last."""
        heard = self["heard"].find({"_id": {"$regex": "^/communities/[^/]+/shifts$"}})
        return {one["community"]: _pulse(one) for one in heard}

    def pulse(self, community: str) -> Pulse | None:
        heard = self["heard"].find_one({"_id": f"/communities/{community}/shifts"})
        return _pulse(heard) if heard else None

    def parts(self) -> list[Part]:
        """Every part of the district that was ever heard, and this one, by source."""
        heard = [_part(one) for one in self["heard"].find({"home": {"$exists": True}})]
        return sorted([*heard, self._own_part()], key=lambda part: part.source)

    def _own_part(self) -> Part:
        waiting, oldest = self.journal.depth()
        told = {"waiting": waiting, "oldest": oldest and oldest.isoformat(), "aside": counts(self.database)}
        return _part({"_id": self.source, "at": now(), "home": "/district", **told})

    def happenings(
        self, limit: int, *, community: str | None = None, before: tuple[datetime, str] | None = None
    ) -> list[Happening]:
        """The newest, those before a time and id."""
        query: dict[str, Any] = {"community": community} if community else {}
        if before is not None:
            time, id_ = before
            query["$or"] = [{"time": {"$lt": time}}, {"time": time, "_id": {"$lt": id_}}]
        newest = self["happenings"].find(query, sort=[("time", DESCENDING), ("_id", DESCENDING)], limit=limit)
        return [_read(Happening, document) for document in newest]

    def names(self, volunteers: Iterable[str]) -> dict[str, str]:
        """The display names of those who agreed to be shown."""
        found = self["people"].find({"_id": {"$in": sorted(volunteers)}})
        return {person["_id"]: person["name"] for person in found}

    def flow(self, community: str, since: datetime, until: datetime) -> list[GateHour]:
        """What passed this community's gates between two hours, gate by gate."""
        found = self["gate_flow"].find({"community": community, "hour": {"$gte": since, "$lt": until}})
        return [converter.structure(document, GateHour) for document in found]

    def count_passages(self, tallies: Mapping[Hourly, Mapping[str, int]]) -> None:
        """Adds to what is counted already, with one write for each gate and hour of the batch."""
        self._bulk("gate_flow", [_add(hourly, marks) for hourly, marks in tallies.items()])

    def days(self, day: str) -> list[Day]:
        return [converter.structure(document, Day) for document in self["days"].find({"day": day})]

    def flow_of_all(self, since: datetime, until: datetime) -> list[tuple[str, GateHour]]:
        """Of every community's gates, with the community."""
        found = self["gate_flow"].find({"hour": {"$gte": since, "$lt": until}})
        return [(document["community"], converter.structure(document, GateHour)) for document in found]

    def count_days(self, days: Mapping[Daily, Mapping[str, int]]) -> None:
        """Adds to what is counted already, with one write for each community and day of the batch."""
        self._bulk("days", [_add_to_day(daily, counts) for daily, counts in days.items()])

    def keep_communities(self, communities: Iterable[Community]) -> None:
        self._bulk("communities", [_replace(community.id, community) for community in communities])

    def keep_shifts(self, shifts: Iterable[Shift]) -> None:
        derived = ((one, {"missing": one.missing, "here": len(one.present)}) for one in shifts)
        self._bulk("shifts_seen", [_replace(one.key, one, **figures) for one, figures in derived])

    def keep_missions(self, missions: Iterable[Mission]) -> None:
        self._bulk("missions", [_replace(one.id, one) for one in missions])

    def keep_names(self, names: Mapping[str, str | None]) -> None:
        """`names` maps volunteer ids to display names, None: no longer shown."""
        self._bulk("people", [_name(id_, names[id_]) for id_ in names])

    def keep_happenings(self, happenings: Iterable[Happening]) -> None:
        """One that is there already, from an earlier part of the same act, is counted on."""
        self._bulk("happenings", [_count(happening) for happening in happenings])

    def _by_id(self, cls: type[T], collection: str, ids: Iterable[str]) -> dict[str, T]:
        found = self[collection].find({"_id": {"$in": sorted(ids)}}, session=self.session)
        return {document["_id"]: _read(cls, document) for document in found}

    def _bulk(self, collection: str, writes: list[Any]) -> None:
        if writes:
            self[collection].bulk_write(writes, ordered=False, session=self.session)


def _read(cls: type[T], document: dict[str, Any]) -> T:
    return converter.structure({"id": document["_id"], **document}, cls)


def _replace(key: str, kept: Community | Shift | Mission, **derived: int) -> ReplaceOne[dict[str, Any]]:
    document = {**converter.unstructure(kept), **derived, "_id": key}
    return ReplaceOne({"_id": key}, document, upsert=True)


def _name(volunteer: str, name: str | None) -> DeleteOne | UpdateOne:
    if name is None:
        return DeleteOne({"_id": volunteer})
    return UpdateOne({"_id": volunteer}, {"$set": {"name": name}}, upsert=True)


def _count(happening: Happening) -> UpdateOne:
    told = converter.unstructure(happening)
    id_, count = told.pop("id"), told.pop("count")
    return UpdateOne({"_id": id_}, {"$setOnInsert": told, "$inc": {"count": count}}, upsert=True)


def _add(hourly: Hourly, marks: Mapping[str, int]) -> UpdateOne:
    community, gate, hour = hourly
    where = {"community": community, "gate": gate, "hour": hour}
    added = {name if "." in name else f"counts.{name}": number for name, number in marks.items()}
    return UpdateOne(
        {"_id": f"{community}/{gate}/{hour:%Y-%m-%dT%H}"}, {"$inc": added, "$setOnInsert": where}, upsert=True
    )


def _add_to_day(daily: Daily, counts: Mapping[str, int]) -> UpdateOne:
    community, day = daily
    sums = {f"counts.{name}": count for name, count in counts.items()}
    return UpdateOne(
        {"_id": f"{community}|{day}"}, {"$set": {"community": community, "day": day}, "$inc": sums}, upsert=True
    )


def _pulse(heard: dict[str, Any]) -> Pulse:
    oldest = heard.get("oldest")
    return Pulse(heard["at"], datetime.fromisoformat(oldest) if oldest else None)


def _part(heard: dict[str, Any]) -> Part:
    aside = heard["aside"]
    return Part(
        heard["_id"], heard["home"], _pulse(heard), heard["waiting"], aside["parked"], aside["waiting"], aside["raw"]
    )
