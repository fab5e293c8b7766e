"""Whom notices are for, as documents, with what is known of their communities, and the questions asked of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.notify.domain.people import ANYWHERE, Person, group
from services.notify.domain.posters import Building
from shared.i18n.text import counted
from shared.persistence.store import Kind, Store

OF_ANYWHERE = ("gave:", "rescue-team:", "role:officer")  # groups that belong to no community
HAS_IT = ("sending", "sent", "unknown")  # deliveries that came to somebody, or may have
KEPT_MISSIONS_SECONDS = 30 * 24 * 3600


class People(Store):
    kinds = {Person: Kind("people", "notify.person"), Building: Kind("buildings", "notify.building")}
    indexes = {
        "people": [
            IndexModel([("groups", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("helping.volunteer", ASCENDING)]),
            IndexModel([("duties.shift", ASCENDING)]),
            IndexModel([("box_from", ASCENDING)], partialFilterExpression={"box_from": {"$type": "string"}}),
        ],
        "buildings": [IndexModel([("community", ASCENDING)])],
        "duties": [IndexModel([("ends", ASCENDING)], expireAfterSeconds=8 * 24 * 3600)],
        "posts": [],
        "items": [],
        "missions": [IndexModel([("due", ASCENDING)], expireAfterSeconds=KEPT_MISSIONS_SECONDS)],
        "teams": [IndexModel([("community", ASCENDING)])],
    }

    def person(self, id_: str) -> Person | None:
        return self.get(Person, id_)

    def person_of_volunteer(self, volunteer: str) -> Person | None:
        found = self.find(Person, {"helping.volunteer": volunteer}, limit=1)
        return found[0] if found else None

    def count_audience(self, community: str, audience: Sequence[str], at: datetime) -> int:
        return self[Person].count_documents(self._in_audience(community, audience, at)) if audience else 0

    def audience(self, community: str, audience: Sequence[str], at: datetime, after: str, limit: int) -> list[Person]:
        """A part of those in the audience, by id, those after the id `after`."""
        query = {"$and": [self._in_audience(community, audience, at), {"_id": {"$gt": after}}]}
        return self.find(Person, query, sort=[("_id", ASCENDING)], limit=limit)

    def people(self, ids: Iterable[str]) -> dict[str, Person]:
        return {one.id: one for one in self.find(Person, {"_id": {"$in": list(ids)}})}

    def with_boxes(self) -> Iterator[str]:
        """Ids of those of whom something came sealed."""
        for row in self[Person].find({"box_from": {"$type": "string"}}, {"_id": 1}):
            yield row["_id"]

    def helpers(self, community: str) -> list[Person]:
        return self.find(Person, {"groups": group(community, "role:volunteer")})

    def count_groups(self, community: str) -> dict[str, int]:
        """How many there are in each group of this community."""
        prefix = f"{community}/"
        pipeline: list[dict[str, Any]] = [
            {"$match": {"groups": {"$gte": prefix, "$lt": f"{community}0"}}}, {"$unwind": "$groups"},
            {"$group": {"_id": "$groups", "count": {"$sum": 1}}},
        ]  # fmt: skip
        rows = self[Person].aggregate(pipeline)
        return {row["_id"].removeprefix(prefix): row["count"] for row in rows if row["_id"].startswith(prefix)}

    # what is known of the community's shifts, posts, teams and buildings

    def note(self, collection: str, id_: str, fields: Mapping[str, Any]) -> None:
        """Within a transaction: what an event told of something that is not ours."""
        self[collection].update_one({"_id": id_}, {"$set": dict(fields)}, upsert=True, session=self.session)

    def noted(self, collection: str, id_: str) -> dict[str, Any]:
        return self[collection].find_one({"_id": id_}, session=self.session) or {}

    def teams(self, community: str) -> list[dict[str, Any]]:
        return list(self["teams"].find({"community": community, "dissolved": {"$ne": True}}).sort("name"))

    def buildings(self, community: str) -> list[Building]:
        return sorted(self.find(Building, {"community": community}), key=lambda one: counted(one.name))

    def duties_of(self, volunteers: Sequence[str], since: datetime, until: datetime) -> set[str]:
        """Those among them who have a shift that touches the time between."""
        query = {"holders": {"$in": list(volunteers)}, "starts": {"$lt": until}, "ends": {"$gt": since}}
        return {one for row in self["duties"].find(query, {"holders": 1}) for one in row["holders"]} & {*volunteers}

    def _in_audience(self, community: str, audience: Sequence[str], at: datetime) -> dict[str, Any]:
        kinds = {one: one.partition(":")[0] for one in audience}
        named = [one.partition(":")[2] for one, kind in kinds.items() if kind == "person"]
        heard = [one.partition(":")[2] for one, kind in kinds.items() if kind == "heard"]
        groups = [
            group(ANYWHERE if one.startswith(OF_ANYWHERE) else community, one)
            for one, kind in kinds.items()
            if kind not in ("on-duty", "person", "heard")
        ]
        ways: list[dict[str, Any]] = [{"groups": {"$in": groups}}]
        if named or heard:
            ways.append({"_id": {"$in": [*named, *self._heard(heard)]}})
        if "on-duty" in audience:
            ways.append({"duties": {"$elemMatch": {"community": community, "until": {"$gt": at}}}})
        return {"$or": ways}

    def _heard(self, notices: Sequence[str]) -> list[str]:
        """Whom these notices came to, by whichever way."""
        query = {"notice": {"$in": list(notices)}, "state": {"$in": HAS_IT}}
        return self["deliveries"].distinct("person", query, session=self.session) if notices else []
