"""What is behind the figures."""

from services.district.doors.office import OFFICE
from services.district.schemas import lists as schemas
from services.district.schemas import parts
from services.district.views.overview import see_district
from services.district.views.words import tell
from shared.ids import now
from shared.web import Call, Reply, door
from shared.web.cursors import cursor_of, place_in

PAGE_LENGTH = 50


class ListDoors:
    @door("GET", "/district/gaps", who=OFFICE, query=parts.From, out=parts.GapShape, many=True,
          page="district/gaps.html")  # fmt: skip
    def gaps(self, call: Call) -> Reply:
        """All shifts that lack people, now or in the next 72 hours, by time."""
        found = see_district(call.store, now()).gaps
        after = place_in(call.query["after"])
        shown = [gap for gap in found if after is None or (gap.shift.starts, gap.shift.key) > after]
        following = (
            cursor_of(shown[PAGE_LENGTH - 1].shift.starts, shown[PAGE_LENGTH - 1].shift.key)
            if shown[PAGE_LENGTH:]
            else None
        )
        return Reply(shown[:PAGE_LENGTH], page={"total": len(found), "listing": {"next": following}})

    @door("GET", "/district/happenings", who=OFFICE, query=schemas.HappeningList, out=parts.ToldShape, many=True,
          page="district/happenings.html")  # fmt: skip
    def happenings(self, call: Call) -> Reply:
        """What happened in the last seven days, newest first; `community` for one of them only."""
        community = call.query["community"]
        store = call.store.shown()
        found = store.happenings(PAGE_LENGTH + 1, community=community, before=place_in(call.query["after"]))
        shown, more = found[:PAGE_LENGTH], found[PAGE_LENGTH:]
        communities = store.communities_by_id({one.community for one in shown})
        told = tell(store, shown, now(), communities)
        following = cursor_of(shown[-1].time, shown[-1].id) if more else None
        return Reply(told, page={"community": community, "listing": {"next": following}})
