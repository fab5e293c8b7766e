"""Jinja2 environment: renders a service's templates inside the shared layout, with what every page needs at hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.runtime import Macro

from shared.i18n import dates
from shared.i18n.text import Lang, Text
from shared.kernel.ids import now
from shared.web.assets import asset_url
from shared.web.navigation import nav_of
from shared.web.page_help import help_for
from shared.web.request import SAFE, Visit, csrf_of

SERVICES = Path(__file__).parents[2] / "services"
BRAND = Text("联防", "Lianfang")
RENEW_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True)
class Notice:
    """What was just done, shown once on the next page."""

    words: str
    state: str = "ok"
    undo: None = None

    @classmethod
    def read(cls, cookie: str) -> "Notice":
        return cls(unquote(cookie))


def render(template: str, visit: Visit, context: dict[str, Any], secret: str, mark: str | None = None) -> str:
    """`template` is a shared one, or `<service>/<name>.html` for the file in that service's pages/. `secret`: what its forms prove
    themselves by. `mark` stands where the page's own text will be, in a page that carries itself (language_switch.py)."""
    address = visit.stands_at
    common = {
        **_at_hand(visit.lang),
        "caller": visit.caller,
        "nav": nav_of(visit.caller, address.path, visit.own_home),
        "page_help": help_for(address.path),
        "front": visit.own_home or "/",
        "sign_in_href": visit.sign_in_href(address.href),
        "sign_out_href": f"{visit.own_home}/pass/end" if visit.own_home else "/accounts/sign-out",
        "path": address.path,
        "query": address.query,
        "here": address.href,
        "carried": mark,
        "sent_to": None if visit.request.method in SAFE else visit.request.path,
        "csrf": csrf_of(secret),
        "once": visit.once,
        "place": None,
        "live_url": None,
        "renew_at": _renew_at(visit),
        "errors": {},
        "values": {},
    }
    return environment().get_template(template).render({**common, **context})


def fragments(template: str, lang: Lang, context: dict[str, Any]) -> dict[str, str]:
    """What a live page follows, drawn for all its readers at once: each macro of `template` is the element of that id."""
    module = environment().get_template(template).make_module({**_at_hand(lang), **context})
    return {name: str(macro()) for name, macro in vars(module).items() if isinstance(macro, Macro)}


def _at_hand(lang: Lang) -> dict[str, Any]:
    return {
        "lang": lang,
        "t": lambda zh, en: zh if lang == "zh" else en,
        "text": lambda said: said if isinstance(said, str) else said.in_(lang),
        "now": now(),
        "asset": asset_url,
        "brand": BRAND,
    }


@cache
def environment() -> Environment:
    shared = FileSystemLoader(Path(__file__).parent / "templates")
    env = Environment(
        loader=ChoiceLoader([shared, _ServicePages()]),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(hm=dates.hm, hms=dates.hms, local_input=dates.local_input)
    for name in ("weekday", "day", "span", "ago", "waited"):
        env.filters[name] = getattr(dates, name)
    return env


class _ServicePages(FileSystemLoader):
    """`shifts/board.html` stands in services/shifts/pages/board.html."""

    def __init__(self) -> None:
        super().__init__(SERVICES)

    def get_source(self, environment: Environment, template: str) -> Any:
        service, _, page = template.partition("/")
        return super().get_source(environment, f"{service}/pages/{page}")


def _renew_at(visit: Visit) -> datetime | None:
    if visit.caller is None or visit.caller.session is None:
        return None
    return visit.caller.expires - RENEW_BEFORE
