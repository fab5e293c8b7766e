"""A community's posts, its rota, and who stands where."""

from datetime import date, datetime, time, timedelta
from typing import Any

from services.shifts.domain.posts import Post
from services.shifts.schemas import duty as schemas
from services.shifts.usecases import duty as usecases
from services.shifts.usecases.duty import Asker
from services.shifts.views import DAYS_SHOWN, DayView, Viewer
from shared.places import name_of
from shared.vocabulary import KIND_WORDS
from shared.web import Call, Reply, door, only
from shared.words import Text
from shared.zone import SHANGHAI

WEEK = timedelta(days=DAYS_SHOWN)
HOME = "/communities/<community>/shifts"
EVERYONE = only("staff", "captain", "volunteer", "officer")


class DutyDoors:
    @door("GET", f"{HOME}/", who=EVERYONE, query=schemas.Board, out=schemas.ShiftShape, many=True,
          page="shifts/board.html")  # fmt: skip
    def board(self, call: Call, community: str) -> Reply:
        """The shifts of one day (`day`, today if not said); `lacking` leaves out those that have all their people."""
        today = call.act.at.astimezone(SHANGHAI).date()
        day = call.query.get("day") or today
        days = Viewer(call.store, call.account, call.act.at).days(day)
        chosen = next(one for one in days if one.day == day)
        shown = [one for one in chosen.shifts if one.missing > 0 or not call.query["lacking"]]
        page = {
            "days": [_tab(one, day) for one in days],
            "day": day,
            "before": days[0].day - WEEK if days[0].day > today else None,
            "after": days[0].day + WEEK,
        }
        return Reply(shown, page={**page, **_page(call, community)})

    @door("GET", f"{HOME}/mine", who=only("staff", "captain", "volunteer"), out=schemas.MyDutyShape,
          page="shifts/mine.html")  # fmt: skip
    def mine(self, call: Call, community: str) -> Reply:
        """The caller's own shifts, the next first, and the minutes credited so far."""
        return Reply(Viewer(call.store, call.account, call.act.at).mine(), page=_page(call, community))

    @door("GET", f"{HOME}/coverage", who=only("staff", "captain", "officer"), out=schemas.CoverageShape,
          page="shifts/coverage.html")  # fmt: skip
    def coverage(self, call: Call, community: str) -> Reply:
        """Who is on duty at each post now, what is missing now and in the next 72 h, and who has not checked out."""
        return Reply(Viewer(call.store, call.account, call.act.at).coverage(), page=_page(call, community))

    @door("GET", f"{HOME}/posts", who=only("staff", "officer"), out=schemas.PostShape, many=True,
          page="shifts/posts.html")  # fmt: skip
    def list_posts(self, call: Call, community: str) -> Reply:
        """All posts, closed ones too."""
        return Reply(call.store.posts(), page={"kind_words": KIND_WORDS, **_page(call, community)})

    @door("GET", f"{HOME}/posts/new", who=only("staff"), page="shifts/new_post.html")
    def post_form(self, call: Call, community: str) -> Reply:
        """The form to open a post in."""
        return Reply(page={"kind_words": KIND_WORDS, **_page(call, community)})

    @door("POST", f"{HOME}/posts", who=only("staff"), body=schemas.NewPost, out=schemas.PostShape, again="post_form")
    def open_post(self, call: Call, community: str) -> Reply:
        """Open a post: from now on shifts can be planned for it."""
        post = usecases.open_post(call.store, call.act, Post(**call.body))
        return Reply(post, status=201, then=f"{_home(community)}/posts", says=Text("岗位已设立。", "The post is open."))

    @door("POST", f"{HOME}/posts/<post>/closure", who=only("staff"), out=schemas.PostShape)
    def close_post(self, call: Call, community: str, post: str) -> Reply:
        """Close a post: its shifts that are not over are cancelled and their people are free."""
        closed = usecases.close_post(call.store, call.act, post)
        says = Text("岗位已关闭，之后的班次已取消。", "The post is closed and its coming shifts are cancelled.")
        return Reply(closed, then=f"{_home(community)}/posts", says=says)

    @door("GET", f"{HOME}/plan", who=only("staff"), page="shifts/plan.html")
    def plan_form(self, call: Call, community: str) -> Reply:
        """The form to plan a span of days in."""
        page = {"posts": [post for post in call.store.posts() if post.open], "turn_hours": schemas.TURN_HOURS}
        return Reply(page={"today": call.act.at.astimezone(SHANGHAI).date(), **page, **_page(call, community)})

    @door("POST", f"{HOME}/plan", who=only("staff"), body=schemas.Plan, out=schemas.PlanResultShape, again="plan_form")
    def plan(self, call: Call, community: str) -> Reply:
        """Plan a post's shifts for a span of days; planning the same again makes nothing twice."""
        result = usecases.plan_shifts(call.store, call.act, **call.body)
        says = Text(
            "新增 {planned} 个班次，原有 {existing} 个。", "{planned} shifts planned, {existing} were there before."
        )
        then = f"{_home(community)}/?day={call.body['first_day']}"
        return Reply(result, then=then, says=says.format(planned=result.planned, existing=result.existing))

    @door("GET", f"{HOME}/<shift>", who=EVERYONE, out=schemas.ShiftShape, page="shifts/shift.html")
    def show_shift(self, call: Call, community: str, shift: str) -> Reply:
        """One shift and who has it."""
        viewer = Viewer(call.store, call.account, call.act.at)
        page = _page(call, community)
        free = viewer.who_can_take(shift) if page["leading"] else []
        return Reply(viewer.shift(shift), page={"free": free, **page})

    @door("POST", f"{HOME}/<shift>/claims", who=only("staff", "captain", "volunteer"), body=schemas.ForWhom,
          out=schemas.ShiftShape, again="show_shift")  # fmt: skip
    def claim(self, call: Call, community: str, shift: str) -> Reply:
        """Take a place in a shift; staff and captains may name whom they assign."""
        volunteer = call.body.get("volunteer")
        claimed = usecases.claim_shift(call.store, call.act, _asker(call, community), shift, volunteer)
        if volunteer is not None:
            return Reply(claimed, then=f"{_home(community)}/{shift}", says=Text("已安排。", "Assigned."))
        says = Text("报名成功，请按时到岗。", "The shift is yours; please be there on time.")
        return Reply(claimed, then=f"{_home(community)}/mine", says=says)

    @door("POST", f"{HOME}/<shift>/claims/<volunteer>/release", who=only("staff", "captain", "volunteer"),
          out=schemas.ShiftShape)  # fmt: skip
    def release(self, call: Call, community: str, shift: str, volunteer: str) -> Reply:
        """Give a place back before the shift begins; after that staff or a captain mark who did not come."""
        asker = _asker(call, community)
        released = usecases.release_shift(call.store, call.act, asker, shift, volunteer)
        then = f"{_home(community)}/{shift}" if asker.leading else f"{_home(community)}/mine"
        return Reply(released, then=then, says=Text("已退出，这个位置空出来了。", "Given up; the place is free again."))

    @door("POST", f"{HOME}/<shift>/claims/<volunteer>/check-in", who=only("staff", "captain"), out=schemas.ShiftShape)
    def check_in(self, call: Call, community: str, shift: str, volunteer: str) -> Reply:
        """Note that this person stands at the post."""
        there = usecases.check_in(call.store, call.act, shift, volunteer)
        return Reply(there, then=f"{_home(community)}/coverage", says=Text("已签到。", "Checked in."))

    @door("POST", f"{HOME}/<shift>/claims/<volunteer>/check-out", who=only("staff", "captain"), out=schemas.ShiftShape)
    def check_out(self, call: Call, community: str, shift: str, volunteer: str) -> Reply:
        """Note that this person leaves the post; the time there is credited."""
        gone = usecases.check_out(call.store, call.act, shift, volunteer)
        return Reply(
            gone, then=f"{_home(community)}/coverage", says=Text("已签退，时长已记。", "Checked out and credited.")
        )


def _home(community: str) -> str:
    return HOME.replace("<community>", community)


def _leads(call: Call, community: str) -> bool:
    return call.caller is not None and any(call.caller.may(role, community) for role in ("staff", "captain"))


def _asker(call: Call, community: str) -> Asker:
    return Asker(call.account, leading=_leads(call, community))


def _page(call: Call, community: str) -> dict[str, Any]:
    """What every page here is drawn with."""
    staff = call.caller is not None and call.caller.may("staff", community)
    officer = call.caller is not None and call.caller.may("officer", community)
    return {
        "home": _home(community),
        "community": community,
        "place": name_of(call.store, community),
        "leading": _leads(call, community),
        "staff": staff,
        "officer": officer,
    }


def _tab(one: DayView, chosen: date) -> dict[str, Any]:
    noon = datetime.combine(one.day, time(12), SHANGHAI)
    return {"day": one.day, "noon": noon, "missing": one.missing, "current": one.day == chosen}
