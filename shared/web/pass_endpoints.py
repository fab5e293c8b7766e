"""Sign-in endpoints for offline passes at a community's own address; they work while the district is out of reach."""

from collections.abc import Callable
from typing import Any

from marshmallow import fields, validate

from shared.i18n.text import Text
from shared.kernel.errors import NotSignedIn, RuleBroken
from shared.replicas.communities import name_of
from shared.security.offline_passes import seconds_kept
from shared.web import Call, Cookie, Reply, anyone, endpoint
from shared.web.request import SESSION_COOKIE
from shared.web.schemas import Query, Shape


class PassRefused(RuleBroken):
    code = "pass-refused"
    status = 422
    says = Text(
        "这张通行证不能用：可能已过期，或不是本社区的。请在区里的网址重新生成。",
        "This pass is not good here: it may be over, or for another community. Please make a new one at the district's address.",
    )


class Wanted(Query):
    next = fields.String(load_default="", validate=validate.Length(max=300))


class Pass(Shape):
    """`next`: where to go on to."""

    pass_ = fields.String(required=True, data_key="pass", validate=validate.Length(1, 4000))
    next = fields.String(load_default="", validate=validate.Length(max=300))


def doors_beneath(url_prefix: str) -> dict[str, Callable[..., Any]]:
    """By name, to be methods of the service whose prefix this is; it has `gatekeeper`, a shared.runtime.pass_provider.Passes."""

    def home(community: str) -> str:
        return url_prefix.replace("<community>", community)

    def same_place(community: str, wanted: str) -> str:
        """Where somebody wanted to go, if it is a page of this service."""
        here = f"{home(community)}/"
        return wanted if wanted.startswith(here) and "\\" not in wanted else here

    @endpoint("GET", f"{url_prefix}/pass", who=anyone, query=Wanted, page="pass.html")
    def pass_form(self: Any, call: Call, community: str) -> Reply:
        """Where a pass is shown; behind the district's ingress people sign in there instead."""
        wanted = same_place(community, call.query.get("next", ""))
        if not self.gatekeeper.is_own_address:
            return Reply({"next": wanted}, then=f"/accounts/sign-in?next={wanted}")
        page = {"home": home(community), "community": community, "place": name_of(call.store, community)}
        return Reply({"next": wanted}, page=page, then=wanted if call.caller else None)

    @endpoint("POST", f"{url_prefix}/pass", who=anyone, body=Pass, again="pass_form")
    def show_pass(self: Any, call: Call, community: str) -> Reply:
        """Sign in with a pass made for this community."""
        token = call.body["pass_"].strip()
        try:
            caller = self.gatekeeper.read(call.store, token, call.act.at)
        except NotSignedIn as fault:
            raise PassRefused("pass") from fault
        cookie = Cookie(token, seconds_kept(caller, call.act.at))
        return Reply(then=same_place(community, call.body["next"]), cookies={SESSION_COOKIE: cookie})

    @endpoint("POST", f"{url_prefix}/pass/end", who=anyone)
    def end_pass(_self: Any, _call: Call, community: str) -> Reply:
        """Sign out at a community's own address."""
        says = Text("您已退出登录。", "You have signed out.")
        return Reply(then=f"{home(community)}/pass", cookies={SESSION_COOKIE: Cookie("", 0)}, says=says)

    return {one.__name__: one for one in (pass_form, show_pass, end_pass)}
