"""What moves in and out of a store: every act writes the stock, its lines of the ledger and what is dangerous, together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.supplies.domain.cupboards import LimitSet
from services.supplies.domain.discrepancies import (
    Discrepancy,
    DiscrepancyFound,
    DiscrepancySettled,
    DiscrepancyTaken,
)
from services.supplies.domain.items import Item
from services.supplies.domain.movements import Movement
from services.supplies.domain.stock import (
    Batch,
    Lot,
    Moved,
    MovementKind,
    ShortageCleared,
    ShortageRaised,
    Stock,
    StockEvent,
    lines_of,
)
from services.supplies.store import SuppliesStore
from services.supplies.usecases.needs import fulfil
from shared.events.contracts import registry
from shared.i18n.timezone import SHANGHAI
from shared.jobs.scheduler import Task
from shared.kernel.command import Command

publish = registry.publisher({
    Moved: "supplies.stock.moved.v1",
    ShortageRaised: "supplies.stock.shortage-raised.v1",
    ShortageCleared: "supplies.stock.shortage-cleared.v1",
    DiscrepancyFound: "supplies.discrepancy.found.v1",
    DiscrepancyTaken: "supplies.discrepancy.taken.v1",
    DiscrepancySettled: "supplies.discrepancy.settled.v1",
    LimitSet: "supplies.cupboard.limit-set.v1",
})  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """Why something moved, and on which paper it stands."""

    reason: str = ""
    document: str = ""


@dataclass(frozen=True)
class Entry:
    """What an act wrote into a stock's ledger."""

    stock: Stock
    lines: Sequence[Moved]


def receive(
    store: SuppliesStore, act: Command, place: str, item: str, quantity: int, batch: Batch, paper: Paper
) -> Entry:
    """Goods come in from outside. Raises UnknownItem, AlreadyExpired, TooMuchDangerous."""
    lot = Lot(batch, quantity)
    return store.transaction(act, lambda tx: bring_in(tx, place, item, [lot], "received", paper))


def issue(store: SuppliesStore, act: Command, place: str, item: str, quantity: int, paper: Paper) -> Entry:
    """Raises NotEnough."""
    return store.transaction(act, lambda tx: take_out(tx, place, item, quantity, "issued", paper))


def throw_away(
    store: SuppliesStore, act: Command, place: str, item: str, quantity: int, batch: Batch, paper: Paper
) -> Entry:
    """Raises NoSuchLot, NotEnough."""
    return _by_hand(store, act, place, item, lambda stock, today: stock.throw_away(quantity, batch, today), paper)


def write_off_expired(store: SuppliesStore, act: Command, place: str, item: str) -> Entry:
    """Raises NothingExpired."""
    return _by_hand(store, act, place, item, Stock.write_off_expired, Paper())


def expect_use(store: SuppliesStore, act: Command, place: str, item: str, per_day: int) -> Entry:
    """What people expect to use of it a day, for as long as history is short."""
    return _by_hand(store, act, place, item, lambda stock, today: stock.expect(per_day, today), Paper())


def count(
    store: SuppliesStore, act: Command, place: str, item: str, counted: Mapping[Batch, int], paper: Paper
) -> Entry:
    """All that stands there of an item; it settles what was used beyond the book. Raises ReasonNeeded."""
    return store.transaction(act, lambda tx: note_count(tx, place, item, counted, paper))


def note_count(tx: SuppliesStore, place: str, item: str, counted: Mapping[Batch, int], paper: Paper) -> Entry:
    """`count` within a transaction."""
    stock = tx.stock(place, item)
    entry = write(tx, stock, tx.item(item), stock.count(counted, paper.reason, day_of(tx.act)), paper)
    for one in tx.open_discrepancies(place, item):
        tx.save(one, publish(one.settle(stock.balance, tx.act.at)), community=place)
    return entry


def take_used(tx: SuppliesStore, id_: str, place: str, item: str, quantity: int, document: str) -> None:
    """Within a reaction's transaction: something was used, as the event `id_` tells. Facts are facts: what the book does not
    hold becomes a difference that whoever last acted on this stock is to count."""
    known = tx.get(Item, item) or Item(item, item, item, "", "")
    stock = tx.stock(place, item)
    happened, beyond = stock.note_use(quantity, day_of(tx.act))
    write(tx, stock, known, happened, Paper(document=document))
    if beyond:
        found = Discrepancy(id_, place, item, beyond, document, tx.act.at, stock.keeper)
        tx.save(found, publish([found.found()]), community=place)


def take_discrepancy(store: SuppliesStore, act: Command, place: str, discrepancy: str, account: str) -> Discrepancy:
    """Somebody takes it on to count. Raises NotFound, DiscrepancySettledAlready."""

    def do(tx: SuppliesStore) -> Discrepancy:
        one = tx.the(Discrepancy, {"_id": discrepancy, "place": place})
        taken = one.take(account)
        if taken:
            tx.save(one, publish(taken), community=place)
        return one

    return store.transaction(act, do)


def set_limit(store: SuppliesStore, act: Command, place: str, millilitres: int) -> None:
    """How much of what burns may be kept at a place."""

    def do(tx: SuppliesStore) -> None:
        cupboard = tx.cupboard(place)
        tx.save(cupboard, publish(cupboard.limit(millilitres)), community=place)

    store.transaction(act, do)


def bring_in(tx: SuppliesStore, place: str, item: str, lots: Sequence[Lot], kind: MovementKind, paper: Paper) -> Entry:
    """Within a transaction: goods arrive, within the limit for dangerous ones, and count towards what the place needs.

    Raises UnknownItem, AlreadyExpired, TooMuchDangerous.
    """
    entry = _put_in(tx, place, item, lots, kind, paper, admitting=True)
    fulfil(tx, place, item, sum(lot.quantity for lot in lots))
    return entry


def bring_back(tx: SuppliesStore, place: str, item: str, lots: Sequence[Lot], paper: Paper) -> Entry:
    """Within a transaction: goods that left come back: they had their room here, and are nothing new. Raises UnknownItem."""
    return _put_in(tx, place, item, lots, "moved-in", paper, admitting=False)


def take_out(tx: SuppliesStore, place: str, item: str, quantity: int, kind: MovementKind, paper: Paper) -> Entry:
    """Within a transaction: what expires first leaves first. Raises UnknownItem, NotEnough."""
    stock = tx.stock(place, item)
    return write(tx, stock, tx.item(item), stock.give_out(quantity, day_of(tx.act), kind), paper)


def write(
    tx: SuppliesStore,
    stock: Stock,
    item: Item,
    happened: Sequence[StockEvent],
    paper: Paper,
    *,
    admitting: bool = False,
) -> Entry:
    """The stock, its new lines and the cupboard's content as one. `admitting`: what comes may still be turned away."""
    lines = lines_of(happened)
    if lines and tx.act.actor is not None:
        stock.keeper = tx.act.actor
    changed_ml = sum(line.quantity for line in lines) * item.dangerous_ml
    if changed_ml:
        cupboard = tx.cupboard(stock.place)
        if admitting:
            cupboard.admit(changed_ml)
        else:
            cupboard.note(changed_ml)
        tx.save(cupboard, community=stock.place)
    tx.save_all(
        [(stock, publish(happened)), *((_movement(tx.act, line, paper), ()) for line in lines)], community=stock.place
    )
    return Entry(stock, lines)


def day_of(act: Command) -> date:
    return act.at.astimezone(SHANGHAI).date()


def _put_in(
    tx: SuppliesStore, place: str, item: str, lots: Sequence[Lot], kind: MovementKind, paper: Paper, *, admitting: bool
) -> Entry:
    stock, today = tx.stock(place, item), day_of(tx.act)
    happened = [one for lot in lots for one in stock.take_in(lot.quantity, lot.batch, today, kind)]
    return write(tx, stock, tx.item(item), happened, paper, admitting=admitting)


def _by_hand(
    store: SuppliesStore,
    act: Command,
    place: str,
    item: str,
    do: Callable[[Stock, date], list[StockEvent]],
    paper: Paper,
) -> Entry:
    def run(tx: SuppliesStore) -> Entry:
        stock = tx.stock(place, item)
        return write(tx, stock, tx.item(item), do(stock, day_of(act)), paper)

    return store.transaction(act, run)


def watch(store: SuppliesStore, stock_id: str) -> bool:
    """A new day may have let a lot expire or a rate change: a stock is looked at once a day, so that two replicas say what follows
    once. Whether it had not been today."""
    act = Command()
    today = day_of(act)

    def do(tx: SuppliesStore) -> bool:
        stock = tx.load(Stock, stock_id)
        if stock.watched >= today:
            return False
        tx.save(stock, publish(stock.watch(today)), community=stock.place)
        return True

    return store.transaction(act, do)


WATCH_STOCK = Task("watch-stock", every=10, do=watch, due=lambda store: store.unwatched(day_of(Command())))


def _movement(act: Command, line: Moved, paper: Paper) -> Movement:
    return Movement(
        id=f"{act.id}-{line.place}-{line.item}-{line.number}",
        place=line.place, item=line.item, kind=line.kind, quantity=line.quantity, code=line.code, expires=line.expires,
        number=line.number, balance=line.balance, at=act.at, actor=act.actor, reason=paper.reason, document=paper.document,
    )  # fmt: skip
