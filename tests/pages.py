"""Every page, by who looks at it: axe walks through them, and pictures are taken of them."""

from collections.abc import Callable
from typing import Any

GAP = "/communities/yueran/shifts/{gap}"  # a shift that lacks people, with the search for them
NOTICE = "/notices/yueran/{notice}"
PAGES = [
    ("DISTRICT", "/district/"),
    ("DISTRICT", "/district/communities/yueran"),
    ("DISTRICT", "/district/report"),
    *(("DISTRICT", f"/district/{page}") for page in (
        "flow", "missions", "screening", "shortages", "volunteers", "notices", "events", "search?q=3",
    )),
    *(("DISTRICT", f"/district/alerts{page}") for page in ("", "?state=past", "/rules", "/rules/fever-cluster", "/{alert}")),
    *(("DISTRICT", f"/district/help{page}") for page in ("", "/asked")),
    ("STAFF", "/communities/yueran/shifts/"),
    ("STAFF", "/communities/yueran/shifts/coverage"),
    ("STAFF", "/communities/yueran/shifts/plan"),
    ("STAFF", "/communities/yueran/shifts/posts"),
    ("STAFF", "/communities/yueran/shifts/posts/new"),
    ("STAFF", "/communities/yueran/shifts/posts/gate-2"),
    ("STAFF", "/communities/yueran/shifts/posts/gate-2/closing"),
    ("STAFF", "/communities/yueran/shifts/posts/gate-2/closing?look=true&move_to=gate-3"),
    ("STAFF", "/communities/yueran/shifts/posts/gate-2/codes"),
    ("STAFF", "/communities/yueran/shifts/posts/gate-2/screen"),
    ("STAFF", "/communities/yueran/shifts/rules"),
    ("STAFF", "/communities/yueran/shifts/proposals"),
    ("STAFF", GAP),
    ("VOLUNTEER", "/communities/yueran/shifts/calendar"),
    ("VOLUNTEER", "/accounts/pass"),
    *(("STAFF", f"/communities/yueran/grid/{page}") for page in (
        "gates/", "gates/gate-2", "gate-log/", "gate-log/flow", "gate-log/rules", "requests/", "requests/new",
    )),
    ("VOLUNTEER", "/communities/yueran/grid/requests/"),
    ("STAFF", "/volunteers/yueran/"),
    ("STAFF", "/volunteers/yueran/imports"),
    ("STAFF", "/volunteers/yueran/exports"),
    ("STAFF", "/volunteers/yueran/?sort=hours"),
    ("STAFF", "/volunteers/yueran/buildings"),
    ("STAFF", "/volunteers/yueran/buildings/b1"),
    ("STAFF", "/volunteers/yueran/buildings/new?first=20&last=24&units=2"),
    ("STAFF", "/volunteers/yueran/teams"),
    ("STAFF", "/volunteers/yueran/certificates"),
    ("VOLUNTEER", "/volunteers/yueran/me/abilities"),
    ("VOLUNTEER", "/volunteers/yueran/me/record"),
    ("VOLUNTEER", "/volunteers/yueran/me/buildings"),
    ("STAFF", "/volunteers/yueran/loans"),
    ("STAFF", "/volunteers/yueran/loans/requests"),
    ("DISTRICT", "/volunteers/district/requests"),
    ("VOLUNTEER", "/volunteers/yueran/loans/mine"),
    ("VOLUNTEER", "/volunteers/yueran/me"),
    ("VOLUNTEER", "/volunteers/yueran/board"),
    ("VOLUNTEER", "/communities/yueran/shifts/mine"),
    *(("VOLUNTEER", f"/accounts/{page}") for page in ("", "sign-in/phone", "sign-in/code", "phone/code")),
    ("OPERATOR", "/accounts/people"),
    ("OPERATOR", "/district/parts"),
    ("OPERATOR", "/notices/operations"),
    *(("STAFF", f"/notices/yueran/{page}") for page in ("", "desk", "new", "channels", "posters", "undecided")),
    *(("STAFF", f"{NOTICE}{page}") for page in ("", "/preview", "/reach", "/correction")),
    *(("DISTRICT", f"/notices/{page}") for page in ("", "bulletins", "bulletins/new", "channels", "rules", "rules/cover-asked")),
    *(("VOLUNTEER", f"/notices/{page}") for page in ("inbox", "me", "yueran/posters/mine")),
    *(("STAFF", f"/supplies/yueran/{page}") for page in (
        "", "stock", "stock/mask-n95", "gate", "needs", "pledges", "transfers", "donations/new", "counts",
    )),
    *(("STAFF", f"/communities/yueran/grid/{page}") for page in (
        "", "buildings/b1", "buildings/new", "owners", "households/new", "care", "looks", "erasure", "imports", "rounds",
        "rounds/{round}", "rounds/{round}/left",
    )),
    *(("VOLUNTEER", f"/communities/yueran/grid/{page}") for page in ("", "care", "rounds/{round}/doors?building=b9")),
    *(("DISTRICT", f"/supplies/district/{page}") for page in ("", "pledges", "communities", "sharings")),
    *(("DISTRICT", f"/rescue/{page}") for page in ("", "missions", "teams", "teams/new", "teams/blue-sky")),
    *(("RESCUE", f"/rescue/inbox/{page}") for page in ("blue-sky",)),
    *(("STAFF", f"/communities/yueran/grid/disinfection{page}") for page in ("", "/new", "/places", "/closed", "/team")),
    *(("DONOR", f"/supplies/{page}") for page in ("", "pledges/new", "pledges/mine", "donations", "items")),
]  # fmt: skip


def ids_now(get: Callable[[str, str], Any]) -> dict[str, str]:
    """What stands in the addresses in place of names; `get` asks a door as somebody."""
    return {
        "gap": get("STAFF", "/communities/yueran/shifts/coverage")["gaps"][0]["shift"]["id"],
        "notice": get("STAFF", "/notices/yueran/")["items"][0]["id"],
        "round": get("STAFF", "/communities/yueran/grid/rounds")["items"][0]["id"],
        "alert": get("DISTRICT", "/district/alerts")["items"][0]["id"],
    }
