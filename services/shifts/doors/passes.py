"""Signing in at a community's own address, with a pass from accounts; also while the district is out of reach."""

from services.shifts.doors.page import HOME, home
from services.shifts.schemas import duty as schemas
from shared.errors import NotSignedIn, RuleBroken
from shared.passes import Gatekeeper, seconds_kept
from shared.places import name_of
from shared.web import Call, Cookie, Reply, anyone, door
from shared.web.visit import SESSION_COOKIE
from shared.words import Text


class PassRefused(RuleBroken):
    code = "pass-refused"
    status = 422
    says = Text(
        "这张通行证不能用：可能已过期，或不是本社区的。请在区里的网址重新生成。",
        "This pass is not good here: it may be over, or for another community. Please make a new one at the district's address.",
    )


class PassDoors:
    gatekeeper: Gatekeeper

    @door("GET", f"{HOME}/pass", who=anyone, query=schemas.Wanted, page="shifts/pass.html")
    def pass_form(self, call: Call, community: str) -> Reply:
        """Where a pass is shown; behind the district's ingress people sign in there instead."""
        wanted = _same_place(community, call.query.get("next", ""))
        if not self.gatekeeper.is_own_address:
            return Reply({"next": wanted}, then=f"/accounts/sign-in?next={wanted}")
        page = {"home": home(community), "community": community, "place": name_of(call.store, community)}
        return Reply({"next": wanted}, page=page, then=wanted if call.caller else None)

    @door("POST", f"{HOME}/pass", who=anyone, body=schemas.Pass, again="pass_form")
    def show_pass(self, call: Call, community: str) -> Reply:
        """Sign in with a pass made for this community."""
        token = call.body["pass_"].strip()
        try:
            caller = self.gatekeeper.read(call.store, token, call.act.at)
        except NotSignedIn as fault:
            raise PassRefused("pass") from fault
        cookie = Cookie(token, seconds_kept(caller, call.act.at))
        return Reply(then=_same_place(community, call.body["next"]), cookies={SESSION_COOKIE: cookie})

    @door("POST", f"{HOME}/pass/end", who=anyone)
    def end_pass(self, call: Call, community: str) -> Reply:  # noqa: ARG002
        """Sign out at a community's own address."""
        says = Text("您已退出登录。", "You have signed out.")
        return Reply(then=f"{home(community)}/pass", cookies={SESSION_COOKIE: Cookie("", 0)}, says=says)


def _same_place(community: str, wanted: str) -> str:
    """Where somebody wanted to go, if it is a page of this community's shifts."""
    here = f"{home(community)}/"
    return wanted if wanted.startswith(here) and "\\" not in wanted else here
