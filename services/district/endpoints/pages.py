"""One page of a list: what every list of the district's asks for and says."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from services.district.endpoints.looking import Look
from services.district.read_views.titles import titles
from shared.kernel.errors import Malformed
from shared.web import Call, Reply
from shared.web.pagination import cursor_of, place_in

T = TypeVar("T")
PAGE_LENGTH = 50
Place = tuple[datetime, str]


def all_of(call: Call, seen: Look, found: Sequence[T], key: Callable[[T], str], **page: Any) -> Reply:
    """Of a list that is in hand as a whole. The next page goes on behind the last one shown, or where that one stood if it has
    left the list meanwhile. Raises Malformed."""
    begins = _begins(call.query["after"], [key(one) for one in found])
    ends = begins + PAGE_LENGTH
    following = f"{ends}~{key(found[ends - 1])}" if found[ends:] else None
    return _reply(call, seen, found[begins:ends], following, total=len(found), **page)


def newest_of(
    call: Call,
    seen: Look,
    find: Callable[[int, Place | None], Sequence[T]],
    place: Callable[[T], Place],
    **page: Any,
) -> Reply:
    """Of a list that is asked of the store page by page, newest first: `find(limit, before)`. Raises Malformed."""
    shown, following = page_of(call, find, place)
    return _reply(call, seen, shown, following, total=None, **page)


def page_of(
    call: Call, find: Callable[[int, Place | None], Sequence[T]], place: Callable[[T], Place]
) -> tuple[Sequence[T], str | None]:
    """Those behind `after`, and where the next page begins. Raises Malformed."""
    found = find(PAGE_LENGTH + 1, place_in(call.query["after"]))
    return found[:PAGE_LENGTH], cursor_of(*place(found[PAGE_LENGTH - 1])) if found[PAGE_LENGTH:] else None


def _begins(after: str, keys: list[str]) -> int:
    number, _, key = after.partition("~")
    if not after:
        return 0
    if key in keys:
        return keys.index(key) + 1
    if not (number.isascii() and number.isdecimal()):
        raise Malformed(reason="after")
    return min(int(number), len(keys))


def _reply(call: Call, seen: Look, shown: Sequence[Any], following: str | None, **page: Any) -> Reply:
    places = titles(seen.store)
    listing = {"next": following}
    return Reply(shown, page={**seen.page, **page, "asked": call.query, "places": places, "listing": listing})
