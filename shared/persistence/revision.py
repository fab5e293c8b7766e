"""Revision counter of what a service shows: bumped with every change, watched by whoever renders its live pages."""

from pymongo.collection import Collection

from shared.persistence.store import Store


def note_change(store: Store) -> None:
    """Within a transaction: what this store's pages show is another now. To be said once per batch."""
    store["revisions"].update_one({"_id": "shown"}, {"$inc": {"revision": 1}}, upsert=True, session=store.session)


def revision_of(store: Store) -> int:
    """How often what it shows has changed so far: as was noted, and with every event that was received."""
    return sum(int(one.get("revision", 0)) + int(one.get("last", 0)) for one in store["revisions"].find())


def revisions_of(store: Store) -> Collection[dict[str, object]]:
    """The collection in which every change shows, for a change stream."""
    return store["revisions"]
