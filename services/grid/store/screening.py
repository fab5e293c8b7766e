"""The questions asked of rounds and of what was found at each door."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.grid.domain.screening import Answer, Outcome, Round
from shared.persistence.store import Kind, Store


class Screening(Store):
    kinds = {Round: Kind("rounds", "grid.round"), Answer: Kind("answers_at_doors", "grid.answer")}
    indexes = {
        "beginning": [],
        "rounds": [IndexModel([("ended", ASCENDING)])],
        "answers_at_doors": [IndexModel([("round", ASCENDING), ("building", ASCENDING), ("unit", ASCENDING)])],
    }

    def rounds(self, limit: int) -> list[Round]:
        """The newest first."""
        return self.find(Round, {}, sort=[("_id", DESCENDING)], limit=limit)

    def running_rounds(self) -> list[Round]:
        return self.find(Round, {"ended": None}, sort=[("_id", DESCENDING)])

    def told_of(self, since: datetime) -> list[str]:
        """Ids of the rounds under way, and of those that ended later than `since`."""
        query = {"$or": [{"ended": None}, {"ended": {"$gt": since}}]}
        return [row["_id"] for row in self[Round].find(query, {"_id": 1})]

    def note_round_begun(self) -> None:
        """Within a transaction: two rounds that begin at the same instant see each other."""
        self["beginning"].update_one({"_id": "round"}, {"$inc": {"count": 1}}, upsert=True, session=self.session)

    def answers(self, round_: str, households: Iterable[str]) -> dict[str, Answer]:
        """By household."""
        ids = [f"{round_}/{one}" for one in sorted(set(households))]
        return {one.household: one for one in self.find(Answer, {"_id": {"$in": ids}})}

    def latest_answer_by(self, round_: str, account: str) -> Answer | None:
        """Where this account made the last entry that counts."""
        said = {"round": round_, "entries.by": account, "outcome": {"$ne": None}}
        found = self.find(Answer, said, sort=[("entries.at", DESCENDING)], limit=1)
        return found[0] if found else None

    def outcomes(self, round_: str, buildings: Sequence[str] | None = None) -> dict[str, Outcome]:
        """What counts, by household; where an entry was taken back there is nothing."""
        query: dict[str, Any] = {"round": round_, "outcome": {"$ne": None}}
        if buildings is not None:
            query["building"] = {"$in": list(buildings)}
        found = self[Answer].find(query, {"household": 1, "outcome": 1}, session=self.session)
        return {one["household"]: one["outcome"] for one in found}

    def found(self, round_: str) -> dict[tuple[str, str], dict[Outcome, int]]:
        """How many households had which outcome, by building and unit."""
        rows = self[Answer].aggregate(
            [
                {"$match": {"round": round_, "outcome": {"$ne": None}}},
                {"$group": {"_id": {"b": "$building", "u": "$unit", "o": "$outcome"}, "count": {"$sum": 1}}},
            ],
            session=self.session,
        )
        counts = dict[tuple[str, str], dict[Outcome, int]]()
        for row in rows:
            place = row["_id"]
            counts.setdefault((place["b"], place["u"]), {})[place["o"]] = row["count"]
        return counts

    def forget_answers(self, household: str) -> None:
        """Within a transaction: what was found at a door that is no more."""
        self[Answer].delete_many({"household": household}, session=self.session)
