"""The questions asked of loans."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.volunteers.domain.loans import OVER, Away, Loan, State, Stay
from shared.persistence.store import Kind, Store


class Loans(Store):
    kinds = {
        Loan: Kind("loans", "volunteers.loan"),
        Stay: Kind("stays", "volunteers.stay"),
        Away: Kind("away", "volunteers.away"),
    }
    indexes = {
        "loans": [
            *(
                IndexModel([(party, ASCENDING), ("state", ASCENDING), ("_id", ASCENDING)])
                for party in ("home", "borrower")
            ),
            *(IndexModel([(of, ASCENDING), ("_id", ASCENDING)]) for of in ("account", "volunteer", "request")),
            IndexModel([("state", ASCENDING), ("ends", ASCENDING)]),
        ],
        "stays": [IndexModel([("volunteer", ASCENDING)])],
    }

    def loan(self, community: str, loan: str) -> Loan:
        """Raises NotFound, also for a loan that does not concern this community."""
        return self.the(Loan, {"_id": loan, **_concerns(community)})

    def loans(
        self, community: str, states: Sequence[State], after: str, limit: int, *, newest_first: bool = False
    ) -> list[Loan]:
        """A page of a community's loans, in and out, in the order they were offered (or the other way round)."""
        query: dict[str, Any] = {**_concerns(community), "state": {"$in": list(states)}}
        if after:
            query["_id"] = {"$lt" if newest_first else "$gt": after}
        return self.find(Loan, query, sort=[("_id", DESCENDING if newest_first else ASCENDING)], limit=limit)

    def loans_of(self, account: str, limit: int) -> list[Loan]:
        """A person's loans, the latest first."""
        return self.find(Loan, {"account": account}, sort=[("_id", DESCENDING)], limit=limit)

    def open_loans(self, **of: str) -> list[Loan]:
        """Those not over: `open_loans(volunteer=…)`, `open_loans(request=…)`."""
        return self.find(Loan, {**of, "state": {"$nin": list(OVER)}}, sort=[("_id", ASCENDING)])

    def loans_past(self, at: datetime) -> list[str]:
        """Ids of loans whose last day is over while they are not."""
        query = {"state": {"$nin": list(OVER)}, "ends": {"$lte": at}}
        return [row["_id"] for row in self[Loan].find(query, {"_id": 1})]

    def count_loans(self, community: str) -> dict[str, int]:
        rows = self[Loan].aggregate([
            {"$match": _concerns(community)},
            {"$group": {"_id": "$state", "count": {"$sum": 1}}},
        ])  # fmt: skip
        return {row["_id"]: row["count"] for row in rows}

    def away(self, account: str) -> Away:
        return self.get(Away, account) or Away(account)

    def stays(self, volunteer: str, **of: bool) -> list[Stay]:
        """`stays(volunteer, over=False)`: where they stay; `name_told=True`: where they are known by name."""
        return self.find(Stay, {"volunteer": volunteer, **of})


def _concerns(community: str) -> dict[str, Any]:
    return {"$or": [{"home": community}, {"borrower": community}]}
