"""Teams, at the desk and on a member's phone."""

from typing import Any

from services.volunteers.domain.teams import Team
from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.endpoints.desk import around, is_staff, names
from services.volunteers.schemas import teams as schemas
from services.volunteers.usecases import teams
from shared.i18n.text import Text
from shared.web import Call, Reply, endpoint, only

READERS = only("staff", "officer", "captain", "volunteer")
MEMBERS = only("staff", "volunteer")


class TeamDoors:
    @endpoint("GET", "/volunteers/<community>/teams", who=READERS, out=schemas.SeenTeamShape, many=True,
          page="volunteers/teams.html")  # fmt: skip
    def list_teams(self, call: Call, community: str) -> Reply:
        """The community's teams, by name."""
        me = _me(call, community)
        found = call.store.teams(community)
        page = {"mine": [one.id for one in found if me and me.id in one.members], **around(call, community)}
        return Reply([_seen(call, one, me, desk=page["desk"]) for one in found], page=page)

    @endpoint("POST", "/volunteers/<community>/teams", who=only("staff"), body=schemas.NewTeam, out=schemas.TeamShape,
          again="list_teams")  # fmt: skip
    def found_team(self, call: Call, community: str) -> Reply:
        """Found a team."""
        team = teams.found(call.store, call.act, community, **call.body)
        then = f"/volunteers/{community}/teams/{team.id}"
        return Reply(team, status=201, then=then, says=Text("志愿队已成立。", "The team is founded."))

    @endpoint("GET", "/volunteers/<community>/teams/<team>", who=READERS, out=schemas.SeenTeamShape,
          page="volunteers/team.html")  # fmt: skip
    def show_team(self, call: Call, community: str, team: str) -> Reply:
        """One team; who is in it, for staff and its leader."""
        me = _me(call, community)
        found = call.store.team(community, team)
        page = around(call, community)
        leads = bool(page["staff"]) or _leads(me, found)
        page["me"], page["leads"] = me.id if me else None, leads
        page["member"] = me is not None and me.id in found.members
        page["asked"] = me is not None and me.id in found.asking
        page["helps"] = me is not None and me.standing == "approved"
        page["others"] = _others(call, found) if page["staff"] else []
        return Reply(_seen(call, found, me, desk=page["desk"]), page=page)

    @endpoint(
        "POST", "/volunteers/<community>/teams/<team>/asking", who=MEMBERS, out=schemas.TeamShape, again="show_team"
    )
    def ask_to_join(self, call: Call, community: str, team: str) -> Reply:
        """Ask to be taken into a team; its leader or staff answer."""
        asked = teams.ask(call.store, call.act, community, team, call.account)
        return _then(asked, Text("已申请，等队长或社区答复。", "You asked; the leader or the staff will answer."))

    @endpoint(
        "POST", "/volunteers/<community>/teams/<team>/asking/<volunteer>/refusal", who=MEMBERS, out=schemas.TeamShape
    )
    def end_asking(self, call: Call, community: str, team: str, volunteer: str) -> Reply:
        """Staff or the leader say no, or the person takes it back."""
        ended = teams.decline(call.store, call.act, community, team, volunteer, **_who(call, community))
        return _then(ended, Text("申请已结束。", "They no longer ask to join."))

    @endpoint("POST", "/volunteers/<community>/teams/<team>/members", who=MEMBERS, body=schemas.Whom, out=schemas.TeamShape,
          again="show_team")  # fmt: skip
    def take_into_team(self, call: Call, community: str, team: str) -> Reply:
        """Take somebody into a team: staff anybody who helps, the leader whoever asked."""
        volunteer = call.body["volunteer"]
        joined = teams.accept(call.store, call.act, community, team, volunteer, **_who(call, community))
        return _then(joined, Text("已入队。", "They are in the team now."))

    @endpoint("POST", "/volunteers/<community>/teams/<team>/members/<volunteer>/departure", who=MEMBERS,
          out=schemas.TeamShape)  # fmt: skip
    def leave_team(self, call: Call, community: str, team: str, volunteer: str) -> Reply:
        """Leave a team; staff and its leader may take somebody off it."""
        left = teams.leave(call.store, call.act, community, team, volunteer, **_who(call, community))
        return _then(left, Text("已退队。", "They have left the team."))

    @endpoint("POST", "/volunteers/<community>/teams/<team>/leader", who=only("staff"), body=schemas.Whom,
          out=schemas.TeamShape, again="show_team")  # fmt: skip
    def name_leader(self, call: Call, community: str, team: str) -> Reply:
        """Name the member who leads the team from now on."""
        led = teams.name_leader(call.store, call.act, community, team, call.body["volunteer"])
        return _then(led, Text("队长已确定。", "The leader is named."))

    @endpoint("POST", "/volunteers/<community>/teams/<team>/dissolution", who=only("staff"), out=schemas.TeamShape)
    def dissolve_team(self, call: Call, community: str, team: str) -> Reply:
        """Dissolve a team: nobody is in it any longer."""
        gone = teams.dissolve(call.store, call.act, community, team)
        says = Text("志愿队已解散。", "The team is dissolved.")
        return Reply(gone, then=f"/volunteers/{community}/teams", says=says)


def _me(call: Call, community: str) -> Volunteer | None:
    me: Volunteer | None = call.store.of_account(community, call.account)
    return me


def _who(call: Call, community: str) -> dict[str, Any]:
    return {"account": call.account, "staff": is_staff(call, community)}


def _leads(me: Volunteer | None, team: Team) -> bool:
    return me is not None and me.id == team.leader


def _then(team: Team, says: Text) -> Reply:
    return Reply(team, then=f"/volunteers/{team.community}/teams/{team.id}", says=says)


def _seen(call: Call, team: Team, me: Volunteer | None, *, desk: bool) -> dict[str, Any]:
    """A team as this reader may see it; everybody may know who leads it."""
    sees = desk or _leads(me, team)
    shown = [*team.members, *team.asking] if sees else [one for one in [team.leader] if one]
    known, called = call.store.by_id(shown), names(call.store, shown, desk=desk)

    def person(id_: str) -> dict[str, Any]:
        named = id_ in known and (desk or known[id_].name_shown)
        return {"volunteer": id_, "name": known[id_].display_name if named else None, "called": called[id_]}

    return {
        "id": team.id,
        "name": team.name,
        "name_en": team.name_en,
        "dissolved": team.dissolved,
        "size": team.size,
        "leader": team.leader,
        "led_by": called[team.leader] if team.leader else None,
        "members": [person(one) for one in team.members] if sees else None,
        "asking": [person(one) for one in team.asking] if sees else None,
    }


def _others(call: Call, team: Team) -> list[tuple[str, str]]:
    """Whom staff may take in without their asking."""
    helping = call.store.helping(team.community)
    return [(one.id, f"{one.display_name} {one.home}") for one in helping if one.id not in team.members]
