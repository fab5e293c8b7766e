"""The district's doors: the office's overview, one community, and what is behind their figures; all of it live."""

from datetime import timedelta

from services.district import paper, schemas, sheets, usecases
from services.district.domain.days import FIGURES
from services.district.store import DistrictStore
from services.district.views import now as views
from services.district.views import reports
from shared.contracts import registry
from shared.ids import now
from shared.live import Glance, live
from shared.printing import PDF
from shared.rebuild import Rebuilds
from shared.service import Service
from shared.sheets import XLSX
from shared.stores import Stores
from shared.subscriptions import EventDoor
from shared.web import Call, Reply, door, only
from shared.web.cursors import cursor_of, place_in
from shared.web.pages import fragments
from shared.words import Text
from shared.zone import SHANGHAI

OFFICE = only("officer", "operator")
PAGE_LENGTH = 50
DAY = timedelta(days=1)
REBUILDS_SHOWN = 20
REACTIONS = {
    one.type: usecases.follow for one in registry.contracts() if one.type.rsplit(".", 2)[0] in usecases.FOLLOWED
}


class DistrictService(Service):
    name = "district"
    url_prefix = "/district"

    stores = Stores(DistrictStore)
    events = EventDoor(REACTIONS, keep_log=True)
    rebuilds = Rebuilds(REACTIONS)

    @door("GET", "/district/", who=OFFICE, query=schemas.KnownAt, out=schemas.DistrictShape,
          page="district/overview.html")  # fmt: skip
    def overview(self, call: Call) -> Reply:
        """Every community at this moment: what is missing, who is on duty, who is silent, and what happened last.

        `as-known-at` looks back: what had been received by then, or up to that position, as it would have been shown then.
        """
        if call.query["as_known_at"] is not None:
            position, at = usecases.find_past(call.store, call.query["as_known_at"], call.act.at)
            return Reply(views.look_back(self.rebuilds.look_back(position, call.act), at, position))
        return Reply(views.see_district(call.store, now()), page={"live_url": f"/district/live?lang={call.lang}"})

    @live("/district/live", who=OFFICE)
    def overview_live(self, glance: Glance) -> dict[str, str]:
        it = views.see_district(glance.store, now())
        return fragments("district/overview_parts.html", glance.lang, {"it": it})

    @door("GET", "/district/communities/<community>", who=OFFICE, out=schemas.PlaceShape,
          page="district/community.html")  # fmt: skip
    def community(self, call: Call, community: str) -> Reply:
        """One community at this moment: its people on duty, gaps, posts, and what happened last."""
        it = views.see_community(call.store, community, now())
        page = {"live_url": f"/district/communities/{community}/live?lang={call.lang}", **views.MISSION_TABLES}
        return Reply(it, page=page)

    @live("/district/communities/<community>/live", who=OFFICE)
    def community_live(self, glance: Glance, community: str) -> dict[str, str]:
        it = views.see_community(glance.store, community, now())
        return fragments("district/community_parts.html", glance.lang, {"it": it, **views.MISSION_TABLES})

    @door("GET", "/district/gaps", who=OFFICE, query=schemas.From, out=schemas.GapShape, many=True,
          page="district/gaps.html")  # fmt: skip
    def gaps(self, call: Call) -> Reply:
        """All shifts that lack people, now or in the next 72 hours, by time."""
        found = views.see_district(call.store, now()).gaps
        after = place_in(call.query["after"])
        shown = [gap for gap in found if after is None or (gap.shift.starts, gap.shift.key) > after]
        following = (
            cursor_of(shown[PAGE_LENGTH - 1].shift.starts, shown[PAGE_LENGTH - 1].shift.key)
            if shown[PAGE_LENGTH:]
            else None
        )
        return Reply(shown[:PAGE_LENGTH], page={"total": len(found), "listing": {"next": following}})

    @door("GET", "/district/happenings", who=OFFICE, query=schemas.HappeningList, out=schemas.ToldShape, many=True,
          page="district/happenings.html")  # fmt: skip
    def happenings(self, call: Call) -> Reply:
        """What happened in the last seven days, newest first; `community` for one of them only."""
        community = call.query["community"]
        store = call.store.shown()
        found = store.happenings(PAGE_LENGTH + 1, community=community, before=place_in(call.query["after"]))
        shown, more = found[:PAGE_LENGTH], found[PAGE_LENGTH:]
        communities = store.communities_by_id({one.community for one in shown})
        told = views.tell(store, shown, now(), communities)
        following = cursor_of(shown[-1].time, shown[-1].id) if more else None
        return Reply(told, page={"community": community, "listing": {"next": following}})

    @door("GET", "/district/report", who=OFFICE, query=schemas.OfDay, out=schemas.ReportShape,
          page="district/report.html")  # fmt: skip
    def report(self, call: Call) -> Reply:
        """A day of the district in figures: every community, and the flow through the gates by hour."""
        it = _report(call)
        days = {"before": it.day - DAY, "after": None if it.is_today else it.day + DAY}
        return Reply(it, page={"figures": FIGURES, **days})

    @door("GET", "/district/report/workbook", who=OFFICE, query=schemas.OfDay, file=XLSX)
    def report_workbook(self, call: Call) -> Reply:
        """The report as an Excel file."""
        return sheets.write_report(_report(call))

    @door("GET", "/district/report/paper", who=OFFICE, query=schemas.OfDay, file=PDF)
    def report_paper(self, call: Call) -> Reply:
        """The report as a PDF, with a chart."""
        return paper.print_report(_report(call))

    @door("GET", "/district/parts", who=only("operator"), out=schemas.PartShape, many=True, page="district/parts.html")
    def list_parts(self, call: Call) -> Reply:
        """Every service, and each community's own: when it was heard, what it has not sent, and what it has set aside."""
        return Reply(views.see_parts(call.store, now()), page={"live_url": f"/district/parts/live?lang={call.lang}"})

    @live("/district/parts/live", who=only("operator"))
    def parts_live(self, glance: Glance) -> dict[str, str]:
        return fragments("district/parts_parts.html", glance.lang, {"it": views.see_parts(glance.store, now())})

    @door("GET", "/district/rebuilds", who=only("operator"), out=schemas.RebuildShape, many=True,
          page="district/rebuilds.html")  # fmt: skip
    def list_rebuilds(self, call: Call) -> Reply:
        """The newest rebuilds of what is shown, made anew from all that was received: how far, and whether it was the same."""
        return Reply(
            call.store.rebuilds(REBUILDS_SHOWN), page={"live_url": f"/district/rebuilds/live?lang={call.lang}"}
        )

    @live("/district/rebuilds/live", who=only("operator"))
    def rebuilds_live(self, glance: Glance) -> dict[str, str]:
        it = glance.store.rebuilds(REBUILDS_SHOWN)
        return fragments("district/rebuilds_parts.html", glance.lang, {"it": it})

    @door("POST", "/district/rebuilds", who=only("operator"), out=schemas.RebuildShape)
    def begin_rebuild(self, call: Call) -> Reply:
        """Begin to make what is shown anew; all goes on meanwhile. Where a rebuild is under way, it is that one."""
        begun = self.rebuilds.begin(call.act)
        return Reply(
            begun, status=202, then="/district/rebuilds", says=Text("重建已开始。", "The rebuild is under way.")
        )


def _report(call: Call) -> reports.Report:
    """Raises NotYet."""
    at = now()
    today = at.astimezone(SHANGHAI).date()
    day = call.query["day"] or today
    if day > today:
        raise usecases.NotYet("day")
    return reports.see_report(call.store, day, at)
