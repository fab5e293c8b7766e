"""Passages through the gates, by gate and hour and for the whole district by the hour; minutes within each."""

from collections.abc import Mapping
from datetime import datetime

from pymongo import ASCENDING, IndexModel, UpdateOne

from services.district.domain.gates import GateHour, Hourly
from services.district.store.kept import Kept
from shared.persistence.store import converter

KEEP_FLOW_SECONDS = 60 * 24 * 3600


class Flow(Kept):
    folded = {
        "gate_flow": [
            IndexModel([("hour", ASCENDING)], expireAfterSeconds=KEEP_FLOW_SECONDS),
            IndexModel([("community", ASCENDING), ("hour", ASCENDING)]),
        ]
    }

    def flow(self, community: str, since: datetime, until: datetime) -> list[GateHour]:
        """What passed this community's gates in the hours that begin between two moments, gate by gate."""
        return self._hours(community, since, until)

    def flow_of_all(self, since: datetime, until: datetime) -> list[GateHour]:
        """What passed all gates of the district in the hours that begin between two moments."""
        return self._hours(None, since, until)

    def flow_by_community(self, since: datetime, until: datetime) -> list[tuple[str, GateHour]]:
        """Of every community's gates, with the community; without the minutes."""
        within = {"hour": {"$gte": since, "$lt": until}, "community": {"$ne": None}}
        found = self["gate_flow"].find(within, {"minutes": 0})
        return [(document["community"], converter.structure(document, GateHour)) for document in found]

    def count_passages(self, tallies: Mapping[Hourly, Mapping[str, int]]) -> None:
        """Adds to what is counted already, with one write for all."""
        self.write("gate_flow", [_add(*hourly, marks) for hourly, marks in tallies.items()])

    def _hours(self, community: str | None, since: datetime, until: datetime) -> list[GateHour]:
        found = self["gate_flow"].find({"community": community, "hour": {"$gte": since, "$lt": until}})
        return [converter.structure(document, GateHour) for document in found]


def _add(community: str | None, gate: str, hour: datetime, marks: Mapping[str, int]) -> UpdateOne:
    where = {"community": community, "gate": gate, "hour": hour}
    added = {name if "." in name else f"counts.{name}": number for name, number in marks.items()}
    key = f"{community or ''}/{gate}/{hour:%Y-%m-%dT%H}"
    return UpdateOne({"_id": key}, {"$inc": added, "$setOnInsert": where}, upsert=True)
