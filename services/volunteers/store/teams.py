"""The questions asked of teams."""

from pymongo import ASCENDING, IndexModel

from services.volunteers.domain.teams import Team
from shared.persistence.store import Kind, Store


class Teams(Store):
    kinds = {Team: Kind("teams", "volunteers.team")}
    indexes = {
        "teams": [
            IndexModel([("community", ASCENDING), ("dissolved", ASCENDING), ("name", ASCENDING)]),
            IndexModel([("members", ASCENDING)]),
        ]
    }

    def team(self, community: str, team: str) -> Team:
        """Raises NotFound, also for a team of another community."""
        return self.the(Team, {"_id": team, "community": community})

    def teams(self, community: str) -> list[Team]:
        """Those that have not been dissolved, by name."""
        return self.find(Team, {"community": community, "dissolved": False}, sort=[("name", ASCENDING)])

    def teams_of(self, volunteer: str) -> list[Team]:
        return self.find(Team, {"members": volunteer}, sort=[("name", ASCENDING)])
