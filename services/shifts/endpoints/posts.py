"""A community's posts and their calendars, planning their shifts, and the rules of its rota."""

from datetime import date
from typing import Any

from services.shifts.domain.patterns import Pattern
from services.shifts.domain.posts import Need, Post
from services.shifts.domain.rules import Rules
from services.shifts.endpoints.page import HOME, home, noon, page, today, viewer_of
from services.shifts.read_views.closings import cover_of, preview_closing
from services.shifts.schemas import duty
from services.shifts.schemas import posts as schemas
from services.shifts.usecases import posts as usecases
from shared.i18n.text import Text
from shared.web import Call, Reply, endpoint, only


class PostDoors:
    @endpoint("GET", f"{HOME}/posts", who=only("staff", "officer", "captain"), out=schemas.PostShape, many=True,
          page="shifts/posts.html")  # fmt: skip
    def list_posts(self, call: Call, community: str) -> Reply:
        """All posts, closed ones too."""
        return Reply(call.store.posts(), page=page(call, community))

    @endpoint("GET", f"{HOME}/posts/new", who=only("staff"), page="shifts/new_post.html")
    def post_form(self, call: Call, community: str) -> Reply:
        """The form to open a post in."""
        return Reply(page=page(call, community, buildings=call.store.building_names()))

    @endpoint(
        "POST", f"{HOME}/posts", who=only("staff"), body=schemas.NewPost, out=schemas.PostShape, again="post_form"
    )
    def open_post(self, call: Call, community: str) -> Reply:
        """Open a post: from now on shifts can be planned for it."""
        post = usecases.open_post(call.store, call.act, Post(**_with_needs(call.body)))
        says = Text("岗位已设立，可以排班了。", "The post is open; its shifts can be planned.")
        return Reply(post, status=201, then=f"{home(community)}/posts/{post.id}", says=says)

    @endpoint("GET", f"{HOME}/posts/<post>", who=only("staff", "officer", "captain"), out=schemas.PostShape,
          page="shifts/post.html")  # fmt: skip
    def show_post(self, call: Call, community: str, post: str) -> Reply:
        """One post: what it needs by the hour, when it is closed, and the cover of its next days."""
        found = call.store.load(Post, post)
        days = [(noon(one.day), one) for one in cover_of(viewer_of(call), found)]
        names = {one.id: Text(one.name, one.name_en) for one in call.store.posts()}
        return Reply(found, page=page(call, community, days=days, post_names=names, buildings=_served(call, found)))

    @endpoint("GET", f"{HOME}/posts/<post>/edit", who=only("staff"), out=schemas.PostShape, page="shifts/new_post.html")
    def edit_post_form(self, call: Call, community: str, post: str) -> Reply:
        """The form to change a post in."""
        found = call.store.load(Post, post)
        return Reply(found, page=page(call, community, buildings=call.store.building_names()))

    @endpoint("POST", f"{HOME}/posts/<post>", who=only("staff"), body=schemas.ChangedPost, out=schemas.PostShape,
          again="edit_post_form")  # fmt: skip
    def change_post(self, call: Call, community: str, post: str) -> Reply:
        """Change a post's words, skill or needs; what is planned already stays as it is."""
        changed = usecases.change_post(call.store, call.act, post, _with_needs(call.body))
        return Reply(changed, then=f"{home(community)}/posts/{post}", says=Text("已保存。", "Saved."))

    @endpoint(
        "GET", f"{HOME}/posts/<post>/closing", who=only("staff"), query=schemas.ClosingAsked, page="shifts/closing.html"
    )
    def closing_form(self, call: Call, community: str, post: str) -> Reply:
        """The form to close a post in; `look` shows what that would mean before anything is decided."""
        asked = call.query
        found = call.store.load(Post, post)
        others = [one for one in call.store.posts() if one.id != post and one.open]
        preview, days = None, []
        if asked["look"]:
            starts = max(asked.get("starts", call.act.at), call.act.at)
            preview = preview_closing(viewer_of(call), post, starts, asked.get("ends"), asked.get("move_to"))
            days = [noon(one.day) for one in preview.cover[0].days] if preview.cover else []
        shown = {"others": others, "preview": preview, "asked": asked, "days": days, "buildings": _served(call, found)}
        return Reply(found, page=page(call, community, **shown))

    @endpoint("POST", f"{HOME}/posts/<post>/closure", who=only("staff"), body=schemas.Closing,
          out=schemas.ClosingResultShape, again="closing_form")  # fmt: skip
    def close_post(self, call: Call, community: str, post: str) -> Reply:
        """Close a post, now or from a moment on: its duties of that time are cancelled, or done at another post."""
        closed = usecases.close_post(call.store, call.act, post, **call.body)
        says = Text(
            "关闭已登记：{shifts} 个班次、{people} 人受影响，会通知他们。",
            "The closing is entered: it concerns {shifts} shifts and {people} people, who will be told.",
        )
        then = f"{home(community)}/posts/{post}"
        return Reply(closed, then=then, says=says.format(shifts=closed.shifts, people=closed.people))

    @endpoint("POST", f"{HOME}/posts/<post>/closures/<closure>/withdrawal", who=only("staff"), out=schemas.PostShape)
    def take_back_closing(self, call: Call, community: str, post: str, closure: str) -> Reply:
        """Take a closing back: its shifts ahead take place, with their people as far as they are still free."""
        opened = usecases.take_back_closing(call.store, call.act, post, closure)
        says = Text("已撤回，之后的班次已恢复。", "Taken back; the shifts ahead take place again.")
        return Reply(opened, then=f"{home(community)}/posts/{post}", says=says)

    @endpoint("GET", f"{HOME}/plan", who=only("staff"), page="shifts/plan.html")
    def plan_form(self, call: Call, community: str) -> Reply:
        """The form to plan a span of days in."""
        posts = [post for post in call.store.posts() if post.open or post.closures]
        return Reply(page=page(call, community, today=today(call), posts=posts, turn_hours=schemas.TURN_HOURS))

    @endpoint(
        "POST", f"{HOME}/plan", who=only("staff"), body=schemas.Plan, out=schemas.PlanResultShape, again="plan_form"
    )
    def plan(self, call: Call, community: str) -> Reply:
        """Plan a post's shifts for a span of days; planning the same again makes nothing twice."""
        wanted = dict(call.body)
        post, head_count = wanted.pop("post"), wanted.pop("head_count")
        pattern = Pattern(**{**wanted, "weekdays": wanted["weekdays"] or range(7)})
        result = usecases.plan_shifts(call.store, call.act, post, pattern, head_count)
        says = Text(
            "新增 {planned} 个班次，原有 {existing} 个。", "{planned} shifts planned, {existing} were there before."
        )
        then = f"{home(community)}/?day={_first_shown(pattern, today(call))}"
        return Reply(result, then=then, says=says.format(planned=result.planned, existing=result.existing))

    @endpoint("POST", f"{HOME}/<shift>/need", who=only("staff"), body=schemas.HeadCount, out=duty.ShiftShape,
          again="show_shift")  # fmt: skip
    def change_need(self, call: Call, community: str, shift: str) -> Reply:
        """More or fewer people in one shift; nobody loses their place by it, and whoever waits gets a new one."""
        changed = usecases.change_need(call.store, call.act, shift, call.body["head_count"])
        return Reply(changed, then=f"{home(community)}/{shift}", says=Text("已保存。", "Saved."))

    @endpoint("POST", f"{HOME}/<shift>/cancellation", who=only("staff"), out=duty.ShiftShape)
    def cancel_shift(self, call: Call, community: str, shift: str) -> Reply:
        """Cancel one shift; its people are free, and told."""
        cancelled = usecases.cancel_shift(call.store, call.act, shift)
        return Reply(cancelled, then=f"{home(community)}/{shift}", says=Text("班次已取消。", "The shift is cancelled."))

    @endpoint("POST", f"{HOME}/<shift>/restoration", who=only("staff"), out=duty.ShiftShape)
    def restore_shift(self, call: Call, community: str, shift: str) -> Reply:
        """Let a cancelled shift take place after all, with those of its people who are still free."""
        restored = usecases.restore_shift(call.store, call.act, shift)
        return Reply(restored, then=f"{home(community)}/{shift}", says=Text("班次已恢复。", "The shift takes place."))

    @endpoint("GET", f"{HOME}/rules", who=only("staff", "officer", "captain"), out=schemas.RulesShape,
          page="shifts/rules.html")  # fmt: skip
    def show_rules(self, call: Call, community: str) -> Reply:
        """What this community asks of its rota: rest, hours, nights, deadlines, and how long a search waits."""
        return Reply(call.store.rules(), page=page(call, community))

    @endpoint(
        "POST", f"{HOME}/rules", who=only("staff"), body=schemas.RulesShape, out=schemas.RulesShape, again="show_rules"
    )
    def change_rules(self, call: Call, community: str) -> Reply:
        """Change the rules; what is claimed already stays."""
        rules = usecases.change_rules(call.store, call.act, Rules(**call.body))
        says = Text("已保存，之后的报名按新规则。", "Saved; it holds for claims from now on.")
        return Reply(rules, then=f"{home(community)}/rules", says=says)


def _served(call: Call, post: Post) -> list[str]:
    """The buildings whose people pass here, by name."""
    known = call.store.building_names()
    return [known[one] for one in post.buildings if one in known]


def _with_needs(body: Any) -> dict[str, Any]:
    return {**body, "needs": [Need(**one) for one in body["needs"]]}


def _first_shown(pattern: Pattern, today_: date) -> date:
    """The first day that has turns which are not over, so that whoever planned sees them."""
    days = [starts.date() for starts, _ in pattern.turns()]
    return next((day for day in days if day >= today_), pattern.first_day)
