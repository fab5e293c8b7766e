"""Responses of an endpoint: a result or an error, each as JSON for programs or a page for people."""

import logging
import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
from pymongo.errors import PyMongoError
from werkzeug.wrappers import Response

from shared.i18n.text import Text
from shared.kernel.errors import Fault, Invalid, NotSignedIn, TooMany, Unavailable
from shared.kernel.ids import new_id
from shared.observability.metrics import HTTP_UNEXPECTED
from shared.persistence.store import is_away
from shared.web import templates_env
from shared.web.language_switch import CARRIED_FIELD, LANGS, carry, put, unpack
from shared.web.request import LANG_COOKIE, NOTICE_COOKIE, SAFE, VISIT_COOKIE, CrossSite, Visit
from shared.web.schemas import worded

RETRY_SECONDS = 3
PROBLEM_TYPE = "application/problem+json"
_CSP = (
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_YEAR = timedelta(days=365)
HTML = "text/html; charset=utf-8"
Context = Callable[[Visit], dict[str, Any]]
_log = logging.getLogger(__name__)


class Cookie(NamedTuple):
    """`seconds` 0 forgets it."""

    value: str
    seconds: int
    path: str = "/"


@dataclass(frozen=True)
class Reply:
    """A use case's result on its way out.

    `page` is what the page shows beside the resource itself (`it`). After a write, people go on to `then` and read `says`;
    programs get `status` and, for 201, `then` as Location. `cookies` are set by name.
    """

    value: Any = None
    status: int = 200
    page: dict[str, Any] = field(default_factory=dict)
    then: str | None = None
    says: Text | None = None
    cookies: dict[str, Cookie] = field(default_factory=dict)
    raw: Response | None = None

    @classmethod
    def file(
        cls, content: bytes, content_type: str, name: str, *, shown: bool = False, version: str | None = None
    ) -> "Reply":
        """A file to keep under `name`, or to be `shown` in the page that asked. What has a `version` a browser may hold, and
        asks each time whether it still may."""
        kept = "private, no-cache" if version else "private, no-store"
        response = Response(content, content_type=content_type, headers={"Cache-Control": kept})
        response.headers["Content-Disposition"] = _disposition("inline" if shown else "attachment", name)
        if version is not None:
            response.set_etag(version)
        return cls(raw=response)


def _disposition(way: str, name: str) -> str:
    """RFC 6266: the name in full for whoever reads RFC 8187, and what is left of it in ASCII for others."""
    plain = re.sub(r"[^\w .()-]+", "_", name, flags=re.ASCII)
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def as_json(value: Any, status: int = 200) -> Response:
    if value is None and status == HTTPStatus.OK:
        return Response(status=HTTPStatus.NO_CONTENT)
    body = orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    return Response(body, status=status, content_type="application/json")


def _plain(value: Any) -> Any:
    """What a page is drawn from has no shape: what JSON has no word for is told by what it is made of."""
    if isinstance(value, Fault):
        return {"code": value.code}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return value._asdict()
    if isinstance(value, tuple | AbstractSet):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError


def as_page(visit: Visit, template: str, context: Context, status: int = 200) -> Response:
    """Draws a page; a visitor who has no session yet gets a secret for the forms on it. `context` says what it shows to whom, for
    what answers a form is drawn in both languages."""
    fresh = None if visit.csrf_secret else new_id() + new_id()
    html = _drawn(visit, template, context, fresh or visit.csrf_secret or "")
    response = Response(html, status=status, content_type=HTML)
    if fresh:
        _set_cookie(response, visit, VISIT_COOKIE, fresh, _YEAR.days * 24 * 3600)
    if NOTICE_COOKIE in visit.request.cookies:
        response.delete_cookie(NOTICE_COOKIE)
    return response


def _drawn(visit: Visit, template: str, context: Context, secret: str) -> str:
    def draw(seen: Visit, mark: str | None = None) -> str:
        return templates_env.render(template, seen, {**context(seen), "notice": _notice(seen)}, secret, mark)

    if visit.request.method in SAFE or visit.is_fragment:
        return draw(visit)
    mark = new_id()
    both = {lang: draw(visit.speaking(lang), mark) for lang in LANGS}
    carried = carry(both, mark, secret)
    return draw(visit) if carried is None else put(both[visit.lang], mark, carried)


def same_again(visit: Visit) -> Response:
    """The page that a form was answered with, in the other language. Raises CrossSite for what we drew for nobody."""
    secret = visit.csrf_secret
    page = unpack(str(visit.fields.get(CARRIED_FIELD)), visit.lang, secret) if secret else None
    if page is None:
        raise CrossSite
    return Response(page, content_type=HTML)


def onwards(visit: Visit, reply: Reply) -> Response:
    """After a write, people are sent on, so that reloading the page does not write again; where the same form was sent
    twice and nothing says where to, back to the page they pressed on."""
    then = reply.then or visit.came_from or "/"
    response = Response(status=HTTPStatus.SEE_OTHER, headers={"Location": then})
    if reply.says is not None:
        _set_cookie(response, visit, NOTICE_COOKIE, quote(reply.says.in_(visit.lang)), 30)
    return response


def finish(visit: Visit, response: Response, cookies: dict[str, Cookie]) -> Response:
    """The headers every answer carries."""
    for name, cookie in cookies.items():
        _set_cookie(response, visit, name, *cookie)
    if visit.request.args.get("lang") in ("zh", "en"):
        _set_cookie(response, visit, LANG_COOKIE, visit.lang, _YEAR.days * 24 * 3600)
    anybodys = visit.caller is None and visit.request.method in SAFE and not cookies
    response.headers.setdefault("Cache-Control", "no-cache" if anybodys else "no-store")
    response.headers["Vary"] = "Accept, Accept-Language, HX-Request, Cookie"
    response.headers["Content-Security-Policy"] = _CSP
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if "ETag" in response.headers:
        response.make_conditional(visit.request)
    return response


def as_fault(error: Exception) -> Fault:
    """What a caller is told of an error; one that nobody named is ours to look into, and on record."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, PyMongoError) and is_away(error):
        _log.warning("database away: %r", error)
        return Unavailable()
    HTTP_UNEXPECTED.inc()
    _log.error("unexpected fault", exc_info=error)
    return Fault()


def refused(visit: Visit, fault: Fault) -> Response:
    """A fault as problem+json (RFC 9457), as a page, or as the line a fragment shows; never a stack trace."""
    detail = fault.sentence(visit.lang)
    headers = {}
    if isinstance(fault, Unavailable):
        headers["Retry-After"] = str(RETRY_SECONDS)
    if isinstance(fault, TooMany):
        headers["Retry-After"] = str(fault.facts["retry_after"])
    if visit.wants_page:
        return _refused_page(visit, fault, headers)
    problem = {
        "type": f"urn:lianfang:{fault.code}",
        "title": HTTPStatus(fault.status).phrase,
        "status": fault.status,
        "code": fault.code,
        "detail": detail,
    }
    if fault.field is not None:
        problem["field"] = fault.field
    if isinstance(fault, Invalid):
        problem["errors"] = worded(fault.fields, visit.lang)
    if isinstance(fault, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    return Response(orjson.dumps(problem), status=fault.status, headers=headers, content_type=PROBLEM_TYPE)


def _refused_page(visit: Visit, fault: Fault, headers: dict[str, str]) -> Response:
    if isinstance(fault, NotSignedIn) and visit.request.method in SAFE and not visit.is_fragment:
        here = visit.request.full_path.rstrip("?")
        return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": visit.sign_in_href(here)})

    def context(seen: Visit) -> dict[str, Any]:
        fields = worded(fault.fields, seen.lang).values() if isinstance(fault, Invalid) else ()
        detail = " ".join([fault.sentence(seen.lang), *fields])
        return {"problem": {"status": fault.status, "code": fault.code, "detail": detail}}

    response = as_page(visit, "problem_notice.html" if visit.is_fragment else "problem.html", context, fault.status)
    response.headers.update(headers)
    return response


def _notice(visit: Visit) -> templates_env.Notice | None:
    said = visit.request.cookies.get(NOTICE_COOKIE)
    return templates_env.Notice.read(said) if said else None


def _set_cookie(response: Response, visit: Visit, name: str, value: str, seconds: int, path: str = "/") -> None:
    secure = visit.origin.startswith("https://")
    response.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite="Lax", secure=secure)
