"""Request context, before any rule is asked: language, representation wanted, credentials, body."""

import hashlib
import hmac
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import orjson
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request

from shared.i18n.text import Lang, Text
from shared.kernel.errors import Malformed, NotAllowed, TooLarge, UnsupportedMedia
from shared.kernel.ids import new_id
from shared.security.tokens import Principal
from shared.web.language_switch import SWITCHING

SESSION_COOKIE = "session"
VISIT_COOKIE = "visit"  # stands in for a session until someone signs in, so that the sign-in form itself is safe
LANG_COOKIE = "lang"
NOTICE_COOKIE = "notice"
CSRF_FIELD = "csrf_token"
ONCE_FIELD = "once"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
SAFE = ("GET", "HEAD", "OPTIONS")
LARGEST_BODY = 1024 * 1024  # where an endpoint does not say otherwise


class CrossSite(NotAllowed):
    """A write that did not come from one of our own pages."""

    code = "cross-site"
    says = Text("页面已过期，请刷新后重试。", "This page is out of date; please reload it and try again.")


class BrokenOff(Malformed):
    """A body that did not come whole, or not in time."""

    code = "broken-off"
    status = 408
    says = Text("没有收到完整的请求，请重试。", "The request did not arrive whole; please send it again.")


@dataclass(frozen=True)
class Upload:
    """A file that came in a form: its name and type are what the sender says, and nothing to rely on."""

    name: str
    content_type: str
    content: bytes

    @classmethod
    def of(cls, stored: FileStorage) -> "Upload | None":
        """None where no file was chosen."""
        content = stored.read()
        return cls(stored.filename or "", stored.mimetype, content) if content or stored.filename else None

    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class Address(NamedTuple):
    """A page of ours: its path, as people read it, and what is asked of it."""

    path: str
    query: dict[str, str]

    @classmethod
    def of(cls, href: str) -> "Address":
        parts = urlsplit(href)
        return cls(unquote(parts.path), dict(parse_qsl(parts.query)))

    @property
    def without_lang(self) -> "Address":
        return self._replace(query={name: value for name, value in self.query.items() if name != "lang"})

    @property
    def href(self) -> str:
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


class Visit:
    """One request, read lazily; reading faults are named errors. `largest` is how many bytes its body may have."""

    def __init__(self, request: Request, origin: str, largest: int = LARGEST_BODY) -> None:
        self.request = request
        self.origin = origin
        self.largest = largest
        self.once = new_id()  # tells this page's forms from those of any other, so that none is done twice
        self.own_home: str | None = None  # where a community's own address begins; None behind the district's ingress
        self.caller: Principal | None = None

    @cached_property
    def lang(self) -> Lang:
        """The switch in the URL, else as chosen before, else (for programs) as asked for, else Chinese."""
        chosen = self.request.args.get("lang") or self.request.cookies.get(LANG_COOKIE)
        if chosen is None and not self.wants_page:
            chosen = self.request.accept_languages.best_match(["zh", "en"])
        return "en" if chosen == "en" else "zh"

    def speaking(self, lang: Lang) -> "Visit":
        """The same in this language, whatever was asked for."""
        twin = copy(self)
        twin.lang = lang
        return twin

    @property
    def switches_language(self) -> bool:
        """Whether this only asks for a page in the other language (shared/web/language_switch.py)."""
        return self.is_form and self.request.method not in SAFE and SWITCHING in self.request.args

    @property
    def came_from(self) -> str | None:
        """The page of ours that the request was made on, as a path with its query."""
        referrer = self.request.referrer or ""
        href = referrer.removeprefix(self.origin)
        return href if href != referrer and href.startswith("/") and not href.startswith("//") else None

    @cached_property
    def stands_at(self) -> Address:
        """Where what is answered can be read by a link: for a write, on the page it was made on."""
        if self.request.method in SAFE:
            return Address(self.request.path, self.request.args.to_dict()).without_lang
        return Address.of(self.came_from or "/").without_lang

    @cached_property
    def wants_page(self) -> bool:
        """People's browsers ask for HTML by name; whoever takes anything gets JSON."""
        accepts = self.request.accept_mimetypes
        return self.is_fragment or accepts["text/html"] > accepts["application/json"]

    @property
    def is_fragment(self) -> bool:
        return self.request.headers.get("HX-Request") == "true"

    @cached_property
    def bearer(self) -> str | None:
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token else None

    @property
    def address(self) -> str:
        """Where the caller comes from, as the ingress says; without one, the connection's other end."""
        said = self.request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        return said or self.request.remote_addr or ""

    @property
    def session_token(self) -> str | None:
        return self.request.cookies.get(SESSION_COOKIE)

    def sign_in_href(self, wanted: str) -> str:
        """Where whoever wants to see the page `wanted` signs in."""
        if self.own_home is not None:
            return f"{self.own_home}/pass?next={quote(wanted, safe='')}"
        page = "sessions/renewed" if self.session_token else "sign-in"
        return f"/accounts/{page}?next={quote(wanted, safe='')}"

    @property
    def csrf_secret(self) -> str | None:
        """What this visitor's forms prove themselves by."""
        if self.caller is not None and self.caller.session is not None:
            return self.caller.session
        return self.request.cookies.get(VISIT_COOKIE)

    def check_same_site(self) -> None:
        """Cookies travel with every request, so a write by cookie must prove that one of our own pages made it.

        Raises CrossSite.
        """
        if self.request.method in SAFE or self.bearer is not None:
            return
        said = self.request.headers.get("Origin")
        if said is not None and said != self.origin:
            raise CrossSite
        if self.session_token is None and not self.is_form:
            return
        shown = self.request.headers.get("X-CSRF-Token") or self.fields.get(CSRF_FIELD) or ""
        if self.csrf_secret is None or not hmac.compare_digest(str(shown), csrf_of(self.csrf_secret)):
            raise CrossSite

    def check_own_page(self) -> None:
        """Browsers let any site open a websocket with our cookies: one without a token of its own must come from our page.

        Raises CrossSite.
        """
        if self.bearer is None and self.request.headers.get("Origin") != self.origin:
            raise CrossSite

    @property
    def is_form(self) -> bool:
        return self.request.mimetype in FORM_TYPES

    @cached_property
    def raw(self) -> bytes:
        """Raises TooLarge, BrokenOff."""
        if (self.request.content_length or 0) > self.largest:
            raise TooLarge(limit=in_megabytes(self.largest))
        self.request.max_content_length = self.largest
        try:
            return self.request.get_data(cache=True)
        except RequestEntityTooLarge as fault:
            raise TooLarge(limit=in_megabytes(self.largest)) from fault
        except (HTTPException, ValueError, OSError) as fault:  # the body ended early, came too slowly or in bad chunks
            raise BrokenOff from fault

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The body as fields, from JSON or a form alike; a file is an Upload. Raises Malformed, UnsupportedMedia, TooLarge."""
        body = self.raw
        if self.is_form:
            return self._form()
        if not body:
            return {}
        if self.request.mimetype != "application/json":
            raise UnsupportedMedia
        try:
            fields = orjson.loads(body)
        except orjson.JSONDecodeError as fault:
            raise Malformed(reason=str(fault)) from fault
        if not isinstance(fields, dict):
            raise Malformed(reason="a JSON object is expected")
        return fields

    def _form(self) -> dict[str, Any]:
        """A file field in which nobody chose a file is left out."""
        try:
            form, files = self.request.form, self.request.files
        except RequestEntityTooLarge as fault:
            raise TooLarge(limit=in_megabytes(self.largest)) from fault
        except (HTTPException, ValueError) as fault:
            raise Malformed(reason="form") from fault
        fields: dict[str, list[Any]] = {name: [_lines(one) for one in values] for name, values in form.lists()}
        for name, stored in files.items(multi=True):
            if upload := Upload.of(stored):
                fields.setdefault(name, []).append(upload)
        return {name: values if len(values) > 1 else values[0] for name, values in fields.items()}

    @cached_property
    def body(self) -> dict[str, Any]:
        """`fields` without the page's own."""
        return {name: value for name, value in self.fields.items() if name not in (CSRF_FIELD, ONCE_FIELD)}

    def idempotency_key(self) -> str | None:
        """Names a repeatable write: caller, route, body and the key the client chose (or the form was drawn with)."""
        chosen = self.request.headers.get("Idempotency-Key") or (self.fields.get(ONCE_FIELD) if self.is_form else None)
        if not chosen:
            return None
        who = self.caller.account if self.caller else (self.csrf_secret or "")
        said = orjson.dumps(
            self.body, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS, default=Upload.digest
        )
        parts = [who, self.request.method, self.request.path, hashlib.sha256(said).hexdigest(), str(chosen)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _lines(text: str) -> str:
    """Browsers send every line break of a text as CR LF, however it came to them."""
    return text.replace("\r\n", "\n")


def in_megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:g} MB"


def csrf_of(secret: str) -> str:
    """The token a page shows; it proves knowledge of the secret without telling it."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()
