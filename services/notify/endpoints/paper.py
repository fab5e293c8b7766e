"""Posters: printed for every unit door, and confirmed with one tap by whoever put them up."""

from services.notify import read_views
from services.notify.domain.notices import Notice
from services.notify.domain.posters import Poster
from services.notify.endpoints.reading import STAFF, page_of
from services.notify.paper import Sheet, posters
from services.notify.schemas import people as schemas
from services.notify.usecases import placing
from services.notify.usecases.sending import Desk
from shared.documents.pdf_response import PDF, print_paper
from shared.i18n import dates
from shared.i18n.text import Text
from shared.replicas.communities import check_known, name_of
from shared.web import Call, Reply, endpoint, only
from shared.web.schemas import Query

HOME = "/notices/<community>"
SHOWN = 300
CARERS = only(*STAFF, "captain", "volunteer")


class PaperDoors:
    outbox: Desk

    @endpoint(
        "GET", f"{HOME}/posters", who=only(*STAFF), out=schemas.PosterShape, many=True, page="notify/posters.html"
    )
    def list_posters(self, call: Call, community: str) -> Reply:
        """The posters of a community that are still to be put up, or to be taken down (`dropped`), with who cares for the door."""
        check_known(call.store, community)
        found = call.store.open_posters(community, SHOWN)
        return Reply(found, page={**self._words(call, community, found), "mine": False})

    @endpoint("GET", f"{HOME}/posters/mine", who=CARERS, out=schemas.PosterShape, many=True, page="notify/posters.html")
    def my_posters(self, call: Call, community: str) -> Reply:
        """The posters the caller is to put up or take down, and after them those of doors that nobody cares for."""
        mine = set(placing.volunteers_of(call.store, community, call.account))
        found = [
            one
            for one in call.store.open_posters(community, SHOWN)
            if mine and (one.owner is None or mine & {one.owner, one.deputy})
        ]
        found.sort(key=lambda one: one.owner is None)
        return Reply(found, page={**self._words(call, community, found), "mine": True})

    @endpoint("POST", f"{HOME}/posters/<poster>/placing", who=CARERS, out=schemas.PosterShape)
    def place_poster(self, call: Call, community: str, poster: str) -> Reply:
        """Confirm that a poster hangs."""
        leading = call.caller is not None and any(call.caller.may(role, community) for role in STAFF)
        placed = placing.place(call.store, call.act, community, poster, call.account, leading=leading)
        return Reply(placed, says=Text("已确认张贴，谢谢。", "It hangs; thank you."))

    @endpoint("POST", f"{HOME}/posters/<poster>/removal", who=CARERS, out=schemas.PosterShape)
    def take_poster_down(self, call: Call, community: str, poster: str) -> Reply:
        """Confirm that a poster which no longer holds hangs no more."""
        leading = call.caller is not None and any(call.caller.may(role, community) for role in STAFF)
        gone = placing.take_down(call.store, call.act, community, poster, call.account, leading=leading)
        return Reply(gone, says=Text("已确认取下，谢谢。", "It is down; thank you."))

    @endpoint("GET", f"{HOME}/<notice>/posters.pdf", who=CARERS, query=Query, file=PDF)
    def print_posters(self, call: Call, community: str, notice: str) -> Reply:
        """A notice on A4, a sheet for every unit door; `poster` for one of them only."""
        found = call.store.notice(community, notice)
        wanted = call.visit.request.args.get("poster")
        doors = [one for one in call.store.posters_of(notice) if wanted in (None, one.id)]
        sheets = [self._sheet(call, found, one) for one in doors] or [self._sheet(call, found, None)]
        return Reply.file(print_paper(posters, sheets), PDF, f"{notice}.pdf", shown=True)

    def _sheet(self, call: Call, notice: Notice, poster: Poster | None) -> Sheet:
        told = read_views.tell(call.store, notice, call.lang, self.outbox.origin, call.act.at)
        place = name_of(call.store, notice.community).in_(call.lang)
        when = notice.published or call.act.at
        door_ = " ".join(one for one in (poster.building, poster.unit) if one) if poster else ""
        said = Text("{place}　{when}", "{place}, {when}").format(place=place, when=dates.day(when, call.lang))
        scan = Text("扫码看全文和更正", "Scan to read it in full, and any correction")
        link = f"{self.outbox.origin}/notices/{notice.community}/{notice.id if notice.public else ''}"
        return Sheet(
            told.title, told.body, door_, place, said.in_(call.lang), scan.in_(call.lang), link, notice.important
        )

    def _words(self, call: Call, community: str, found: list[Poster]) -> dict[str, object]:
        notices = {one.id: one for one in call.store.find(Notice, {"_id": {"$in": [p.notice for p in found]}})}
        told = {
            id_: read_views.tell(call.store, one, call.lang, self.outbox.origin, call.act.at)
            for id_, one in notices.items()
        }
        carers = {one for poster in found for one in (poster.owner, poster.deputy) if one}
        names = {one: self._name(call, community, one) for one in carers}
        return {"told": told, "names": names, **page_of(call, community)}

    def _name(self, call: Call, community: str, volunteer: str) -> str | None:
        person = call.store.person_of_volunteer(volunteer)
        return person.name_in(community) if person else None
