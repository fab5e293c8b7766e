"""The questions asked of requests for help, and of who could answer them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.volunteers.domain.help import Request
from services.volunteers.domain.loans import Away, Loan, whole_days
from services.volunteers.domain.volunteers import Volunteer
from shared.persistence.store import Kind, Store


class Help(Store):
    kinds = {Request: Kind("requests", "volunteers.help")}
    indexes = {
        "requests": [IndexModel([("over", ASCENDING), ("since", ASCENDING), ("_id", ASCENDING)])],
    }

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

    def offer_for(self, request: Request, volunteer: Volunteer) -> Loan | None:
        """The volunteer's own offer to that community which covers the shift, while it waits."""
        found = self.offers_for(request, volunteer.community, volunteer=volunteer.id)
        return found[0] if found else None

    def offers_for(self, request: Request, home: str, **of: str) -> list[Loan]:
        """What volunteers of `home` offered to that community by themselves, as far as it covers the shift and waits."""
        covers = {"starts": {"$lte": request.starts}, "ends": {"$gte": request.ends}}
        waits = {"state": "offered", "said": {"$elemMatch": {"party": "volunteer", "answer": "yes"}}}
        return self.find(Loan, {"home": home, "borrower": request.community, **covers, **waits, **of})


def request_id(community: str, shift: str) -> str:
    """Shifts are named by post and hour, so two communities may have one of the same name."""
    return f"{community}.{shift}"
