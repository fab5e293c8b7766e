"""Offering a place to somebody else, and taking up such an offer."""

from services.shifts.domain import swaps
from services.shifts.domain.rosters import Roster
from services.shifts.domain.shifts import Shift
from services.shifts.domain.swaps import Swap
from services.shifts.store import ShiftsStore
from services.shifts.usecases.saving import publish, save_shifts
from shared.jobs.scheduler import Task
from shared.kernel.command import Command
from shared.kernel.errors import NotFound
from shared.kernel.ids import now


def offer_swap(
    store: ShiftsStore, act: Command, account: str, *, shift: str, taker: str | None, in_return: str | None
) -> Swap:
    """Offers the caller's own place. Raises NotFound and the rules of offer_swap."""

    def do(tx: ShiftsStore) -> Swap:
        giver = _own(tx, account)
        wanted = tx.load(Shift, in_return) if in_return else None
        swap, happened = swaps.offer_swap(act.id, tx.load(Shift, shift), giver, taker, wanted, act.at)
        tx.save(swap, publish(happened))
        return swap

    return store.transaction(act, do)


def accept_swap(store: ShiftsStore, act: Command, account: str, swap_id: str) -> Swap:
    """The places change hands; every rule is asked again. Raises NotFound and the rules of accept_swap."""

    def do(tx: ShiftsStore) -> Swap:
        swap = tx.load(Swap, swap_id)
        taker, giver = _own(tx, account), tx.load(Roster, swap.giver)
        shift = tx.load(Shift, swap.shift)
        in_return = tx.load(Shift, swap.in_return) if swap.in_return else None
        accepted, happened, returned = swaps.accept_swap(swap, giver, taker, shift, in_return, tx.rules(), act.at)
        tx.save(swap, publish(accepted))
        changed = [(shift, happened), *([(in_return, returned)] if in_return else [])]
        save_shifts(tx, changed, {giver.id: giver, taker.id: taker})
        return swap

    return store.transaction(act, do)


def decline_swap(store: ShiftsStore, act: Command, account: str, swap_id: str) -> Swap:
    """Raises NotFound, SwapNotYours, SwapSettled."""

    def do(tx: ShiftsStore) -> Swap:
        swap = tx.load(Swap, swap_id)
        tx.save(swap, publish(swap.decline(_own(tx, account).id)))
        return swap

    return store.transaction(act, do)


def withdraw_swap(store: ShiftsStore, act: Command, account: str, swap_id: str) -> Swap:
    """Raises NotFound, SwapNotYours, SwapSettled."""

    def do(tx: ShiftsStore) -> Swap:
        swap = tx.load(Swap, swap_id)
        tx.save(swap, publish(swap.withdraw(_own(tx, account).id)))
        return swap

    return store.transaction(act, do)


def lapse_swap(store: ShiftsStore, swap_id: str) -> bool:
    """An offer nobody took before the first of its shifts began; whether it was still open."""

    def do(tx: ShiftsStore) -> bool:
        swap = tx.load(Swap, swap_id)
        happened = swap.lapse()
        if happened:
            tx.save(swap, publish(happened))
        return bool(happened)

    return store.transaction(Command(), do)


LAPSE_SWAPS = Task("lapse-swaps", every=30, do=lapse_swap, due=lambda store: store.overdue_swaps(now()))


def _own(tx: ShiftsStore, account: str) -> Roster:
    roster = tx.roster_of(account)
    if roster is None:
        raise NotFound
    return roster
