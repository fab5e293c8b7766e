"""Every store has the same doors: a community's is kept by its staff, the district's by officers, who also look into all."""

from collections.abc import Callable
from typing import Any

from services.supplies.read_views import Names, person
from services.supplies.schemas.parts import DONOR_WORDS, KIND_WORDS, URGENCY_WORDS
from shared.events.envelope import DISTRICT
from shared.replicas.communities import check_known
from shared.web import Access, Call, endpoint, only

AT_COMMUNITY, AT_DISTRICT = "/supplies/<community>", f"/supplies/{DISTRICT}"
STAFF, STAFF_AND_OFFICERS, OFFICERS = only("staff"), only("staff", "officer"), only("officer")


def reads(path: str, **options: Any) -> Callable[[Any], Any]:
    """A GET door of every store."""
    return _both("GET", path, STAFF_AND_OFFICERS, options)


def writes(path: str, *, also_officers: bool = False, **options: Any) -> Callable[[Any], Any]:
    """A POST door of every store; at a community's, officers only where `also_officers` says so."""
    return _both("POST", path, STAFF_AND_OFFICERS if also_officers else STAFF, options)


def home(place: str) -> str:
    return f"/supplies/{place}"


def page(call: Call, place: str, **more: Any) -> dict[str, Any]:
    """What every page of a store is drawn with. Raises NotFound for a community nobody has heard of."""
    if place != DISTRICT:
        check_known(call.store, place)
    names = Names(call.store)
    keeps = call.caller is not None and (
        call.caller.may("officer") if place == DISTRICT else call.caller.may("staff", place)
    )
    return {
        "names": names,
        "place": names.place(place),
        "here": place,
        "home": home(place),
        "keeps": keeps,
        "officer": call.caller is not None and call.caller.may("officer"),
        "person": person,
        "me": call.account,
        **words(),
        **more,
    }


def words() -> dict[str, Any]:
    return {"kind_words": KIND_WORDS, "urgency_words": URGENCY_WORDS, "donor_words": DONOR_WORDS}


def _both(method: str, path: str, who: Access, options: dict[str, Any]) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        for where, keepers in ((AT_COMMUNITY, who), (AT_DISTRICT, OFFICERS)):
            function = endpoint(method, where + path, who=keepers, **options)(function)
        return function

    return mark
