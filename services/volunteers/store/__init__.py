"""Volunteers as documents, and the questions asked of them; other subjects have modules of their own."""

from pymongo import ASCENDING, IndexModel

from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.store.buildings import Buildings
from services.volunteers.store.help import Help
from services.volunteers.store.imports import Imports
from services.volunteers.store.loans import Loans
from services.volunteers.store.people import People
from services.volunteers.store.profiles import Profiles
from services.volunteers.store.records import Records
from services.volunteers.store.teams import Teams
from shared.persistence.store import Kind


class VolunteersStore(People, Profiles, Teams, Buildings, Records, Loans, Help, Imports):
    service = "volunteers"
    kinds = {
        Volunteer: Kind("volunteers", "volunteers.volunteer"),
        **Loans.kinds,
        **Help.kinds,
        **Teams.kinds,
        **Buildings.kinds,
        **Records.kinds,
        **Profiles.kinds,
        **Imports.kinds,
    }
    indexes = {
        **Loans.indexes,
        **Help.indexes,
        **Teams.indexes,
        **Buildings.indexes,
        **Records.indexes,
        **Profiles.indexes,
        **Imports.indexes,
        "volunteers": [
            IndexModel([("community", ASCENDING), ("standing", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("account", ASCENDING), ("community", ASCENDING)], unique=True),
        ],
    }

    def volunteer(self, community: str, volunteer: str) -> Volunteer:
        """Raises NotFound, also for a volunteer of another community."""
        return self.the(Volunteer, {"_id": volunteer, "community": community})

    def of_account(self, community: str, account: str) -> Volunteer | None:
        found = self.find(Volunteer, {"account": account, "community": community}, limit=1)
        return found[0] if found else None

    def count_by_standing(self, community: str) -> dict[str, int]:
        rows = self[Volunteer].aggregate([
            {"$match": {"community": community, "standing": {"$ne": "folded"}}},
            {"$group": {"_id": "$standing", "count": {"$sum": 1}}},
        ])  # fmt: skip
        return {row["_id"]: row["count"] for row in rows}
