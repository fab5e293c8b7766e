"""Missions at the district office, and one mission for whoever has to do with it."""

from services.rescue.endpoints.page import OFFICE, OFFICERS, is_office, own_teams, seen_mission, words
from services.rescue.read_views import see_board
from services.rescue.schemas import missions as schemas
from services.rescue.usecases import missions
from shared.documents.photos import KIND
from shared.i18n.text import Text
from shared.kernel.errors import NotFound
from shared.kernel.ids import now
from shared.web import Call, Reply, endpoint, only
from shared.web.live_hub import LiveViewContext, live
from shared.web.templates_env import fragments

PAGE_LENGTH = 50
SEEN_BY = only("officer", "operator", "rescuer", "staff")
MISSION = "/rescue/missions/<mission>"


class MissionDoors:
    @endpoint("GET", "/rescue/", who=OFFICE, out=schemas.MissionShape, many=True, page="rescue/board.html")
    def missions_board(self, call: Call) -> Reply:
        """All missions that are not over, whoever waits longest first."""
        board = see_board(call.store, call.act.at)
        page = {"board": board, "live_url": f"/rescue/live?lang={call.lang}", **words(call.store)}
        return Reply(board.missions, page=page)

    @live("/rescue/live", who=OFFICE)
    def missions_board_live(self, glance: LiveViewContext) -> dict[str, str]:
        board = see_board(glance.store, now())
        return fragments("rescue/board_parts.html", glance.lang, {"board": board, **words(glance.store)})

    @endpoint("GET", "/rescue/missions", who=OFFICE, query=schemas.Closed, out=schemas.MissionShape, many=True,
          page="rescue/closed.html")  # fmt: skip
    def closed_missions(self, call: Call) -> Reply:
        """Missions that are done or called off, the newest first."""
        found = call.store.closed_missions(call.query["after"], PAGE_LENGTH + 1)
        shown, more = found[:PAGE_LENGTH], found[PAGE_LENGTH:]
        page = {"listing": {"next": shown[-1].id if more else None}, **words(call.store)}
        return Reply(shown, page=page)

    @endpoint("GET", MISSION, who=SEEN_BY, out=schemas.MissionShape, page="rescue/mission.html")
    def show_mission(self, call: Call, mission: str) -> Reply:
        """One mission with its record and proof: for the office, the teams that were asked, and the community's staff."""
        one = seen_mission(call, mission)
        officer = call.caller is not None and call.caller.may("officer")
        ours = next((team for team in own_teams(call) if team in one.crew), None)
        return Reply(one, page={"office": is_office(call), "officer": officer, "ours": ours, **words(call.store)})

    @endpoint("GET", "/rescue/photos/<photo>", who=SEEN_BY, file=KIND)
    def proof_photo(self, call: Call, photo: str) -> Reply:
        """The photo of a proof, for whoever may see its mission."""
        mission = call.store.mission_of_photo(photo)
        if mission is None:
            raise NotFound
        seen_mission(call, mission)
        return Reply.file(call.store.pictures.read(photo), KIND, "photo.jpg", shown=True, version=photo)

    @endpoint(
        "POST", f"{MISSION}/offers", who=OFFICERS, body=schemas.Whom, out=schemas.MissionShape, again="show_mission"
    )
    def ask_team(self, call: Call, mission: str) -> Reply:
        """Ask a team by name, also one that said no."""
        asked = missions.ask(call.store, call.act, mission, call.body["team"])
        return Reply(asked, then=f"/rescue/missions/{mission}", says=Text("已派给这支队伍。", "The team is asked."))

    @endpoint(
        "POST", f"{MISSION}/second", who=OFFICERS, body=schemas.Whom, out=schemas.MissionShape, again="show_mission"
    )
    def add_second_team(self, call: Call, mission: str) -> Reply:
        """Add a second team to help the one that has it."""
        helped = missions.add_second(call.store, call.act, mission, call.body["team"])
        return Reply(helped, then=f"/rescue/missions/{mission}", says=Text("增援已加入。", "The second team is added."))

    @endpoint("POST", f"{MISSION}/cancellation", who=OFFICERS, body=schemas.Reason, out=schemas.MissionShape,
          again="show_mission")  # fmt: skip
    def cancel_mission(self, call: Call, mission: str) -> Reply:
        """Call the mission off, and why; the community is told."""
        cancelled = missions.cancel(call.store, call.act, mission, call.body["reason"])
        return Reply(
            cancelled, then=f"/rescue/missions/{mission}", says=Text("任务已取消。", "The mission is called off.")
        )
