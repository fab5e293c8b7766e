"""Replica of accounts' communities: their names, for page headings, not for rules."""

from collections.abc import Sequence

from shared.events.envelope import DISTRICT, Event
from shared.i18n.text import Text
from shared.kernel.errors import NotFound
from shared.persistence.store import Store

DISTRICT_NAME = Text("全区", "the district")


def note_communities(store: Store, events: Sequence[Event]) -> None:
    """Within a transaction: keeps each community's names and size as accounts registered them."""
    for event in events:
        store["places"].replace_one(
            {"_id": event.subject}, {"_id": event.subject, **event.data}, upsert=True, session=store.session
        )


def name_of(store: Store, community: str) -> Text:
    """The community's name; its slug while accounts has not told us. What belongs to none is the district's."""
    if community == DISTRICT:
        return DISTRICT_NAME
    place = store["places"].find_one({"_id": community})
    return Text(place["name"], place["name_en"]) if place else Text(community, community)


def names(store: Store) -> dict[str, Text]:
    """All communities that accounts has told us of, by slug."""
    return {place["_id"]: Text(place["name"], place["name_en"]) for place in store["places"].find(sort=[("_id", 1)])}


def check_known(store: Store, community: str) -> None:
    """Raises NotFound for a community that accounts has not told us of."""
    if store["places"].find_one({"_id": community}) is None:
        raise NotFound


REACTIONS = {"accounts.community.registered.v1": note_communities}
