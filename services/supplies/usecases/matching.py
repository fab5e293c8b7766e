"""Which pledge should go where, and why: worked out anew at every look, confirmed by a person who accepts the pledge."""

from collections.abc import Sequence
from fractions import Fraction

from services.supplies.domain.matching import Match, Offered, Wanted, match
from services.supplies.domain.pledges import Pledge
from services.supplies.store import SuppliesStore, promised
from services.supplies.usecases.stock import day_of
from shared.kernel.command import Command


def matches(store: SuppliesStore, act: Command) -> list[Match]:
    """For all pledges that nobody has accepted yet, against all confirmed needs of the district."""
    offers = [_offered(one) for one in store.pledges("made")]
    return match(offers, wants(store, act), day_of(act)) if offers else []


def wants(store: SuppliesStore, act: Command) -> list[Wanted]:
    """What donors may be asked for: confirmed, fresh, and less what is promised or on the way."""
    today = day_of(act)
    stocks = {(stock.place, stock.item): stock for stock in store.stocks()}
    pledges, transfers = store.pledges("accepted"), store.transfers()
    found = []
    for need in store.needs():
        if need.is_shown:
            stock = stocks.get((need.place, need.item))
            coming = promised(pledges, transfers, need.place, need.item)
            missing = None if need.missing is None else max(need.missing - coming, 0)
            days_left = stock.days_left(today) if stock else None
            per_day = stock.use.per_day(today) if stock else Fraction(0)
            found.append(
                Wanted(need.id, need.place, need.item, missing, need.urgency, need.raised_at, days_left, per_day)
            )
    return found


def in_sight(found: Sequence[Match], pledges: Sequence[Pledge]) -> dict[str, Match]:
    """Of all matches those of these pledges, by pledge."""
    shown = {one.id for one in pledges}
    return {one.pledge: one for one in found if one.pledge in shown}


def _offered(pledge: Pledge) -> Offered:
    return Offered(pledge.id, pledge.item, pledge.quantity, pledge.place, pledge.expires, pledge.made_at)
