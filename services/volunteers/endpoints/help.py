"""Help between neighbours: what others ask for, and who a community, or the district office, can send."""

from typing import Any

from services.volunteers.domain.help import DISTRICT, Request
from services.volunteers.schemas import loans as schemas
from services.volunteers.usecases import help as help_between_neighbours
from shared.i18n.domain_labels import KIND_WORDS, SKILL_WORDS
from shared.i18n.text import Text
from shared.replicas.communities import name_of, names
from shared.web import Call, Reply, endpoint, only

PAGE_LENGTH = 50


class HelpDoors:
    @endpoint("GET", "/volunteers/<community>/loans/requests", who=only("staff"), query=schemas.HelpList, out=schemas.RequestShape,
          many=True, page="volunteers/help.html")  # fmt: skip
    def list_help(self, call: Call, community: str) -> Reply:
        """What the neighbours ask for now, the longest waiting first; on the page also what this community asks for itself."""
        page = {
            **_help_page(call),
            "community": community,
            "place": name_of(call.store, community),
            "own": call.store.requests(call.act.at, "", PAGE_LENGTH, community=community),
        }
        return _paged(call, page, community={"$ne": community})

    @endpoint("GET", "/volunteers/<community>/loans/requests/<asker>/<shift>", who=only("staff"), out=schemas.RequestShape,
          page="volunteers/help_request.html")  # fmt: skip
    def show_help(self, call: Call, community: str, asker: str, shift: str) -> Reply:
        """One request, with its answers and who of this community could go: who offered themselves before the others."""
        request = call.store.request(asker, shift)
        named = call.store.open_loans(request=request.id)
        page = {
            **_help_page(call),
            "community": community,
            "place": name_of(call.store, community),
            "loans": [loan for loan in named if loan.home == community],
            "called": call.store.by_id([loan.volunteer for loan in named]),
            **_candidates(call, request, community, {loan.volunteer for loan in named}),
        }
        return Reply(request, page=page)

    @endpoint("POST", "/volunteers/<community>/loans/requests/<asker>/<shift>/people", who=only("staff"), body=schemas.People,
          out=schemas.RequestShape, again="show_help")  # fmt: skip
    def send_people(self, call: Call, community: str, asker: str, shift: str) -> Reply:
        """Name who goes; whoever has not offered themselves for that day is asked first."""
        sent = help_between_neighbours.send(
            call.store, call.act, community, asker, shift, volunteers=call.body["volunteers"]
        )
        says = Text("已告诉对方；没有自荐的人会先被问到。", "They are told; who had not offered is asked first.")
        return Reply(sent, then=f"/volunteers/{community}/loans/requests/{asker}/{shift}", says=says)

    @endpoint(
        "POST",
        "/volunteers/<community>/loans/requests/<asker>/<shift>/regret",
        who=only("staff"),
        out=schemas.RequestShape,
    )
    def send_nobody(self, call: Call, community: str, asker: str, shift: str) -> Reply:
        """The community has nobody to send."""
        answered = help_between_neighbours.regret(call.store, call.act, community, asker, shift)
        return Reply(
            answered, then=f"/volunteers/{community}/loans/requests", says=Text("已告诉对方。", "They are told.")
        )

    @endpoint("GET", "/volunteers/district/requests", who=only("officer"), query=schemas.HelpList, out=schemas.RequestShape,
          many=True, page="volunteers/help_district.html")  # fmt: skip
    def list_district_help(self, call: Call) -> Reply:
        """What communities ask the district office for, the longest waiting first."""
        return _paged(call, _help_page(call), step="district")

    @endpoint("POST", "/volunteers/district/requests/<asker>/<shift>/team", who=only("officer"), body=schemas.Team,
          out=schemas.RequestShape)  # fmt: skip
    def send_team(self, call: Call, asker: str, shift: str) -> Reply:
        """The district office sends so many people."""
        answered = help_between_neighbours.send_team(call.store, call.act, asker, shift, call.body["people"])
        return Reply(answered, then="/volunteers/district/requests", says=Text("已告诉对方。", "They are told."))

    @endpoint(
        "POST", "/volunteers/district/requests/<asker>/<shift>/regret", who=only("officer"), out=schemas.RequestShape
    )
    def send_no_team(self, call: Call, asker: str, shift: str) -> Reply:
        """The district office has nobody to send."""
        answered = help_between_neighbours.regret(call.store, call.act, DISTRICT, asker, shift)
        return Reply(answered, then="/volunteers/district/requests", says=Text("已告诉对方。", "They are told."))


def _help_page(call: Call) -> dict[str, Any]:
    return {"places": names(call.store), "skill_words": SKILL_WORDS, "kind_words": KIND_WORDS}


def _paged(call: Call, page: dict[str, Any], **of: Any) -> Reply:
    found = call.store.requests(call.act.at, call.query["after"], PAGE_LENGTH + 1, **of)
    shown, more = found[:PAGE_LENGTH], found[PAGE_LENGTH:]
    return Reply(shown, page={**page, "listing": {"next": shown[-1].id if more else None}})


def _candidates(call: Call, request: Request, community: str, named: set[str]) -> dict[str, Any]:
    """`offered`: who offered themselves for that day; `askable`: whose day is free, and who can do what is needed."""
    offered = {loan.volunteer for loan in call.store.offers_for(request, community)}
    approved = call.store.helping(community)
    free = call.store.free_for(request, [one for one in approved if one.id not in offered | named])
    return {
        "offered": [one for one in approved if one.id in offered],
        "askable": [one for one in free if request.skill is None or request.skill in one.skills],
    }
