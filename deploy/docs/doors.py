"""All doors of a service, read off its class, and the table of who may use them."""

import inspect
from collections.abc import Iterable
from typing import NamedTuple

from shared.web.access import Access
from shared.web.entrypoint import WebEntrypoint
from shared.web.live_hub import Live
from shared.web.service import Service

METHOD_WIDTH = 8
URL_WIDTH = 80


class Entry(NamedTuple):
    """A door (or live door), the method behind it, and what the method's docstring says."""

    door: WebEntrypoint
    name: str
    says: str


def doors_of(service: type[Service]) -> list[Entry]:
    """Every door of the service, those all services share included, by URL."""
    found = [
        Entry(door, name, inspect.getdoc(method) or "")
        for name, method in inspect.getmembers(service, inspect.isfunction)
        for door in getattr(method, "nameko_entrypoints", ())
        if isinstance(door, WebEntrypoint)
    ]
    return sorted(found, key=lambda entry: (entry.door.url, entry.door.method))


def who_may(access: Access) -> str:
    if access.roles is None:
        return "anyone"
    return ", ".join(access.roles) or "signed in"


def authorisation_table(services: Iterable[type[Service]]) -> str:
    """One line per door: method, URL, who may. Roles count in the community that the URL names."""
    tables = [[f"{service.name}\n", *map(_line, doors_of(service))] for service in services]
    return "\n".join("".join(lines) for lines in tables)


def _line(entry: Entry) -> str:
    door = entry.door
    method = "LIVE" if isinstance(door, Live) else door.method
    return f"  {method:{METHOD_WIDTH}}{door.url:{URL_WIDTH}}{who_may(door.who)}\n"
