"""A site of two pages that shows every part of the look, with a live socket the test holds the other end of."""

import base64
import hashlib
import json
import struct
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

import shared.web.assets
from shared.i18n import dates
from shared.i18n.text import Lang, Text
from shared.web.assets import asset_url, open_asset
from shared.web.page_help import help_for

NOW = datetime(2020, 2, 13, 5, 7, tzinfo=UTC)
POLICY = (
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_TEMPLATES = [Path(shared.web.assets.__file__).parent / "templates", Path(__file__).parent / "templates"]
_SOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

environment = Environment(
    loader=FileSystemLoader(_TEMPLATES), autoescape=select_autoescape(), undefined=StrictUndefined, trim_blocks=True
)
environment.filters.update(
    {name: getattr(dates, name) for name in ("hm", "day", "weekday", "span", "ago", "waited")},
)


def render(template: str, query: dict[str, str], **more: Any) -> str:
    """Draw a page as the door would, for a signed-in worker of an invented community."""
    lang: Lang = "en" if query.get("lang") == "en" else "zh"
    destinations = [
        ("overview", "总览", "Overview"),
        ("shifts", "班次", "Shifts"),
        ("people", "志愿者", "Volunteers"),
        ("supplies", "物资", "Supplies"),
        ("notices", "通知", "Notices"),
    ]
    nav = [
        SimpleNamespace(href=f"/{icon}", icon=icon, label=Text(zh, en), current=icon == "shifts")
        for icon, zh, en in destinations
    ]
    context = {
        "lang": lang,
        "t": lambda zh, en: zh if lang == "zh" else en,
        "text": lambda words: words.in_(lang),
        "caller": SimpleNamespace(account="a1", name="沈雨桐", may=lambda _role: True),
        "nav": nav,
        "page_help": help_for("/district/"),
        "path": "/",
        "query": query,
        "here": "/",
        "carried": None,
        "sent_to": None,
        "csrf": "token-of-this-session",
        "once": "0001",
        "now": NOW,
        "asset": asset_url,
        "brand": Text("联防", "Lianfang"),
        "place": Text("悦然馨苑", "Yueran"),
        "front": "/",
        "sign_in_href": "/accounts/sign-in",
        "sign_out_href": "/accounts/sign-out",
        "live_url": None,
        "renew_at": None,
        "notice": None,
        "Text": Text,
        "timedelta": timedelta,
    }
    return environment.get_template(template).render(context | more)


class Specimen(ThreadingHTTPServer):
    """`live` gives our ends of the sockets that pages open; while it `is_full` they are refused and `refused` is told; `renewals`
    are the tokens that sessions were renewed with."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.url = f"http://127.0.0.1:{self.server_port}/"
        self.live: Queue[LiveEnd] = Queue()
        self.is_full = False
        self.refused: Queue[None] = Queue()
        self.renewals: Queue[str | None] = Queue()


class LiveEnd:
    """The server's end of one page's socket."""

    def __init__(self, door: "_Door", query: dict[str, str]) -> None:
        self.query = query
        self._door = door
        self.over = Queue[None]()

    def send(self, **message: Any) -> None:
        content = json.dumps(message).encode()
        size = bytes([len(content)]) if len(content) < 126 else b"\x7e" + struct.pack(">H", len(content))
        self._door.wfile.write(b"\x81" + size + content)

    def close(self, code: int = 1001) -> None:
        self._door.wfile.write(b"\x88\x02" + struct.pack(">H", code))
        self.over.put(None)


class _Door(BaseHTTPRequestHandler):
    server: Specimen
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        match url.path.split("/")[1:]:
            case ["static", hash8, name]:
                self._answer(*open_asset(hash8, name))
            case ["live"] if self.server.is_full:
                self._answer(b"{}", "application/problem+json", 429)
                self.server.refused.put(None)
            case ["live"]:
                self._go_live(query)
            case ["problem"]:
                problem = {"status": 409, "code": "shifts.overlap", "detail": "这段时间您已有班次。"}
                self._page(render("problem.html", query, problem=problem))
            case ["following"]:
                self._page(
                    render("following.html", query, live_url="/live", renew_at=NOW - timedelta(minutes=1)),
                )
            case _:
                self._page(render("specimen.html", query, live_url="/live", notice=_DONE))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/accounts/sessions/renew":
            self.server.renewals.put(self.headers["X-CSRF-Token"])
            self._answer(json.dumps({"renew_at": "2099-01-01T00:00:00Z"}).encode(), "application/json")
        else:
            problem = {"status": 409, "code": "shifts.overlap", "detail": "这段时间您已有班次。"}
            self._answer(render("problem_notice.html", {}, problem=problem).encode(), "text/html", 409)

    def _page(self, html: str) -> None:
        self._answer(html.encode(), "text/html; charset=utf-8")

    def _answer(self, content: bytes, content_type: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(content)

    def _go_live(self, query: dict[str, str]) -> None:
        key = self.headers["Sec-WebSocket-Key"].encode() + _SOCKET_GUID
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key).digest()).decode())
        self.end_headers()
        self.close_connection = True
        end = LiveEnd(self, query)
        self.server.live.put(end)
        end.over.get()

    def log_message(self, *_: object) -> None:
        """Be quiet: the test speaks."""


_DONE = SimpleNamespace(
    state="ok",
    words=Text("已报名：今天 22:00–次日 02:00，西门门岗。", "Claimed: today 22:00–02:00 next day, west gate."),
    undo=SimpleNamespace(href="/release", fields={"shift": "s1"}),
)
