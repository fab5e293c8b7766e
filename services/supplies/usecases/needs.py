"""Needs: raised, confirmed, kept fresh, met or stopped."""

from collections.abc import Callable, Sequence

from services.supplies.domain import needs as domain
from services.supplies.domain.needs import Need, Urgency, new_need
from services.supplies.store import SuppliesStore
from shared.events.contracts import registry
from shared.jobs.scheduler import Task
from shared.kernel.command import Command
from shared.kernel.ids import now

publish = registry.publisher({
    domain.NeedRaised: "supplies.need.raised.v1",
    domain.NeedConfirmed: "supplies.need.confirmed.v1",
    domain.NeedRenewed: "supplies.need.renewed.v1",
    domain.NeedStale: "supplies.need.stale.v1",
    domain.NeedMet: "supplies.need.met.v1",
    domain.NeedStopped: "supplies.need.stopped.v1",
})  # fmt: skip


def raise_need(
    store: SuppliesStore, act: Command, place: str, account: str, *, item: str, quantity: int | None, urgency: Urgency
) -> Need:
    """Raises UnknownItem, NeedKnown."""

    def do(tx: SuppliesStore) -> Need:
        tx.item(item)
        if tx.needs(place, item):
            raise domain.NeedKnown("item")
        need = new_need(act.id, place, item, quantity, urgency, account, act.at)
        tx.save(need, publish([need.raised()]), community=place)
        return need

    return store.transaction(act, do)


def confirm(store: SuppliesStore, act: Command, place: str, need: str, account: str) -> Need:
    """Raises NeedNotWaiting, SecondPersonNeeded."""
    return _change(store, act, place, need, lambda one: one.confirm(account, act.at))


def renew(store: SuppliesStore, act: Command, place: str, need: str) -> Need:
    """Raises NeedNotOpen."""
    return _change(store, act, place, need, lambda one: one.renew(act.at))


def say_enough(store: SuppliesStore, act: Command, place: str, need: str) -> Need:
    """Raises NeedNotOpen."""
    return _change(store, act, place, need, Need.enough)


def stop(store: SuppliesStore, act: Command, place: str, need: str, reason: str) -> Need:
    """Raises NeedNotOpen."""
    return _change(store, act, place, need, lambda one: one.stop(reason))


def fulfil(tx: SuppliesStore, place: str, item: str, quantity: int) -> None:
    """Within a transaction: whatever came in, from wherever, counts towards the open need for it."""
    for need in tx.needs(place, item):
        tx.save(need, publish(need.fulfil(quantity)), community=place)


def watch(store: SuppliesStore, need_id: str) -> bool:
    """Marks a need as stale of which nobody spoke for too long; whether it was."""
    act = Command()

    def do(tx: SuppliesStore) -> bool:
        need = tx.load(Need, need_id)
        facts = publish(need.watch(act.at))
        if facts:
            tx.save(need, facts, community=need.place)
        return bool(facts)

    return store.transaction(act, do)


WATCH_NEEDS = Task("watch-needs", every=10, do=watch, due=lambda store: store.lapsing_needs(now()))


def _change(
    store: SuppliesStore, act: Command, place: str, need_id: str, change: Callable[[Need], Sequence[object]]
) -> Need:
    def do(tx: SuppliesStore) -> Need:
        need = tx.the(Need, {"_id": need_id, "place": place})
        tx.save(need, publish(change(need)), community=place)
        return need

    return store.transaction(act, do)
