"""Help between neighbours: who lacks something beside who has some to spare, and one click to ask."""

from services.district.domain.help import Help
from services.district.endpoints.office import OFFICE, name_of_caller
from services.district.endpoints.pages import page_of
from services.district.read_views.help import gaps_of, see_goods, see_helps, see_people
from services.district.schemas import help as schemas
from services.district.schemas.parts import From
from services.district.usecases import help as usecases
from shared.i18n.text import Text
from shared.kernel.ids import now
from shared.web import Call, Reply, endpoint, only
from shared.web.pagination import cursor_of, place_in

HELP = "/district/help"
OFFICERS = only("officer")
GAPS_SHOWN, ASKED_SHOWN = 20, 10


class HelpDoors:
    @endpoint("GET", HELP, who=OFFICE, query=From, out=schemas.NeighboursShape, page="district/help.html")
    def neighbours(self, call: Call) -> Reply:
        """Gaps and shortages, each beside the communities that can spare people or goods, and what was asked lately.

        Gaps by time, those `after` the last one shown.
        """
        at, after = now(), place_in(call.query["after"])
        gaps = [one for one in gaps_of(call.store, at) if after is None or (one.shift.starts, one.shift.key) > after]
        shown, more = gaps[:GAPS_SHOWN], gaps[GAPS_SHOWN:]
        following = cursor_of(shown[-1].shift.starts, shown[-1].shift.key) if more else None
        it = {
            "people": see_people(call.store, shown, at),
            "goods": see_goods(call.store, at),
            "asked": see_helps(call.store, call.store.helps(ASKED_SHOWN), at),
            "next": following,
        }
        return Reply(it)

    @endpoint("GET", f"{HELP}/asked", who=OFFICE, query=From, out=schemas.HelpShape, many=True,
          page="district/help_asked.html")  # fmt: skip
    def list_helps(self, call: Call) -> Reply:
        """All that the office asked communities to do for each other, newest first, and what became of it."""
        shown, following = page_of(call, call.store.helps, lambda one: (one.asked, one.id))
        return Reply(see_helps(call.store, shown, now()), page={"listing": {"next": following}})

    @endpoint("POST", f"{HELP}/people", who=OFFICERS, body=schemas.AskForPeople, out=schemas.HelpShape)
    def ask_for_people(self, call: Call) -> Reply:
        """Ask a community for people for another's shift; it answers as it would answer the neighbour itself."""
        return _asked(call, usecases.ask_for_people(call.store, call.act, name_of_caller(call), **call.body))

    @endpoint("POST", f"{HELP}/goods", who=OFFICERS, body=schemas.AskForGoods, out=schemas.HelpShape)
    def ask_for_goods(self, call: Call) -> Reply:
        """Ask a community to spare goods for another: it offers a transfer, or says that it has none to spare."""
        return _asked(call, usecases.ask_for_goods(call.store, call.act, name_of_caller(call), **call.body))


def _asked(call: Call, help_: Help) -> Reply:
    (seen,) = see_helps(call.store, [help_], call.act.at)
    says = Text("已告诉{giver}，请等答复。", "{giver} is told; please wait for their answer.").format(giver=seen.giver)
    return Reply(seen, status=201, then=HELP, says=says)
