"""Registering what can be kept, needed and given."""

from services.supplies.domain.items import Item, ItemExists, ItemRegistered
from services.supplies.store import SuppliesStore
from shared.events.contracts import registry
from shared.kernel.command import Command

publish = registry.publisher({ItemRegistered: "supplies.item.registered.v1"})


def register(store: SuppliesStore, act: Command, item: Item) -> Item:
    """Raises ItemExists."""

    def do(tx: SuppliesStore) -> Item:
        if not register_new(tx, item):
            raise ItemExists("id")
        return item

    return store.transaction(act, do)


def register_new(tx: SuppliesStore, item: Item) -> bool:
    """Within a transaction: False where there is an item of this code already, which stays as it is."""
    if tx.get(Item, item.id) is not None:
        return False
    tx.save(item, publish([item.registered()]))
    return True
