"""A team's inbox: what it is asked for and has in hand, and each step on the way, made for one cold thumb."""

from typing import Any

from services.rescue.domain.missions import Mission
from services.rescue.domain.teams import Team
from services.rescue.endpoints.page import RESCUERS, our_team, own_teams, words
from services.rescue.read_views import see_inbox
from services.rescue.schemas import missions as schemas
from services.rescue.schemas.teams import TeamShape
from services.rescue.usecases import missions
from services.rescue.usecases.missions import Work
from shared.documents.photos import ACCEPTED, LARGEST_UPLOAD
from shared.i18n.text import Text
from shared.kernel.ids import now
from shared.replicas import catalogue_items
from shared.web import Call, Reply, endpoint
from shared.web.disinfection_proof import Proof
from shared.web.live_hub import LiveViewContext, live
from shared.web.templates_env import fragments

TEAM = "/rescue/inbox/<team>"
MISSION = f"{TEAM}/<mission>"
ROOM_FOR_FORM = 64 * 1024


class InboxDoors:
    @endpoint("GET", "/rescue/inbox", who=RESCUERS, out=TeamShape, many=True, page="rescue/no_team.html")
    def my_teams(self, call: Call) -> Reply:
        """The teams the caller is a member of; people go on to the inbox of the first."""
        found = call.store.some_teams(own_teams(call))
        return Reply(found, then=f"/rescue/inbox/{found[0].id}" if found else None)

    @endpoint("GET", TEAM, who=RESCUERS, out=schemas.MissionShape, many=True, page="rescue/inbox.html")
    def inbox(self, call: Call, team: str) -> Reply:
        """What the team has in hand and is asked for, whoever waits longest first."""
        ours = our_team(call, team)
        seen = see_inbox(call.store, ours, call.act.at)
        page = {"inbox": seen, "live_url": f"/rescue/inbox/{team}/live?lang={call.lang}", **words(call.store)}
        return Reply([*seen.in_hand, *seen.offered], page=page)

    @live(f"{TEAM}/live", who=RESCUERS)
    def inbox_live(self, glance: LiveViewContext, team: str) -> dict[str, str]:
        """Where a mission is and who has it is no secret among rescue teams; the page itself is each team's own."""
        seen = see_inbox(glance.store, glance.store.load(Team, team), now())
        return fragments("rescue/inbox_parts.html", glance.lang, {"inbox": seen, **words(glance.store)})

    @endpoint("POST", f"{MISSION}/acceptance", who=RESCUERS, out=schemas.MissionShape)
    def accept_mission(self, call: Call, team: str, mission: str) -> Reply:
        """Take the mission on: exactly one of those asked has it."""
        our_team(call, team)
        taken = missions.accept(call.store, call.act, team, mission)
        return _back(team, taken, Text("接单成功，请尽快出发。", "It is yours. Please set out soon."))

    @endpoint("POST", f"{MISSION}/refusal", who=RESCUERS, body=schemas.Reason, out=schemas.MissionShape, again="inbox")
    def decline_mission(self, call: Call, team: str, mission: str) -> Reply:
        """Say no, and why; the next teams are asked."""
        our_team(call, team)
        declined = missions.decline(call.store, call.act, team, mission, call.body["reason"])
        return _back(team, declined, Text("已回绝，会再派给别的队。", "You said no; others will be asked."))

    @endpoint("POST", f"{MISSION}/departure", who=RESCUERS, out=schemas.MissionShape)
    def set_out(self, call: Call, team: str, mission: str) -> Reply:
        """The team sets out."""
        our_team(call, team)
        gone = missions.set_out(call.store, call.act, team, mission)
        return _back(team, gone, Text("已出发，路上小心。", "On your way; take care."))

    @endpoint("POST", f"{MISSION}/beginning", who=RESCUERS, out=schemas.MissionShape)
    def begin_work(self, call: Call, team: str, mission: str) -> Reply:
        """The team is there, and begins."""
        our_team(call, team)
        begun = missions.begin(call.store, call.act, team, mission)
        return _back(team, begun, Text("开始作业。做完请拍一张照片。", "At work. When you are done, take a photo."))

    @endpoint("POST", f"{MISSION}/undoing", who=RESCUERS, out=schemas.MissionShape)
    def undo_step(self, call: Call, team: str, mission: str) -> Reply:
        """Take the last step back, within ten minutes; an acceptance is handed back."""
        our_team(call, team)
        return _back(team, missions.undo(call.store, call.act, team, mission), Text("已撤销。", "Taken back."))

    @endpoint("POST", f"{MISSION}/return", who=RESCUERS, body=schemas.Reason, out=schemas.MissionShape, again="inbox")
    def hand_mission_back(self, call: Call, team: str, mission: str) -> Reply:
        """Hand it back, and why; others are asked."""
        our_team(call, team)
        returned = missions.hand_back(call.store, call.act, team, mission, call.body["reason"])
        return _back(team, returned, Text("已退回，会再派给别的队。", "Handed back; others will be asked."))

    @endpoint("GET", f"{MISSION}/proof", who=RESCUERS, out=schemas.MissionShape, page="rescue/proof.html")
    def proof_form(self, call: Call, team: str, mission: str) -> Reply:
        """Where the team says what it did, and shows it."""
        ours = our_team(call, team)
        one = call.store.load(Mission, mission)
        one.check_finishable(team)
        page: dict[str, Any] = {
            "team": ours,
            "accept": ACCEPTED,
            "agents": list(catalogue_items.items(call.store, catalogue_items.LITRE).items()),
            **words(call.store),
        }
        return Reply(one, page=page)

    @endpoint("POST", f"{MISSION}/proof", who=RESCUERS, body=Proof, out=schemas.MissionShape, again="proof_form",
          largest=LARGEST_UPLOAD + ROOM_FOR_FORM)  # fmt: skip
    def finish_mission(self, call: Call, team: str, mission: str) -> Reply:
        """Done, with its proof: what, with how much of which agent, by how many people, and a photo."""
        our_team(call, team)
        said = dict(call.body)
        photo = said.pop("photo").content
        done = missions.finish(call.store, call.act, team, mission, Work(**said), photo)
        return _back(
            team, done, Text("辛苦了！已报完成，等社区确认。", "Well done! Reported; the community will confirm.")
        )


def _back(team: str, mission: Mission, says: Text) -> Reply:
    return Reply(mission, then=f"/rescue/inbox/{team}", says=says)
