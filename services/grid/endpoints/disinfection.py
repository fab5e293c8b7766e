"""Disinfection: asked for, taken by the community's own team or passed on to rescue teams, and judged."""

from typing import Any

from services.grid.domain.disinfection import Disinfection
from services.grid.endpoints.page import EVERYONE, HOME, OURS, STAFF, home, is_staff, page
from services.grid.read_views.disinfection import MISSION_WORDS, STATE_WORDS
from services.grid.schemas import disinfection as schemas
from services.grid.usecases import disinfection
from services.grid.usecases.disinfection import Work
from shared.documents.photos import ACCEPTED, KIND, LARGEST_UPLOAD
from shared.i18n.domain_labels import DISINFECTION_URGENCY_WORDS, DISINFECTION_WORDS
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.replicas import catalogue_items
from shared.web import Call, Reply, endpoint
from shared.web.disinfection_proof import Proof

LIST = f"{HOME}/disinfection"
ONE = f"{LIST}/<request>"
CLOSED_LENGTH = 50
ROOM_FOR_FORM = 64 * 1024


class DisinfectionDoors:
    @endpoint("GET", LIST, who=EVERYONE, out=schemas.DisinfectionShape, many=True, page="grid/disinfections.html")
    def list_disinfections(self, call: Call, community: str) -> Reply:
        """Requests that are not over, what waits longest first."""
        return Reply(call.store.open_disinfections(), page=_page(call, community))

    @endpoint("GET", f"{LIST}/closed", who=EVERYONE, query=schemas.Closed, out=schemas.DisinfectionShape, many=True,
          page="grid/disinfections_closed.html")  # fmt: skip
    def closed_disinfections(self, call: Call, community: str) -> Reply:
        """Requests that are confirmed or withdrawn, the newest first."""
        found = call.store.closed_disinfections(call.query["after"], CLOSED_LENGTH + 1)
        shown, more = found[:CLOSED_LENGTH], found[CLOSED_LENGTH:]
        return Reply(shown, page=_page(call, community, listing={"next": shown[-1].id if more else None}))

    @endpoint("GET", f"{LIST}/places", who=EVERYONE, out=schemas.PlaceShape, many=True, page="grid/disinfected.html")
    def disinfected_places(self, call: Call, community: str) -> Reply:
        """Every place that was disinfected, with the day it is due again; whatever is due first, first."""
        today = call.act.at.astimezone(SHANGHAI).date()
        return Reply(call.store.disinfected_places(), page=_page(call, community, today=today))

    @endpoint("GET", f"{LIST}/new", who=STAFF, page="grid/disinfection_new.html")
    def disinfection_form(self, call: Call, community: str) -> Reply:
        """Where staff ask for disinfection."""
        return Reply(page=_page(call, community, buildings=call.store.buildings()))

    @endpoint(
        "POST", LIST, who=STAFF, body=schemas.NewDisinfection, out=schemas.DisinfectionShape, again="disinfection_form"
    )
    def ask_for_disinfection(self, call: Call, community: str) -> Reply:
        """Ask for it: the own team first, rescue teams where there is none."""
        asked = disinfection.ask(call.store, call.act, **call.body)
        own = Text("已提出，等社区消杀队接。", "Asked; the community's own team is to answer.")
        others = Text("已提出，交给救援队。", "Asked; it goes to rescue teams.")
        return Reply(asked, status=201, then=_at(community, asked.id), says=own if asked.state == "asked" else others)

    @endpoint("GET", f"{LIST}/team", who=STAFF, out=schemas.ArrangementShape, page="grid/disinfection_team.html")
    def show_own_team(self, call: Call, community: str) -> Reply:
        """Which team of volunteers' disinfects here."""
        return Reply(call.store.arrangement(), page=_page(call, community, teams=call.store.own_teams()))

    @endpoint(
        "POST", f"{LIST}/team", who=STAFF, body=schemas.OwnTeamName, out=schemas.ArrangementShape, again="show_own_team"
    )
    def name_own_team(self, call: Call, community: str) -> Reply:
        """Name the team of volunteers' that disinfects here, or none."""
        named = disinfection.name_own_team(call.store, call.act, call.body["team"])
        return Reply(named, then=f"{home(community)}/disinfection", says=Text("已保存。", "Saved."))

    @endpoint("GET", ONE, who=EVERYONE, out=schemas.DisinfectionShape, page="grid/disinfection.html")
    def show_disinfection(self, call: Call, community: str, request: str) -> Reply:
        """One request, and how far it is."""
        return Reply(call.store.load(Disinfection, request), page=_page(call, community))

    @endpoint("GET", f"{LIST}/photos/<photo>", who=EVERYONE, file=KIND)
    def disinfection_photo(self, call: Call, community: str, photo: str) -> Reply:  # noqa: ARG002
        """The photo of the own team's proof."""
        return Reply.file(call.store.photo_of_disinfection(photo), KIND, "photo.jpg", shown=True, version=photo)

    @endpoint("POST", f"{ONE}/taking", who=OURS, out=schemas.DisinfectionShape, again="show_disinfection")
    def take_disinfection(self, call: Call, community: str, request: str) -> Reply:
        """The own team comes: said by a member, or by staff for it."""
        taken = disinfection.take(call.store, call.act, request, call.account, staff=is_staff(call, community))
        return Reply(taken, then=_at(community, request), says=Text("已接，请尽快去做。", "Taken; please go soon."))

    @endpoint("GET", f"{ONE}/proof", who=OURS, out=schemas.DisinfectionShape, page="grid/disinfection_proof.html")
    def disinfection_proof_form(self, call: Call, community: str, request: str) -> Reply:
        """Where the own team says what it did, and shows it."""
        agents = list(catalogue_items.items(call.store, catalogue_items.LITRE).items())
        return Reply(
            call.store.load(Disinfection, request), page=_page(call, community, accept=ACCEPTED, agents=agents)
        )

    @endpoint("POST", f"{ONE}/proof", who=OURS, body=Proof, out=schemas.DisinfectionShape,
          again="disinfection_proof_form", largest=LARGEST_UPLOAD + ROOM_FOR_FORM)  # fmt: skip
    def finish_disinfection(self, call: Call, community: str, request: str) -> Reply:
        """Done by the own team, with its proof."""
        said = dict(call.body)
        photo = said.pop("photo").content
        staff = is_staff(call, community)
        done = disinfection.finish(call.store, call.act, request, call.account, Work(**said), photo, staff=staff)
        return Reply(done, then=_at(community, request), says=Text("辛苦了！已报完成。", "Well done! It is reported."))

    @endpoint("POST", f"{ONE}/passing-on", who=STAFF, out=schemas.DisinfectionShape, again="show_disinfection")
    def pass_disinfection_on(self, call: Call, community: str, request: str) -> Reply:
        """Pass it on to rescue teams; while the district is out of reach it waits here, and goes by itself."""
        passed = disinfection.pass_on(call.store, call.act, request)
        return Reply(passed, then=_at(community, request), says=Text("已交给救援队。", "Passed on to rescue teams."))

    @endpoint("POST", f"{ONE}/withdrawal", who=STAFF, body=schemas.Reason, out=schemas.DisinfectionShape,
          again="show_disinfection")  # fmt: skip
    def withdraw_disinfection(self, call: Call, community: str, request: str) -> Reply:
        """It is not needed any more."""
        gone = disinfection.withdraw(call.store, call.act, request, call.body["reason"])
        return Reply(gone, then=_at(community, request), says=Text("已撤回。", "Withdrawn."))

    @endpoint("POST", f"{ONE}/confirmation", who=STAFF, body=schemas.Contentment, out=schemas.DisinfectionShape,
          again="show_disinfection")  # fmt: skip
    def confirm_disinfection(self, call: Call, community: str, request: str) -> Reply:
        """It was done well; the place is due again on that day."""
        confirmed = disinfection.confirm(call.store, call.act, request, call.body["next_due"])
        return Reply(confirmed, then=_at(community, request), says=Text("已确认，谢谢。", "Confirmed, thank you."))

    @endpoint("POST", f"{ONE}/complaint", who=STAFF, body=schemas.Reason, out=schemas.DisinfectionShape,
          again="show_disinfection")  # fmt: skip
    def find_disinfection_wanting(self, call: Call, community: str, request: str) -> Reply:
        """It was not done well: whoever did it is to come again."""
        wanting = disinfection.find_wanting(call.store, call.act, request, call.body["reason"])
        return Reply(wanting, then=_at(community, request), says=Text("已请他们再来。", "They are to come again."))


def _at(community: str, request: str) -> str:
    return f"{home(community)}/disinfection/{request}"


def _page(call: Call, community: str, **more: Any) -> dict[str, Any]:
    team = call.store.own_team()
    in_team = team is not None and call.store.volunteer_of(call.account) in team.members
    words: dict[str, Any] = {
        "kind_words": DISINFECTION_WORDS,
        "urgency_words": DISINFECTION_URGENCY_WORDS,
        "state_words": STATE_WORDS,
        "mission_words": MISSION_WORDS,
        "items": catalogue_items.items(call.store),
    }
    return page(call, community, own_team=team, in_team=in_team, **words, **more)
