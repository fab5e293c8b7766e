"""Goods between places: each step writes the transfer and the ledger it touches, so that both are right at every moment."""

from collections.abc import Callable, Sequence

from services.supplies.domain import transfers as domain
from services.supplies.domain.transfers import Transfer
from services.supplies.store import SuppliesStore
from services.supplies.usecases.stock import Paper, bring_back, bring_in, take_out
from shared.events.contracts import registry
from shared.events.envelope import DISTRICT, Event
from shared.kernel.command import Command
from shared.kernel.errors import NotFound

publish = registry.publisher({
    domain.TransferOffered: "supplies.transfer.offered.v1",
    domain.TransferRegretted: "supplies.transfer.regretted.v1",
    domain.TransferAgreed: "supplies.transfer.agreed.v1",
    domain.TransferDeclined: "supplies.transfer.declined.v1",
    domain.TransferWithdrawn: "supplies.transfer.withdrawn.v1",
    domain.TransferSent: "supplies.transfer.sent.v1",
    domain.TransferReceived: "supplies.transfer.received.v1",
    domain.TransferReturned: "supplies.transfer.returned.v1",
})  # fmt: skip


def offer(store: SuppliesStore, act: Command, sender: str, *, receiver: str, item: str, quantity: int) -> Transfer:
    """Raises UnknownItem, SamePlace, NotFound for a place nobody has heard of."""

    def do(tx: SuppliesStore) -> Transfer:
        tx.item(item)
        if receiver != DISTRICT and receiver not in tx.places():
            raise NotFound("receiver")
        transfer = Transfer(act.id, item, sender, receiver, quantity, act.at)
        tx.save(transfer, publish([transfer.offered()]), community=sender)
        return transfer

    return store.transaction(act, do)


def note_asked(tx: SuppliesStore, events: Sequence[Event]) -> None:
    """The district office asks a place for what it may have to spare; the transfer bears the name of the question."""
    for event in events:
        asked = event.data
        tx.save(
            Transfer(
                event.subject, asked["item"], asked["giver"], asked["receiver"], asked["quantity"], event.time, "asked"
            )
        )


def offer_asked(store: SuppliesStore, act: Command, sender: str, transfer: str, quantity: int) -> Transfer:
    """Raises NotFound, TransferNotAsked."""
    return _change(store, act, {"_id": transfer, "sender": sender}, lambda one: one.offer_asked(quantity, act.at))


def regret(store: SuppliesStore, act: Command, sender: str, transfer: str) -> Transfer:
    """Raises NotFound, TransferNotAsked."""
    return _change(store, act, {"_id": transfer, "sender": sender}, Transfer.regret)


def agree(store: SuppliesStore, act: Command, receiver: str, transfer: str) -> Transfer:
    """Raises NotFound, TransferNotWaiting."""
    return _change(store, act, {"_id": transfer, "receiver": receiver}, Transfer.agree)


def decline(store: SuppliesStore, act: Command, receiver: str, transfer: str) -> Transfer:
    """Raises NotFound, TransferNotWaiting."""
    return _change(store, act, {"_id": transfer, "receiver": receiver}, Transfer.decline)


def withdraw(store: SuppliesStore, act: Command, sender: str, transfer: str) -> Transfer:
    """Raises NotFound, TransferNotWaiting."""
    return _change(store, act, {"_id": transfer, "sender": sender}, Transfer.withdraw)


def send(store: SuppliesStore, act: Command, sender: str, transfer: str, quantity: int) -> Transfer:
    """Raises NotFound, TransferNotAgreed, MoreThanOffered, NotEnough."""

    def do(tx: SuppliesStore) -> Transfer:
        one = tx.the(Transfer, {"_id": transfer, "sender": sender})
        one.check_sendable(quantity)
        entry = take_out(tx, sender, one.item, quantity, "moved-out", _paper(one))
        tx.save(one, publish(one.send(entry.lines)), community=sender)
        return one

    return store.transaction(act, do)


def receive(
    store: SuppliesStore, act: Command, receiver: str, transfer: str, *, quantity: int, lost: int, reason: str
) -> Transfer:
    """Raises NotFound, TransferNotOnTheWay, MoreThanOnTheWay, LossNeedsReason, TooMuchDangerous."""

    def do(tx: SuppliesStore) -> Transfer:
        one = tx.the(Transfer, {"_id": transfer, "receiver": receiver})
        happened, lots = one.receive(quantity, lost, reason, act.at)
        if lots:
            bring_in(tx, receiver, one.item, lots, "moved-in", _paper(one))
        tx.save(one, publish(happened), community=one.sender)
        return one

    return store.transaction(act, do)


def take_back(store: SuppliesStore, act: Command, sender: str, transfer: str, quantity: int) -> Transfer:
    """What the receiver could not take is in the sender's store again.

    Raises NotFound, TransferNotOnTheWay, MoreThanOnTheWay.
    """

    def do(tx: SuppliesStore) -> Transfer:
        one = tx.the(Transfer, {"_id": transfer, "sender": sender})
        happened, lots = one.take_back(quantity)
        bring_back(tx, sender, one.item, lots, _paper(one))
        tx.save(one, publish(happened), community=sender)
        return one

    return store.transaction(act, do)


def agreed_by_sharing(tx: SuppliesStore, id_: str, receiver: str, item: str, quantity: int, sharing: str) -> None:
    """Within a transaction: what the district shares out needs no further agreement."""
    transfer = Transfer(id_, item, DISTRICT, receiver, quantity, tx.act.at, sharing=sharing)
    tx.save(transfer, publish([transfer.offered(), *transfer.agree()]), community=DISTRICT)


def _change(
    store: SuppliesStore, act: Command, which: dict[str, str], change: Callable[[Transfer], Sequence[object]]
) -> Transfer:
    def do(tx: SuppliesStore) -> Transfer:
        one = tx.the(Transfer, which)
        tx.save(one, publish(change(one)), community=one.sender)
        return one

    return store.transaction(act, do)


def _paper(transfer: Transfer) -> Paper:
    return Paper(document=f"调拨 {transfer.id[-8:]}")


REACTIONS = {"district.help.goods-asked.v1": note_asked}
