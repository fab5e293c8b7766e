"""What is counted: passages through the gates by the hour, and what a day brought."""

from collections.abc import Mapping
from datetime import datetime

from pymongo import ASCENDING, IndexModel, UpdateOne

from services.district.domain.days import Daily, Day
from services.district.domain.gates import GateHour, Hourly
from services.district.store.kept import Kept
from shared.mongo import converter

KEEP_FLOW_SECONDS = 60 * 24 * 3600


class Counts(Kept):
    folded = {
        "gate_flow": [
            IndexModel([("hour", ASCENDING)], expireAfterSeconds=KEEP_FLOW_SECONDS),
            IndexModel([("community", ASCENDING), ("hour", ASCENDING)]),
        ],
        "days": [IndexModel([("day", ASCENDING)])],
    }

    def flow(self, community: str, since: datetime, until: datetime) -> list[GateHour]:
        """What passed this community's gates between two hours, gate by gate."""
        found = self["gate_flow"].find({"community": community, "hour": {"$gte": since, "$lt": until}})
        return [converter.structure(document, GateHour) for document in found]

    def flow_of_all(self, since: datetime, until: datetime) -> list[tuple[str, GateHour]]:
        """Of every community's gates, with the community."""
        found = self["gate_flow"].find({"hour": {"$gte": since, "$lt": until}})
        return [(document["community"], converter.structure(document, GateHour)) for document in found]

    def count_passages(self, tallies: Mapping[Hourly, Mapping[str, int]]) -> None:
        """Adds to what is counted already, with one write for each gate and hour of the batch."""
        self.write("gate_flow", [_add(hourly, marks) for hourly, marks in tallies.items()])

    def days(self, day: str) -> list[Day]:
        return [converter.structure(document, Day) for document in self["days"].find({"day": day})]

    def count_days(self, days: Mapping[Daily, Mapping[str, int]]) -> None:
        """Adds to what is counted already, with one write for each community and day of the batch."""
        self.write("days", [_add_to_day(daily, counts) for daily, counts in days.items()])


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
