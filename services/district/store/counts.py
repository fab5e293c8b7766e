"""What a day brought, counted."""

from collections.abc import Mapping

from pymongo import ASCENDING, IndexModel, UpdateOne

from services.district.domain.days import Daily, Day
from services.district.store.kept import Kept
from shared.persistence.store import converter


class Counts(Kept):
    folded = {"days": [IndexModel([("day", ASCENDING)])]}

    def days(self, day: str) -> list[Day]:
        return [converter.structure(document, Day) for document in self["days"].find({"day": day})]

    def count_days(self, days: Mapping[Daily, Mapping[str, int]]) -> None:
        """Adds to what is counted already, with one write for each community and day of the batch."""
        self.write("days", [_add_to_day(daily, counts) for daily, counts in days.items()])


def _add_to_day(daily: Daily, counts: Mapping[str, int]) -> UpdateOne:
    community, day = daily
    sums = {f"counts.{name}": count for name, count in counts.items()}
    return UpdateOne(
        {"_id": f"{community}|{day}"}, {"$set": {"community": community, "day": day}, "$inc": sums}, upsert=True
    )
