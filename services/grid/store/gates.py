"""The gate log as documents: entries for forty days, and apart from them, for as long as the community says, who passed.

An entry's id is what makes it count once, so entries stay longer than any of them may come late; the names and plates lie in
a collection of their own, sealed, from which they go by age and on request.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.grid.domain.gates import Entry, FeverFound, Gate, GateRules
from shared.events.contracts import Fact
from shared.persistence.personal_data import Holding
from shared.persistence.store import Kind, Store

KEEP_ENTRIES_SECONDS = 40 * 24 * 3600
DAY_MS = 24 * 3600 * 1000
LOG = "grid.gate-log"


class Passer(NamedTuple):
    """Who passed, sealed."""

    entry: str
    at: datetime
    name: bytes | None
    plate: bytes | None
    expires: datetime


class LogRow(NamedTuple):
    """An entry as it is read back; `passer` while it is kept."""

    id: str
    gate: str
    at: datetime
    said: datetime
    received: datetime
    direction: str
    kind: str
    temperature: float | None
    returnee_from: str | None
    flags: list[str]
    by: str | None
    passer: Passer | None


class GateLog(Store):
    kinds = {Gate: Kind("gates", "grid.gate"), GateRules: Kind("gate_rules", "grid.gate-rules")}
    indexes = {
        "gate_entries": [
            IndexModel([("at", ASCENDING)], expireAfterSeconds=KEEP_ENTRIES_SECONDS),
            IndexModel([("gate", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)]),
        ],
        "gate_passers": [
            IndexModel([("expires", ASCENDING)]),
            IndexModel([("name", ASCENDING)], partialFilterExpression={"name": {"$exists": True}}),
            IndexModel([("plate", ASCENDING)], partialFilterExpression={"plate": {"$exists": True}}),
        ],
    }

    holds: ClassVar[Sequence[Holding]] = (Holding("gate_passers", ("name", "plate"), until="expires"),)

    def gates(self) -> dict[str, Gate]:
        return {gate.id: gate for gate in self.find(Gate, {}, sort=[("_id", ASCENDING)])}

    def gate_rules(self) -> GateRules:
        return self.get(GateRules, "gates") or GateRules()

    def entries_known(self, ids: Sequence[str]) -> set[str]:
        found = self["gate_entries"].find({"_id": {"$in": list(ids)}}, {"_id": 1}, session=self.session)
        return {one["_id"] for one in found}

    def log_entries(self, entries: Sequence[Entry], passers: Iterable[Passer]) -> None:
        """Within a transaction: entries that are not known yet, all at once."""
        documents = [_document(entry, self.act.at, self.act.actor) for entry in entries]
        self["gate_entries"].insert_many(documents, ordered=False, session=self.session)
        sealed = [_sealed(one) for one in passers]
        if sealed:
            self["gate_passers"].insert_many(sealed, ordered=False, session=self.session)

    def tell_log(self, logged: Sequence[Fact], fevers: Sequence[tuple[FeverFound, Fact]]) -> None:
        """Within a transaction: states that entries are in the log, and which of them are fevers; each event stands alone."""
        told = [(f"{self.act.id}-{number}", fact) for number, fact in enumerate(logged)]
        self.state_alone(LOG, [*told, *((found.entry, fact) for found, fact in fevers)])

    def entries(
        self,
        since: datetime,
        until: datetime,
        limit: int,
        *,
        gate: str | None = None,
        flag: str | None = None,
        direction: str | None = None,
        kind: str | None = None,
        before: tuple[datetime, str] | None = None,
    ) -> list[LogRow]:
        """The log between two moments, newest first, those before a time and id."""
        query: dict[str, Any] = {"at": {"$gte": since, "$lt": until}}
        asked = {"gate": gate, "flags": flag, "direction": direction, "kind": kind}
        query.update({name: value for name, value in asked.items() if value is not None})
        if before is not None:
            query["$or"] = [{"at": {"$lt": before[0]}}, {"at": before[0], "_id": {"$lt": before[1]}}]
        order = [("at", DESCENDING), ("_id", DESCENDING)]
        found = list(self["gate_entries"].find(query, sort=order, limit=limit))
        passers = {
            one["_id"]: one for one in self["gate_passers"].find({"_id": {"$in": [one["_id"] for one in found]}})
        }
        return [_row(document, passers.get(document["_id"])) for document in found]

    def entry(self, id_: str) -> LogRow | None:
        document = self["gate_entries"].find_one({"_id": id_})
        return _row(document, None) if document else None

    def flow(self, since: datetime, until: datetime, gate: str | None = None) -> Counter[tuple[str, datetime, str]]:
        """How many passed, by gate, hour and direction; marks are counted like directions."""
        match: dict[str, Any] = {"at": {"$gte": since, "$lt": until}, **({"gate": gate} if gate else {})}
        hour = {"$dateTrunc": {"date": "$at", "unit": "hour"}}
        what = {"$concatArrays": [["$direction"], "$flags"]}
        found = self["gate_entries"].aggregate([
            {"$match": match},
            {"$project": {"gate": 1, "hour": hour, "what": what}},
            {"$unwind": "$what"},
            {"$group": {"_id": {"gate": "$gate", "hour": "$hour", "what": "$what"}, "count": {"$sum": 1}}},
        ])  # fmt: skip
        return Counter({(one["_id"]["gate"], one["_id"]["hour"], one["_id"]["what"]): one["count"] for one in found})

    def expire_passers(self, at: datetime) -> int:
        """Whose time is over is forgotten. Returns how many were."""
        return self["gate_passers"].delete_many({"expires": {"$lte": at}}).deleted_count

    def keep_passers_for(self, days: int) -> None:
        """Who is known already goes by the new rule as well."""
        expires = {"$add": ["$at", days * DAY_MS]}
        self["gate_passers"].update_many({}, [{"$set": {"expires": expires}}])

    def erase_passers(self, query: Mapping[str, bytes]) -> int:
        """Within a transaction: what is kept of this name or this plate goes. Returns of how many entries."""
        either = [{name: value} for name, value in query.items()]
        return self["gate_passers"].delete_many({"$or": either}, session=self.session).deleted_count


def _document(entry: Entry, received: datetime, by: str | None) -> dict[str, Any]:
    return {
        "_id": entry.id,
        "gate": entry.gate,
        "at": entry.at,
        "said": entry.said,
        "received": received,
        "direction": entry.direction,
        "kind": entry.kind,
        "temperature": entry.temperature,
        "returnee_from": entry.returnee_from,
        "flags": list(entry.flags),
        "by": by,
    }


def _sealed(passer: Passer) -> dict[str, Any]:
    told = {name: value for name, value in passer._asdict().items() if value is not None}
    return {"_id": told.pop("entry"), **told}


def _row(document: dict[str, Any], passer: dict[str, Any] | None) -> LogRow:
    id_ = document.pop("_id")
    who = Passer(id_, passer["at"], passer.get("name"), passer.get("plate"), passer["expires"]) if passer else None
    return LogRow(id=id_, passer=who, **document)
