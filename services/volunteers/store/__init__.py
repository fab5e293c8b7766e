"""Volunteers as documents, and the questions asked of them; other subjects have modules of their own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.volunteers.domain.help import Request
from services.volunteers.domain.loans import OVER, Away, Loan, State, Stay, whole_days
from services.volunteers.domain.volunteers import Standing, Volunteer
from services.volunteers.store.buildings import Buildings
from services.volunteers.store.records import Records
from services.volunteers.store.teams import Teams
from shared.mongo import Kind


class VolunteersStore(Teams, Buildings, Records):
    service = "volunteers"
    kinds = {
        Volunteer: Kind("volunteers", "volunteers.volunteer"),
        Loan: Kind("loans", "volunteers.loan"),
        Stay: Kind("stays", "volunteers.stay"),
        Away: Kind("away", "volunteers.away"),
        Request: Kind("requests", "volunteers.help"),
        **Teams.kinds,
        **Buildings.kinds,
        **Records.kinds,
    }
    indexes = {
        **Teams.indexes,
        **Buildings.indexes,
        **Records.indexes,
        "volunteers": [
            IndexModel([("community", ASCENDING), ("standing", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("account", ASCENDING), ("community", ASCENDING)], unique=True),
        ],
        "loans": [
            *(
                IndexModel([(party, ASCENDING), ("state", ASCENDING), ("_id", ASCENDING)])
                for party in ("home", "borrower")
            ),
            *(IndexModel([(of, ASCENDING), ("_id", ASCENDING)]) for of in ("account", "volunteer", "request")),
            IndexModel([("state", ASCENDING), ("ends", ASCENDING)]),
        ],
        "stays": [IndexModel([("volunteer", ASCENDING)])],
        "requests": [IndexModel([("over", ASCENDING), ("since", ASCENDING), ("_id", ASCENDING)])],
    }

    def volunteer(self, community: str, volunteer: str) -> Volunteer:
        """Raises NotFound, also for a volunteer of another community."""
        return self.the(Volunteer, {"_id": volunteer, "community": community})

    def of_account(self, community: str, account: str) -> Volunteer | None:
        found = self.find(Volunteer, {"account": account, "community": community}, limit=1)
        return found[0] if found else None

    def listed(self, community: str, standing: Standing | None, after: str, limit: int) -> list[Volunteer]:
        """A page of the community's volunteers in the order they applied, those after the id `after`."""
        query = {"community": community, "_id": {"$gt": after}, **({"standing": standing} if standing else {})}
        return self.find(Volunteer, query, sort=[("_id", ASCENDING)], limit=limit)

    def count_by_standing(self, community: str) -> dict[str, int]:
        rows = self[Volunteer].aggregate([
            {"$match": {"community": community}},
            {"$group": {"_id": "$standing", "count": {"$sum": 1}}},
        ])  # fmt: skip
        return {row["_id"]: row["count"] for row in rows}

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

    def offer_for(self, request: Request, volunteer: Volunteer) -> Loan | None:
        """The volunteer's own offer to that community which covers the shift, while it waits."""
        found = self.offers_for(request, volunteer.community, volunteer=volunteer.id)
        return found[0] if found else None

    def offers_for(self, request: Request, home: str, **of: str) -> list[Loan]:
        """What volunteers of `home` offered to that community by themselves, as far as it covers the shift and waits."""
        covers = {"starts": {"$lte": request.starts}, "ends": {"$gte": request.ends}}
        waits = {"state": "offered", "said": {"$elemMatch": {"party": "volunteer", "answer": "yes"}}}
        return self.find(Loan, {"home": home, "borrower": request.community, **covers, **waits, **of})

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

    def stays_told(self, volunteer: str) -> list[Stay]:
        """The stays where the volunteer is known by name."""
        return self.find(Stay, {"volunteer": volunteer, "name_told": True})

    def request(self, community: str, shift: str) -> Request:
        """Raises NotFound."""
        return self.load(Request, request_id(community, shift))

    def requests(self, at: datetime, after: str, limit: int, **of: Any) -> list[Request]:
        """A page of what communities ask for at this moment, the longest waiting first, those after the id `after`."""
        query: dict[str, Any] = {"over": False, "ends": {"$gt": at}, **of}
        if after:
            last = self.load(Request, after)
            query["$or"] = [{"since": {"$gt": last.since}}, {"since": last.since, "_id": {"$gt": last.id}}]
        return self.find(Request, query, sort=[("since", ASCENDING), ("_id", ASCENDING)], limit=limit)

    def count_requests(self, at: datetime, **of: Any) -> int:
        return self[Request].count_documents({"over": False, "ends": {"$gt": at}, **of})

    def requests_of(self, loans: Sequence[Loan]) -> dict[str, Request]:
        """What these people were asked for, by the request's id."""
        return {one.id: one for one in self.find(Request, {"_id": {"$in": [loan.request for loan in loans]}})}

    def free_for(self, request: Request, volunteers: Sequence[Volunteer]) -> list[Volunteer]:
        """Those of them who have promised none of the request's days elsewhere."""
        span = whole_days(*request.span)
        away = self.find(Away, {"_id": {"$in": [one.account for one in volunteers]}})
        taken = {one.id for one in away if one.is_taken(*span)}
        return [one for one in volunteers if one.account not in taken]

    def by_id(self, volunteers: Sequence[str]) -> dict[str, Volunteer]:
        return {one.id: one for one in self.find(Volunteer, {"_id": {"$in": list(volunteers)}})}


def request_id(community: str, shift: str) -> str:
    """Shifts are named by post and hour, so two communities may have one of the same name."""
    return f"{community}.{shift}"


def _concerns(community: str) -> dict[str, Any]:
    return {"$or": [{"home": community}, {"borrower": community}]}
