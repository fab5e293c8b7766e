"""HTTP endpoint: checks caller and schema, runs the service's method with a `Call`, and answers in the representation asked
for."""

import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from nameko.extensions import register_entrypoint
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from shared.i18n.text import Lang, Text
from shared.kernel.command import Command, IdempotentReplay
from shared.kernel.errors import Fault, Invalid, Malformed, NotAllowed, NotFound, NotSignedIn
from shared.observability.metrics import HTTP_SECONDS, new_traceparent, traceparent
from shared.security.tokens import Principal
from shared.web import responses
from shared.web.access import Access
from shared.web.entrypoint import WebEntrypoint
from shared.web.request import LARGEST_BODY, SAFE, Address, Visit
from shared.web.responses import Cookie, Reply
from shared.web.schemas import Empty, Query, Shape, load, ready, worded

DONE_ALREADY = Text("这一步已经办过，没有重复办理。", "This was done already; nothing was done twice.")
_NAME = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Call:
    """What an endpoint's method is given: who calls, on which tenant's store, what they sent (shapes already checked).

    `errors` and `values` are set when a form is drawn again because of a fault: the sentence per field, and what was typed.
    """

    act: Command
    caller: Principal | None
    store: Any
    lang: Lang
    body: Mapping[str, Any]
    query: Mapping[str, Any]
    visit: Visit
    page: dict[str, Any] = field(default_factory=dict)

    @property
    def account(self) -> str:
        """The caller's account id, at endpoints that only let signed-in callers in."""
        if self.caller is None:
            raise NotSignedIn
        return self.caller.account


class Endpoint(WebEntrypoint):
    """One method and URL of a service.

    who: who may. body, query: shapes of what comes in. out: shape of the resource (`many` of them: a list).
    page: the template people see (or, after a fault in a form, `again`: the name of the GET endpoint that draws the form).
    largest: how many bytes a body may have. file: the content type of what is answered, where that is a file.
    """

    def __init__(  # noqa: PLR0913  (all there is to say of an endpoint is said in one place)
        self,
        method: str,
        url: str,
        *,
        who: Access,
        body: type[Shape] = Empty,
        query: type[Query] = Query,
        out: type[Shape] | None = None,
        many: bool = False,
        page: str | None = None,
        again: str | None = None,
        largest: int = LARGEST_BODY,
        file: str | None = None,
    ) -> None:
        super().__init__(method, url, who=who)
        self.body, self.query, self.out, self.many = body, query, out, many
        self.page, self.again = page, again
        self.largest, self.file = largest, file

    def setup(self) -> None:
        super().setup()
        self.server.on_routing_fault = self._no_such_door

    def get_url_rule(self) -> Rule:
        return Rule(self.url, methods=[self.method])

    def handle_request(self, request: Request) -> Response:
        """One request, from its bytes to its answer; whatever happens is an answer."""
        began = time.monotonic()
        request.shallow = False
        visit = Visit(request, self.origin, self.largest)
        visit.own_home = self.own_home(request.path_values)  # type: ignore[attr-defined]
        trace = traceparent.set(new_traceparent(request.headers.get("traceparent")))
        cookies: dict[str, Cookie] = {}
        try:
            response, cookies = self._serve(visit)
        except Exception as error:  # noqa: BLE001  (the last line: nobody is shown a stack trace)
            response = responses.refused(visit, responses.as_fault(error))
        finally:
            traceparent.reset(trace)
        HTTP_SECONDS.labels(self.method, self.url, str(response.status_code)).observe(time.monotonic() - began)
        return responses.finish(visit, response, cookies)

    def _serve(self, visit: Visit) -> tuple[Response, dict[str, Cookie]]:
        path = visit.request.path_values  # type: ignore[attr-defined]
        store = self.store_of(path)
        if visit.switches_language:
            return self._same_again(visit, store, path), {}
        self.admit(visit, store, path)
        visit.check_same_site()
        try:
            call = self._call(visit, store)
            return self._answer(visit, self._reply(self, call, path))
        except IdempotentReplay as done:
            if visit.wants_page and visit.is_form:  # what was shown then is not kept
                return responses.onwards(visit, Reply(says=DONE_ALREADY)), {}
            return self._answer(visit, Reply(done.result), dumped=True)
        except Fault as fault:
            if self.again is None or not visit.is_form or not visit.wants_page:
                raise
            return self._draw_again(visit, store, path, fault), {}

    def _call(self, visit: Visit, store: Any) -> Call:
        body = load(ready(self.body), visit.body, form=visit.is_form) if self.method not in SAFE else {}
        query = load(ready(self.query), visit.request.args.to_dict(), form=True)
        act = Command(
            actor=visit.caller.account if visit.caller else None,
            traceparent=traceparent.get(),
            key=visit.idempotency_key() if self.method not in SAFE else None,
            present=self._dump,
        )
        return Call(act, visit.caller, store, visit.lang, body, query, visit)

    def _reply(self, endpoint: "Endpoint", call: Call, path: Mapping[str, Any]) -> Reply:
        result = self.run(endpoint, call, path)
        return result if isinstance(result, Reply) else Reply(result)

    def _dump(self, result: Any) -> Any:
        value = result.value if isinstance(result, Reply) else result
        if self.out is None or value is None:
            return value
        return ready(self.out).dump(value, many=self.many)

    def _answer(self, visit: Visit, reply: Reply, *, dumped: bool = False) -> tuple[Response, dict[str, Cookie]]:
        if reply.raw is not None:
            return reply.raw, reply.cookies
        if visit.wants_page and reply.then is not None:
            return responses.onwards(visit, reply), reply.cookies
        if visit.wants_page and self.page is not None:
            shown = {"it": reply.value, **reply.page}
            return responses.as_page(visit, self.page, lambda _: shown, reply.status), reply.cookies
        if visit.wants_page and visit.is_form:
            return responses.onwards(visit, reply), reply.cookies
        value = reply.value if dumped else self._dump(reply)
        response = responses.as_json(
            {"items": value, **reply.page.get("listing", {})} if self.many else value, reply.status
        )
        if reply.then is not None and reply.status == 201:  # noqa: PLR2004
            response.headers["Location"] = reply.then
        return response, reply.cookies

    def _same_again(self, visit: Visit, store: Any, path: Mapping[str, Any]) -> Response:
        """The page that a form of this endpoint was answered with, in the other language; nothing is done. Whoever it was drawn for
        sees it, were it the page that says they may not."""
        with suppress(NotSignedIn, NotAllowed):
            self.admit(visit, store, path)
        visit.check_same_site()
        return responses.same_again(visit)

    def _draw_again(self, visit: Visit, store: Any, path: Mapping[str, Any], fault: Fault) -> Response:
        """The form once more, with what was typed and what is wrong with it."""
        drawing = self._drawing(path)
        visit.stands_at = address = drawing.address(path, visit.stands_at)
        query = drawing.asked_at(address)
        act = Command(actor=visit.caller.account if visit.caller else None)
        named = {name: path[name] for name in _names_in(drawing.url)}

        def draw(seen: Visit) -> Reply:
            return self._reply(drawing, Call(act, seen.caller, store, seen.lang, {}, query, seen), named)

        reply = draw(visit)
        if reply.then is not None:  # there is no such form for this caller; the way to go on is known
            return responses.onwards(visit, reply)

        def context(seen: Visit) -> dict[str, Any]:
            drawn = reply if seen.lang == visit.lang else draw(seen)
            return {"it": drawn.value, **drawn.page, "errors": _said(fault, seen.lang), "values": visit.body}

        return responses.as_page(visit, drawing.page or "problem.html", context, fault.status)

    def _drawing(self, path: Mapping[str, Any]) -> "Endpoint":
        """The endpoint that draws this one's form; of one method behind several addresses, the one nearest to ours."""
        endpoints = (
            one for one in self.container.entrypoints if isinstance(one, Endpoint) and one.method_name == self.again
        )
        fitting = [one for one in endpoints if _names_in(one.url) <= path.keys()]
        return max(fitting, key=lambda one: len(_names_in(one.url)))

    def address(self, path: Mapping[str, Any], seen: Address) -> Address:
        """Where this page stands for what the path names; where it was just seen, with what was asked of it there."""
        here = _NAME.sub(lambda name: str(path[name[1]]), self.url)
        return seen if seen.path == here else Address(here, {})

    def asked_at(self, address: Address) -> dict[str, Any]:
        """What is asked for there, as far as it can be read."""
        for query in (address.query, {}):
            with suppress(Invalid):
                return load(ready(self.query), query, form=True)
        return {}

    def _no_such_door(self, request: Request, fault: HTTPException) -> Response:
        visit = Visit(request, self.origin)
        response = responses.refused(visit, MethodNotAllowed() if fault.code == 405 else NotFound())  # noqa: PLR2004
        if fault.code == 405:  # noqa: PLR2004
            response.headers["Allow"] = ", ".join(sorted(getattr(fault, "valid_methods", None) or []))
        return responses.finish(visit, response, {})


def _names_in(url: str) -> set[str]:
    return set(_NAME.findall(url))


def _said(fault: Fault, lang: Lang) -> dict[str, str]:
    """A sentence for each field at fault."""
    return worded(fault.fields, lang) if isinstance(fault, Invalid) else {fault.field or "": fault.sentence(lang)}


class MethodNotAllowed(Malformed):
    code = "method-not-allowed"
    status = 405
    says = Text("这个地址不支持此操作。", "This address does not take that method.")


def endpoint(method: str, url: str, **options: Any) -> Callable[[Any], Any]:
    """Marks a service's method as an endpoint: `@endpoint("POST", "/volunteers/<community>", who=signed_in)`."""

    def mark(function: Any) -> Any:
        register_entrypoint(function, Endpoint(method, url, **options))
        return function

    return mark
