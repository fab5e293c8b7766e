"""The HTTP door: checks caller and shape, runs the service's method with a `Call`, and answers in the form asked for."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError, fields
from nameko.extensions import register_entrypoint
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from shared.acts import Act, AlreadyDone
from shared.auth import Principal
from shared.errors import Fault, Invalid, Malformed, NotFound, NotSignedIn
from shared.telemetry import HTTP_SECONDS, new_traceparent, traceparent
from shared.web import answers
from shared.web.access import Access
from shared.web.answers import Cookie, Reply
from shared.web.entrypoint import WebEntrypoint
from shared.web.shapes import Empty, Query, RowsField, Shape, ready, unkeepable, worded
from shared.web.visit import LARGEST_BODY, SAFE, Visit
from shared.words import Lang, Text


@dataclass(frozen=True)
class Call:
    """What a door's method is given: who calls, on which tenant's store, what they sent (shapes already checked).

    `errors` and `values` are set when a form is drawn again because of a fault: the sentence per field, and what was typed.
    """

    act: Act
    caller: Principal | None
    store: Any
    lang: Lang
    body: Mapping[str, Any]
    query: Mapping[str, Any]
    visit: Visit
    page: dict[str, Any] = field(default_factory=dict)

    @property
    def account(self) -> str:
        """The caller's account id, at doors that only let signed-in callers in."""
        if self.caller is None:
            raise NotSignedIn
        return self.caller.account


class Door(WebEntrypoint):
    """One method and URL of a service.

    who: who may. body, query: shapes of what comes in. out: shape of the resource (`many` of them: a list).
    page: the template people see (or, after a fault in a form, `again`: the name of the GET door that draws the form).
    largest: how many bytes a body may have. file: the content type of what is answered, where that is a file.
    """

    def __init__(  # noqa: PLR0913  (all there is to say of a door is said in one place)
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
            response = answers.refused(visit, answers.as_fault(error))
        finally:
            traceparent.reset(trace)
        HTTP_SECONDS.labels(self.method, self.url, str(response.status_code)).observe(time.monotonic() - began)
        return answers.finish(visit, response, cookies)

    def _serve(self, visit: Visit) -> tuple[Response, dict[str, Cookie]]:
        path = visit.request.path_values  # type: ignore[attr-defined]
        store = self.store_of(path)
        self.admit(visit, store, path)
        visit.check_same_site()
        try:
            call = self._call(visit, store)
            return self._answer(visit, self._reply(self, call, path))
        except AlreadyDone as done:
            return self._answer(visit, Reply(done.result), dumped=True)
        except Fault as fault:
            if self.again is None or not visit.is_form or not visit.wants_page:
                raise
            return self._draw_again(visit, store, path, fault), {}

    def _call(self, visit: Visit, store: Any) -> Call:
        body = self._load(ready(self.body), visit.body, form=visit.is_form) if self.method not in SAFE else {}
        query = self._load(ready(self.query), visit.request.args.to_dict(), form=True)
        act = Act(
            actor=visit.caller.account if visit.caller else None,
            traceparent=traceparent.get(),
            key=visit.idempotency_key() if self.method not in SAFE else None,
            present=self._dump,
        )
        return Call(act, visit.caller, store, visit.lang, body, query, visit)

    def _load(self, schema: Any, values: Mapping[str, Any], *, form: bool) -> dict[str, Any]:
        """In a form an empty field was not filled in, one tick of a list is a list, and a list in which nothing is ticked is not
        sent at all."""
        if form:
            nothing: dict[str, Any] = {
                name: []
                for name, known in schema.fields.items()
                if isinstance(known, fields.List) and not known.required
            }
            values = nothing | {
                name: [value] if isinstance(schema.fields.get(name), fields.List) and isinstance(value, str) else value
                for name, value in values.items()
                if value != ""
            }
        if faults := unkeepable({
            name: value for name, value in values.items() if not isinstance(schema.fields.get(name), RowsField)
        }):  # fmt: skip
            raise Invalid(faults)
        try:
            loaded: dict[str, Any] = schema.load(values)
        except ValidationError as error:
            raise Invalid(error.normalized_messages()) from error
        return loaded

    def _reply(self, door: "Door", call: Call, path: Mapping[str, Any]) -> Reply:
        result = self.run(door, call, path)
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
            return answers.onwards(visit, reply), reply.cookies
        if visit.wants_page and self.page is not None:
            return answers.as_page(visit, self.page, {"it": reply.value, **reply.page}, reply.status), reply.cookies
        if visit.wants_page and visit.is_form:
            return answers.onwards(visit, reply), reply.cookies
        value = reply.value if dumped else self._dump(reply)
        response = answers.as_json(
            {"items": value, **reply.page.get("listing", {})} if self.many else value, reply.status
        )
        if reply.then is not None and reply.status == 201:  # noqa: PLR2004
            response.headers["Location"] = reply.then
        return response, reply.cookies

    def _draw_again(self, visit: Visit, store: Any, path: Mapping[str, Any], fault: Fault) -> Response:
        """The form once more, with what was typed and what is wrong with it."""
        drawing = next(
            one for one in self.container.entrypoints if isinstance(one, Door) and one.method_name == self.again
        )
        call = Call(
            Act(actor=visit.caller.account if visit.caller else None), visit.caller, store, visit.lang, {}, {}, visit
        )
        reply = self._reply(drawing, call, path)
        if reply.then is not None:  # there is no such form for this caller; the way to go on is known
            return answers.onwards(visit, reply)
        said = (
            worded(fault.fields, visit.lang)
            if isinstance(fault, Invalid)
            else {fault.field or "": fault.sentence(visit.lang)}
        )
        context = {"it": reply.value, **reply.page, "errors": said, "values": visit.body}
        return answers.as_page(visit, drawing.page or "problem.html", context, fault.status)

    def _no_such_door(self, request: Request, fault: HTTPException) -> Response:
        visit = Visit(request, self.origin)
        response = answers.refused(visit, MethodNotAllowed() if fault.code == 405 else NotFound())  # noqa: PLR2004
        if fault.code == 405:  # noqa: PLR2004
            response.headers["Allow"] = ", ".join(sorted(getattr(fault, "valid_methods", None) or []))
        return answers.finish(visit, response, {})


class MethodNotAllowed(Malformed):
    code = "method-not-allowed"
    status = 405
    says = Text("这个地址不支持此操作。", "This address does not take that method.")


def door(method: str, url: str, **options: Any) -> Callable[[Any], Any]:
    """Marks a service's method as a door: `@door("POST", "/volunteers/<community>/applications", who=signed_in, body=…)`."""

    def mark(function: Any) -> Any:
        register_entrypoint(function, Door(method, url, **options))
        return function

    return mark
