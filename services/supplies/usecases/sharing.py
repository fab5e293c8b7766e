"""A scarce delivery in the district's store, shared among the communities: proposed with reasons, then confirmed by a person."""

from collections.abc import Callable, Sequence

from services.supplies.domain import sharing as domain
from services.supplies.domain.sharing import Claim, Sharing, share_out
from services.supplies.domain.stock import NotEnough
from services.supplies.store import SuppliesStore, moving, promised
from services.supplies.usecases.stock import day_of
from services.supplies.usecases.transfers import agreed_by_sharing
from shared.events.contracts import registry
from shared.events.envelope import DISTRICT
from shared.kernel.command import Command

publish = registry.publisher({
    domain.SharingProposed: "supplies.sharing.proposed.v1",
    domain.SharingConfirmed: "supplies.sharing.confirmed.v1",
    domain.SharingDropped: "supplies.sharing.dropped.v1",
})  # fmt: skip


def propose(store: SuppliesStore, act: Command, *, item: str, quantity: int) -> Sharing:
    """Raises UnknownItem, NotEnough, NotAPack, NobodyNeedsIt."""

    def do(tx: SuppliesStore) -> Sharing:
        kind = tx.item(item)
        _check_there(tx, act, item, quantity)
        lines = share_out(quantity, kind.pack, claims(tx, act, item))
        sharing = Sharing(act.id, item, quantity, kind.pack, act.at, lines)
        tx.save(sharing, publish([sharing.proposed()]))
        return sharing

    return store.transaction(act, do)


def confirm(store: SuppliesStore, act: Command, sharing: str) -> Sharing:
    """A transfer to each place is agreed; what they get leaves the store when it is sent. Raises SharingNotWaiting, NotEnough."""

    def do(tx: SuppliesStore) -> Sharing:
        one = tx.load(Sharing, sharing)
        _check_there(tx, act, one.item, one.given)
        tx.save(one, publish(one.confirm()))
        for number, line in enumerate(line for line in one.lines if line.given):
            agreed_by_sharing(tx, f"{act.id}-{number}", line.place, one.item, line.given, one.id)
        return one

    return store.transaction(act, do)


def drop(store: SuppliesStore, act: Command, sharing: str) -> Sharing:
    """Raises SharingNotWaiting."""
    return _change(store, act, sharing, Sharing.drop)


def load(store: SuppliesStore, sharing: str) -> Sharing:
    """Raises NotFound."""
    return store.load(Sharing, sharing)


def claims(tx: SuppliesStore, act: Command, item: str) -> list[Claim]:
    """Every community that needs the item: a confirmed need counts with what is still missing, a shortage without one as much
    as fills the store up. What is on the way counts as there; what donors promise is not there yet, but is not given twice."""
    today = day_of(act)
    needs = {need.place: need for need in tx.needs(item=item) if need.is_shown}
    stocks = {stock.place: stock for stock in tx.stocks(item=item) if stock.place != DISTRICT}
    pledges, transfers = tx.pledges("accepted"), tx.transfers(item=item)
    found = []
    for place in sorted({*needs, *(place for place, stock in stocks.items() if stock.short)}):
        stock = stocks.get(place) or tx.stock(place, item)
        missing = needs[place].missing if place in needs else None
        wanted = None if missing is None else max(missing - promised(pledges, transfers, place, item), 0)
        have = stock.usable(today) + moving(transfers, place, item)
        found.append(Claim(place, have, stock.use.per_day(today), wanted))
    return found


def _check_there(tx: SuppliesStore, act: Command, item: str, quantity: int) -> None:
    """What is shared out already but not sent yet is not there to be shared again. Raises NotEnough."""
    agreed = [one for one in tx.transfers(DISTRICT, item) if (one.sender, one.state) == (DISTRICT, "agreed")]
    free = tx.stock(DISTRICT, item).usable(day_of(act)) - sum(one.quantity for one in agreed)
    if quantity > free:
        raise NotEnough("quantity", usable=max(free, 0))


def _change(store: SuppliesStore, act: Command, sharing: str, change: Callable[[Sharing], Sequence[object]]) -> Sharing:
    def do(tx: SuppliesStore) -> Sharing:
        one = tx.load(Sharing, sharing)
        tx.save(one, publish(change(one)))
        return one

    return store.transaction(act, do)
