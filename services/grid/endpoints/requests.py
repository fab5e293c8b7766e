"""Asking for help without an account, and helping: whoever is on duty takes it, does it, or hands it back."""

from typing import Any

from services.grid.domain.requests import KIND_WORDS, Request
from services.grid.endpoints.page import HOME, LEADING, OURS, home, page
from services.grid.read_views import requests as views
from services.grid.schemas import requests as schemas
from services.grid.usecases import requests as usecases
from shared.i18n.text import Text
from shared.persistence.capability_links import follow_link, new_token
from shared.web import Call, Reply, anyone, endpoint
from shared.web.live_hub import LiveViewContext, live
from shared.web.templates_env import fragments

SETTLED_SHOWN = 20


class RequestDoors:
    @endpoint("GET", f"{HOME}/requests/", who=OURS, out=schemas.OpenRequestShape, many=True, page="grid/requests.html")
    def list_requests(self, call: Call, community: str) -> Reply:
        """What residents wait for, the longest first, and what was settled this week."""
        store = call.store
        watcher = store.watcher_of(call.account)
        settled = store.settled_requests(call.act.at - views.WAITS_OF, SETTLED_SHOWN)
        told = _page(
            call,
            community,
            watcher=watcher,
            settled=views.opened(store, settled, watcher, call.act.at),
            usual_wait=views.usual_wait(store, call.act.at),
            waits=store.waiting(),
            live_url=f"{home(community)}/requests/live?lang={call.lang}",
        )
        return Reply(views.opened(store, store.open_requests(), watcher, call.act.at), page=told)

    @live(f"{HOME}/requests/live", who=OURS)
    def requests_live(self, glance: LiveViewContext, community: str) -> dict[str, str]:
        """How many wait, for all readers alike; what they wait for stands on the page itself."""
        told = {"waits": glance.store.waiting(), "home": home(community)}
        return fragments("grid/requests_parts.html", glance.lang, told)

    @endpoint("GET", f"{HOME}/requests/new", who=anyone, page="grid/ask.html")
    def ask_form(self, call: Call, community: str) -> Reply:
        """The form to ask for help; anybody may, staff also for somebody who calls."""
        told = {"token": new_token(), "usual_wait": views.usual_wait(call.store, call.act.at)}
        return Reply(page=_page(call, community, **told))

    @endpoint("POST", f"{HOME}/requests/", who=anyone, body=schemas.NewRequest, out=schemas.FollowedShape,
          again="ask_form")  # fmt: skip
    def ask(self, call: Call, community: str) -> Reply:
        """Ask for help. The answer's `link` leads the asker to what becomes of it."""
        body = call.body
        token = body["token"] or new_token()
        words = {name: body[name] for name in ("who", "phone", "where", "what")}
        request = usecases.ask(
            call.store,
            call.act,
            token,
            kind=body["kind"],
            gate=body["gate"],
            words=words,
            by_staff=_leads(call, community),
        )
        link = f"{home(community)}/requests/mine/{token}"
        says = Text("已经告诉值守的人。", "The people on duty are told.")
        return Reply(views.followed(call.store, request, call.visit.origin + link), status=201, then=link, says=says)

    @endpoint("GET", f"{HOME}/requests/mine/<token>", who=anyone, out=schemas.FollowedShape, page="grid/asked.html")
    def follow_request(self, call: Call, community: str, token: str) -> Reply:
        """What becomes of a request, for whoever has its private link."""
        request = call.store.load(Request, follow_link(call.store, usecases.LINK, token))
        link = f"{home(community)}/requests/mine/{token}"
        told = _page(call, community, link=link, usual_wait=views.usual_wait(call.store, call.act.at))
        return Reply(views.followed(call.store, request, call.visit.origin + link), page=told)

    @endpoint("POST", f"{HOME}/requests/mine/<token>/withdrawal", who=anyone, out=schemas.RequestShape)
    def withdraw_own_request(self, call: Call, community: str, token: str) -> Reply:
        """Whoever asked needs it no longer."""
        withdrawn = usecases.withdraw_own(call.store, call.act, token)
        says = Text("已撤回。", "Withdrawn.")
        return Reply(withdrawn, then=f"{home(community)}/requests/mine/{token}", says=says)

    @endpoint("POST", f"{HOME}/requests/<request>/taking", who=OURS, out=schemas.RequestShape)
    def take_request(self, call: Call, community: str, request: str) -> Reply:
        """Take it, being on duty."""
        taken = usecases.take(call.store, call.act, request, call.account)
        return _back(community, taken, Text("交给您了。", "It is yours."))

    @endpoint("POST", f"{HOME}/requests/<request>/handing-back", who=OURS, out=schemas.RequestShape)
    def hand_request_back(self, call: Call, community: str, request: str) -> Reply:
        """It waits again: for whoever took it, or staff for them."""
        back = usecases.hand_back(call.store, call.act, request, _doer(call, community))
        return _back(community, back, Text("已退回，别人可以接。", "Handed back; others may take it."))

    @endpoint("POST", f"{HOME}/requests/<request>/completion", who=OURS, out=schemas.RequestShape)
    def finish_request(self, call: Call, community: str, request: str) -> Reply:
        """It is done, says whoever took it, or staff for them."""
        done = usecases.finish(call.store, call.act, request, _doer(call, community))
        return _back(community, done, Text("办好了，辛苦。", "Done; thank you."))

    @endpoint("POST", f"{HOME}/requests/<request>/withdrawal", who=LEADING, out=schemas.RequestShape)
    def withdraw_request(self, call: Call, community: str, request: str) -> Reply:
        """The asker told staff that it is no longer needed."""
        withdrawn = usecases.withdraw(call.store, call.act, request)
        return _back(community, withdrawn, Text("已撤回。", "Withdrawn."))


def _leads(call: Call, community: str) -> bool:
    return call.caller is not None and any(call.caller.may(role, community) for role in ("staff", "captain"))


def _doer(call: Call, community: str) -> str | None:
    return None if _leads(call, community) else call.account


def _page(call: Call, community: str, **more: Any) -> dict[str, Any]:
    told = {"kind_words": KIND_WORDS, "gates": call.store.gates(), **more}
    return page(call, community, **told)


def _back(community: str, request: Request, says: Text) -> Reply:
    return Reply(request, then=f"{home(community)}/requests/", says=says)
