"""A person asks for their data to be erased: found, erased, and on record without the data."""

from services.grid.endpoints.page import HOME, STAFF, asker, home, page
from services.grid.schemas import erasure as schemas
from services.grid.usecases import erasure
from shared.i18n.text import Text
from shared.web import Call, Reply, endpoint

ERASURES_SHOWN = 20


class ErasureDoors:
    @endpoint("GET", f"{HOME}/erasure", who=STAFF, page="grid/erasure.html")
    def erasure_form(self, call: Call, community: str) -> Reply:
        """Where a person's data is found, to be erased when they ask for it."""
        return Reply(page=page(call, community, found=None, erasures=call.store.erasures(ERASURES_SHOWN)))

    @endpoint("POST", f"{HOME}/erasure/search", who=STAFF, body=schemas.Search, out=schemas.FoundShape, many=True,
          page="grid/erasure.html", again="erasure_form")  # fmt: skip
    def search_person(self, call: Call, community: str) -> Reply:
        """Who has this phone or this full name; that it was looked at is on record."""
        found = erasure.search(call.store, call.act, asker(call, community), **call.body)
        names = {one.id: one.name for one in call.store.buildings()}
        told = [
            {"household": at.id, "building": at.building, "unit": at.unit, "door": at.door, "resident": one}
            for at, one in found
        ]
        erasures = call.store.erasures(ERASURES_SHOWN)
        return Reply(told, page=page(call, community, found=told, names=names, erasures=erasures))

    @endpoint("POST", f"{HOME}/erasure", who=STAFF, body=schemas.PersonErasure, out=schemas.ErasureShape)
    def erase_person(self, call: Call, community: str) -> Reply:
        """Erase all that is kept of a person; on record stays when and by whom, not whose."""
        erasure.erase(call.store, call.act, call.body["household"], call.body["resident"])
        told = {"id": call.act.id, "at": call.act.at, "by": call.act.actor}
        says = Text("已删除，只留下删除的时间和经手人。", "Erased. On record stays when and by whom, nothing else.")
        return Reply(told, then=f"{home(community)}/erasure", says=says)
