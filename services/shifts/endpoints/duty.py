"""The board, one's own duty and who is on duty; taking shifts, giving them back, waiting and standing by."""

from datetime import date, timedelta
from typing import Any

from services.shifts.domain.cover import Cover
from services.shifts.domain.shifts import Shift
from services.shifts.endpoints.page import EVERYONE, HOME, OURS, asker, home, noon, page, today, viewer_of
from services.shifts.read_views.shifts import DAYS_SHOWN, DayView
from services.shifts.read_views.swaps import open_swaps
from services.shifts.schemas import duty as schemas
from services.shifts.usecases import claims
from shared.i18n.text import Text
from shared.web import Call, Reply, endpoint, only

WEEK = timedelta(days=DAYS_SHOWN)


class DutyDoors:
    @endpoint("GET", f"{HOME}/", who=EVERYONE, query=schemas.Board, out=schemas.ShiftShape, many=True,
          page="shifts/board.html")  # fmt: skip
    def board(self, call: Call, community: str) -> Reply:
        """The shifts of one day (`day`, today if not said); `lacking` leaves out those that have all their people."""
        day = call.query.get("day") or today(call)
        days = viewer_of(call).days(day)
        chosen = next(one for one in days if one.day == day)
        shown = [one for one in chosen.shifts if one.missing > 0 or not call.query["lacking"]]
        first = days[0].day
        span = {"before": first - WEEK if first > today(call) else None, "after": first + WEEK, "first": first}
        return Reply(shown, page=page(call, community, days=[_tab(one, day) for one in days], day=day, **span))

    @endpoint("GET", f"{HOME}/mine", who=OURS, out=schemas.MyDutyShape, page="shifts/mine.html")
    def mine(self, call: Call, community: str) -> Reply:
        """The caller's own shifts, the next first, what they are asked for and wait for, and the minutes credited so far."""
        viewer = viewer_of(call)
        return Reply(viewer.mine(), page=page(call, community, offers=open_swaps(viewer)))

    @endpoint("GET", f"{HOME}/coverage", who=only("staff", "captain", "officer"), out=schemas.CoverageShape,
          page="shifts/coverage.html")  # fmt: skip
    def coverage(self, call: Call, community: str) -> Reply:
        """Who is on duty at each post now, what is missing now and in the next 72 h, and who has not checked out."""
        return Reply(viewer_of(call).coverage(), page=page(call, community))

    @endpoint("GET", f"{HOME}/<shift>", who=EVERYONE, out=schemas.ShiftShape, page="shifts/shift.html")
    def show_shift(self, call: Call, community: str, shift: str) -> Reply:
        """One shift and who has it."""
        viewer = viewer_of(call)
        common = page(call, community)
        free = viewer.who_can_take(shift) if common["leading"] else []
        cover = call.store.get(Cover, shift) if common["leading"] or common["officer"] else None
        asked = dict(viewer.called([one.volunteer for one in cover.asked])) if cover else {}
        return Reply(viewer.shift(shift), page={"free": free, "cover": cover, "asked": asked, **common})

    @endpoint(
        "POST", f"{HOME}/<shift>/claims", who=OURS, body=schemas.ForWhom, out=schemas.ShiftShape, again="show_shift"
    )
    def claim(self, call: Call, community: str, shift: str) -> Reply:
        """Take a place in a shift; staff and captains may name whom they assign."""
        volunteer = call.body.get("volunteer")
        claimed = claims.claim_shift(call.store, call.act, asker(call, community), shift, volunteer)
        if volunteer is not None:
            return Reply(claimed, then=f"{home(community)}/{shift}", says=Text("已安排。", "Assigned."))
        says = Text("报名成功，请按时到岗。", "The shift is yours; please be there on time.")
        return Reply(claimed, then=f"{home(community)}/mine", says=says)

    @endpoint("POST", f"{HOME}/<shift>/claims/<volunteer>/release", who=OURS, out=schemas.ShiftShape)
    def release(self, call: Call, community: str, shift: str, volunteer: str) -> Reply:
        """Give a place back until the deadline; a captain may until the start, and after it marks who did not come."""
        who = asker(call, community)
        released = claims.release_shift(call.store, call.act, who, shift, volunteer)
        then = f"{home(community)}/{shift}" if who.leading else f"{home(community)}/mine"
        return Reply(released, then=then, says=_released(released, volunteer))

    @endpoint("POST", f"{HOME}/<shift>/waiting", who=OURS, out=schemas.ShiftShape)
    def wait(self, call: Call, community: str, shift: str) -> Reply:
        """Wait for a place in a full shift: the next that becomes free is the caller's, if every rule agrees then."""
        waited = claims.wait_for_place(call.store, call.act, call.account, shift)
        says = Text(
            "已排队。有空位会自动给您，并通知您。",
            "You are in the queue; a free place will be yours, and you are told.",
        )
        return Reply(waited, then=f"{home(community)}/mine", says=says)

    @endpoint("POST", f"{HOME}/<shift>/stand-by", who=OURS, out=schemas.ShiftShape)
    def stand_by(self, call: Call, community: str, shift: str) -> Reply:
        """Stand by for a shift: the first to be asked when somebody is missing."""
        stood = claims.stand_by(call.store, call.act, call.account, shift)
        says = Text("已登记替补，缺人时先找您。", "You stand by: you are asked first when somebody is missing.")
        return Reply(stood, then=f"{home(community)}/mine", says=says)

    @endpoint("POST", f"{HOME}/<shift>/wishes/withdrawal", who=OURS, out=schemas.ShiftShape)
    def forget_wishes(self, call: Call, community: str, shift: str) -> Reply:
        """Neither wait for a shift nor stand by any more."""
        forgotten = claims.forget_wishes(call.store, call.act, call.account, shift)
        return Reply(forgotten, then=f"{home(community)}/mine", says=Text("已取消。", "Taken back."))


def _released(shift: Shift, volunteer: str) -> Text:
    if volunteer in shift.missed:
        return Text("已记为没来，可以另外安排人。", "Marked as not come; somebody else may be assigned.")
    if shift.missing:
        return Text("已退出，这个位置空出来了。", "Given up; the place is free again.")
    return Text("已退出，排队的人已补上。", "Given up; whoever waited has the place.")


def _tab(one: DayView, chosen: date) -> dict[str, Any]:
    return {"day": one.day, "noon": noon(one.day), "missing": one.missing, "current": one.day == chosen}
