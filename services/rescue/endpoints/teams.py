"""Rescue teams, as the district office keeps them; who is in one, accounts says by the right it grants."""

from services.rescue.domain.teams import Team
from services.rescue.endpoints.page import OFFICE, OFFICERS, words
from services.rescue.schemas import teams as schemas
from services.rescue.usecases import teams
from shared.i18n.text import Text
from shared.web import Call, Reply, endpoint


class TeamDoors:
    @endpoint("GET", "/rescue/teams", who=OFFICE, out=schemas.TeamShape, many=True, page="rescue/teams.html")
    def list_teams(self, call: Call) -> Reply:
        """All rescue teams, with what each has in hand."""
        return Reply(call.store.teams(), page=words(call.store))

    @endpoint("GET", "/rescue/teams/new", who=OFFICERS, page="rescue/team.html")
    def new_team(self, call: Call) -> Reply:
        """The form for another team."""
        return Reply(None, page={"team": None, **words(call.store)})

    @endpoint("POST", "/rescue/teams", who=OFFICERS, body=schemas.NewTeam, out=schemas.TeamShape, again="new_team")
    def register_team(self, call: Call) -> Reply:
        """Register a team; its members get the right “rescuer” of its scope from accounts."""
        told = dict(call.body)
        team = teams.register(call.store, call.act, told.pop("id"), told)
        return Reply(
            team, status=201, then=f"/rescue/teams/{team.id}", says=Text("救援队已登记。", "The team is registered.")
        )

    @endpoint("GET", "/rescue/teams/<team>", who=OFFICE, out=schemas.TeamShape, page="rescue/team.html")
    def show_team(self, call: Call, team: str) -> Reply:
        """One team: what it can do and when."""
        found = call.store.load(Team, team)
        return Reply(found, page={"team": found, **words(call.store)})

    @endpoint(
        "POST", "/rescue/teams/<team>", who=OFFICERS, body=schemas.TeamDetails, out=schemas.TeamShape, again="show_team"
    )
    def change_team(self, call: Call, team: str) -> Reply:
        """Change what is known of a team, or stand it down (`active` not ticked): it keeps what it has in hand."""
        changed = teams.change(call.store, call.act, team, call.body)
        return Reply(changed, then=f"/rescue/teams/{team}", says=Text("已保存。", "Saved."))
