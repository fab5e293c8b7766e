"""Taking duty along: one's own shifts in the phone's calendar, and the week on paper for the notice board."""

from datetime import timedelta

from services.shifts import paper
from services.shifts.endpoints.page import HOME, OURS, home, page, today, told_once, viewer_of
from services.shifts.read_views.shifts import DAYS_SHOWN, Viewer
from services.shifts.schemas import duty as schemas
from services.shifts.usecases import links
from shared.documents.pdf_response import PDF, print_paper
from shared.i18n.text import Text
from shared.persistence.capability_links import follow_link, link_given
from shared.replicas.communities import name_of
from shared.web import Call, Reply, anyone, endpoint, only

ICS = "text/calendar; charset=utf-8"
PAST_DAYS = timedelta(days=30)


class CalendarDoors:
    @endpoint("GET", f"{HOME}/calendar", who=OURS, page="shifts/calendar.html")
    def show_calendar(self, call: Call, community: str) -> Reply:
        """How to have one's shifts in the phone's own calendar."""
        roster = viewer_of(call).roster
        given = link_given(call.store, links.CALENDAR, roster.id) if roster else None
        return Reply({"given": given, "is_volunteer": roster is not None}, page=page(call, community))

    @endpoint("POST", f"{HOME}/calendar/link", who=OURS, out=schemas.LinkShape, page="shifts/link.html")
    def give_calendar(self, call: Call, community: str) -> Reply:
        """Make a private link to the caller's calendar, told once; the one before leads nowhere from now on."""
        url = f"{call.visit.origin}{home(community)}/calendars/{links.give_calendar(call.store, call.act, call.account)}.ics"
        return told_once(call, community, url, f"{home(community)}/calendar")

    @endpoint("POST", f"{HOME}/calendar/revocation", who=OURS)
    def revoke_calendar(self, call: Call, community: str) -> Reply:
        """Let the caller's private link lead nowhere."""
        links.revoke_calendar(call.store, call.act, call.account)
        return Reply(then=f"{home(community)}/calendar", says=Text("链接已作废。", "The link is revoked."))

    @endpoint("GET", f"{HOME}/calendars/<token>.ics", who=anyone)
    def read_calendar(self, call: Call, community: str, token: str) -> Reply:
        """One volunteer's shifts as iCalendar, for whoever has the private link."""
        volunteer = follow_link(call.store, links.CALENDAR, token)
        viewer = Viewer(call.store, "", call.act.at)
        shifts = viewer.seen(call.store.duties_of(volunteer, call.act.at - PAST_DAYS))
        drawn = paper.calendar(shifts, community, name_of(call.store, community), call.visit.origin, call.act.at)
        return Reply.file(drawn, ICS, "duty.ics", shown=True)

    @endpoint("GET", f"{HOME}/week.pdf", who=only("staff", "captain", "officer"), query=schemas.Board)
    def print_week(self, call: Call, community: str) -> Reply:
        """The week from `day` on (today if not said) as a sheet for the notice board, in Chinese; A4, landscape."""
        first = call.query.get("day") or today(call)
        days = viewer_of(call).span(first, DAYS_SHOWN)
        drawn = print_paper(paper.week_sheet, call.store.posts(), days, name_of(call.store, community).zh, call.act.at)
        return Reply.file(drawn, PDF, f"{name_of(call.store, community).zh} {first} 值守表.pdf", shown=True)
