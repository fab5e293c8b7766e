"""Where somebody who signs in goes on to: the page they came for, or where their role begins its day."""

import re
from collections.abc import Iterable
from typing import Protocol

LANDING = "/"

# Roles in the order in which they decide: who holds several begins where the widest one does.
_STARTS = (
    ("officer", "/district/"),
    ("staff", "/communities/{place}/shifts/"),
    ("captain", "/communities/{place}/shifts/"),
    ("volunteer", "/communities/{place}/shifts/mine"),
    ("operator", "/accounts/people"),
    ("donor", "/supplies/"),
    ("rescuer", "/rescue/inbox"),
)

# One slash and then neither a second nor a backslash, which browsers take for one, nor what they leave out.
_SAME_SITE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


class _Held(Protocol):
    @property
    def role(self) -> str: ...
    @property
    def scope(self) -> str: ...


def start_of(rights: Iterable[_Held]) -> str:
    """The start page of whoever holds these rights; the landing page for who has none that leads anywhere.

    Of several communities the first one counts: where somebody is lent to comes after their own.
    """
    places = dict[str, str]()
    for one in rights:
        places.setdefault(one.role, one.scope.removeprefix("community:"))
    for role, start in _STARTS:
        if role in places:
            return start.format(place=places[role])
    return LANDING


def onwards(wanted: str | None, rights: Iterable[_Held]) -> str:
    """`wanted` if it is a path of this very site, else the start page."""
    return wanted if wanted and _SAME_SITE.fullmatch(wanted) else start_of(rights)
