"""What was done, by person: duties as their communities' shifts told of them, deeds as staff saw them.

Everything fed by events says what is so, and adds nothing up: folded again from the beginning it comes out the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne

from services.volunteers.domain.records import Deed, Duty
from shared.persistence.store import Kind, Store, converter


class Records(Store):
    kinds = {Deed: Kind("deeds", "volunteers.deed")}
    indexes = {
        "deeds": [IndexModel([("volunteer", ASCENDING), ("day", DESCENDING)])],
        "duties": [IndexModel([("volunteer", ASCENDING), ("at", DESCENDING)])],
        "totals": [IndexModel([("minutes", DESCENDING)])],
        "turns": [],
        "posts": [],
    }

    def note_places(self, places: Mapping[tuple[str, str], dict[str, Any]], into: str) -> None:
        """At which post shifts are (`turns`), how posts are called (`posts`): by community and id, what is new of them."""
        self._upsert(into, {f"{community}/{id_}": known for (community, id_), known in places.items()})

    def note_duties(self, duties: Mapping[tuple[str, str, str], dict[str, Any]]) -> None:
        """What is new of a duty, by community, shift and volunteer; then the sums of those people."""
        told = {
            "/".join(key): {"community": key[0], "shift": key[1], "volunteer": key[2], **known}
            for key, known in duties.items()
        }
        self._upsert("duties", told)
        self._sum_up({volunteer for _, _, volunteer in duties})

    def duties_of(self, volunteer: str, limit: int = 0) -> list[Duty]:
        """The latest first."""
        found = self["duties"].find({"volunteer": volunteer}, session=self.session, sort=[("at", -1)], limit=limit)
        duties = list(found)
        turns = self._by_id("turns", {f"{one['community']}/{one['shift']}" for one in duties})
        posts = self._by_id("posts", {f"{turn['community']}/{turn['post']}" for turn in turns.values()})
        for one in duties:
            turn = turns.get(f"{one['community']}/{one['shift']}", {})
            post = posts.get(f"{one['community']}/{turn.get('post')}")
            one["post"] = {"zh": post["name"], "en": post["name_en"]} if post else None
        return [converter.structure(one, Duty) for one in duties]

    def minutes_of(self, volunteers: Iterable[str]) -> dict[str, int]:
        """All verified minutes of each, wherever they were served; who has none is not in it."""
        found = self["totals"].find({"_id": {"$in": list(volunteers)}}, session=self.session)
        return {one["_id"]: one["minutes"] for one in found}

    def deeds_of(self, volunteer: str) -> list[Deed]:
        """The latest first."""
        query = {"volunteer": volunteer, "withdrawn": False}
        return self.find(Deed, query, sort=[("day", DESCENDING), ("_id", DESCENDING)])

    def _upsert(self, into: str, known: Mapping[str, dict[str, Any]]) -> None:
        if known:
            writes = [UpdateOne({"_id": id_}, {"$set": new}, upsert=True) for id_, new in known.items()]
            self[into].bulk_write(writes, session=self.session, ordered=False)

    def _sum_up(self, volunteers: Iterable[str]) -> None:
        rows = self["duties"].aggregate([
            {"$match": {"volunteer": {"$in": list(volunteers)}}},
            {"$group": {"_id": "$volunteer", "minutes": {"$sum": "$minutes"}}},
        ], session=self.session)  # fmt: skip
        self._upsert("totals", {row["_id"]: {"minutes": row["minutes"]} for row in rows})

    def _by_id(self, kind: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        found: Sequence[dict[str, Any]] = list(self[kind].find({"_id": {"$in": list(ids)}}, session=self.session))
        return {one["_id"]: one for one in found}
