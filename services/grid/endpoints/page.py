"""What all of grid's doors have in common: where they stand, and what every page is drawn with."""

from datetime import date
from typing import Any

from services.grid.usecases.households import Asker
from shared.i18n.timezone import SHANGHAI
from shared.replicas.communities import name_of
from shared.web import Call, only

HOME = "/communities/<community>/grid"
EVERYONE = only("staff", "captain", "volunteer", "officer")
OURS = only("staff", "captain", "volunteer")
LEADING = only("staff", "captain")
STAFF = only("staff")


def home(community: str) -> str:
    return HOME.replace("<community>", community)


def is_staff(call: Call, community: str) -> bool:
    return call.caller is not None and call.caller.may("staff", community)


def today(call: Call) -> date:
    return call.act.at.astimezone(SHANGHAI).date()


def asker(call: Call, community: str) -> Asker:
    return Asker(call.account, call.caller.name if call.caller else "", is_staff(call, community))


def page(call: Call, community: str, **more: Any) -> dict[str, Any]:
    officer = call.caller is not None and call.caller.may("officer", community)
    return {
        "home": home(community),
        "community": community,
        "place": name_of(call.store, community),
        "leading": is_staff(call, community) or (call.caller is not None and call.caller.may("captain", community)),
        "staff": is_staff(call, community),
        "officer": officer,
        **more,
    }
