"""Replica of supplies' catalogue items: their names, for forms and pages, not for rules."""

from collections.abc import Sequence

from shared.events.envelope import Event
from shared.i18n.text import Text
from shared.persistence.store import Store

LITRE = "升"  # the unit of what is poured, in the catalogue's own words


def note_items(store: Store, events: Sequence[Event]) -> None:
    """Within a transaction: keeps each item as supplies registered it."""
    for event in events:
        store["items"].replace_one(
            {"_id": event.subject}, {"_id": event.subject, **event.data}, upsert=True, session=store.session
        )


def items(store: Store, unit: str | None = None) -> dict[str, Text]:
    """What the catalogue names, or that of it which is counted in this unit, by code."""
    found = store["items"].find({"unit": unit} if unit else {}, sort=[("_id", 1)])
    return {row["_id"]: Text(row["name"], row["name_en"]) for row in found}


REACTIONS = {"supplies.item.registered.v1": note_items}
