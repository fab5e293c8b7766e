"""What all of shifts' doors have in common: where they stand, who leads, and what every page is drawn with."""

from datetime import date, datetime, time
from typing import Any

from services.shifts.read_views.shifts import Viewer
from services.shifts.usecases.claims import Asker
from shared.documents import qr
from shared.i18n.domain_labels import KIND_WORDS, SKILL_WORDS
from shared.i18n.timezone import SHANGHAI
from shared.replicas.communities import name_of
from shared.web import Call, Reply, only

HOME = "/communities/<community>/shifts"
EVERYONE = only("staff", "captain", "volunteer", "officer")
OURS = only("staff", "captain", "volunteer")
LEADING = only("staff", "captain")


def home(community: str) -> str:
    return HOME.replace("<community>", community)


def viewer_of(call: Call) -> Viewer:
    return Viewer(call.store, call.account, call.act.at)


def leads(call: Call, community: str) -> bool:
    return call.caller is not None and any(call.caller.may(role, community) for role in ("staff", "captain"))


def asker(call: Call, community: str) -> Asker:
    return Asker(call.account, leading=leads(call, community))


def today(call: Call) -> date:
    return call.act.at.astimezone(SHANGHAI).date()


def noon(day: date) -> datetime:
    """A moment of that day, for the words that name it."""
    return datetime.combine(day, time(12), SHANGHAI)


def page(call: Call, community: str, **more: Any) -> dict[str, Any]:
    staff = call.caller is not None and call.caller.may("staff", community)
    officer = call.caller is not None and call.caller.may("officer", community)
    return {
        "home": home(community),
        "community": community,
        "place": name_of(call.store, community),
        "leading": leads(call, community),
        "staff": staff,
        "officer": officer,
        "kind_words": KIND_WORDS,
        "skill_words": SKILL_WORDS,
        **more,
    }


def told_once(call: Call, community: str, url: str, back: str) -> Reply:
    """A private link, shown this once; `back` leads to where it can be revoked."""
    return Reply({"url": url}, page=page(call, community, code=qr.svg(url), back=back))
