"""Taking shifts and giving them back, waiting for a place, standing by."""

from collections.abc import Callable
from dataclasses import dataclass

from services.shifts.domain import claims
from services.shifts.domain.facts import ShiftEvent
from services.shifts.domain.rosters import Roster
from services.shifts.domain.rules import Rules
from services.shifts.domain.shifts import Shift
from services.shifts.store import ShiftsStore
from services.shifts.usecases.saving import people_of, save_shifts
from shared.kernel.command import Command
from shared.kernel.errors import NotAllowed

Wish = Callable[[Shift, Roster | None, Rules], list[ShiftEvent]]


@dataclass(frozen=True)
class Asker:
    """Who asks for a shift: `leading` (staff, captains) may act for any volunteer, others for themselves."""

    account: str
    leading: bool


def claim_shift(store: ShiftsStore, act: Command, asker: Asker, shift_id: str, volunteer: str | None) -> Shift:
    """Gives the asker, or the volunteer they assign, a place. Raises NotFound, NotAllowed and the rules of take_shift."""

    def do(tx: ShiftsStore) -> Shift:
        assigned = volunteer if asker.leading else None
        shift, roster, rules = tx.wish_for(shift_id, asker.account, assigned)
        if roster is not None and volunteer not in (None, roster.id):
            raise NotAllowed
        how = "assigned" if assigned is not None else "own"
        happened = claims.take_shift(shift, roster, rules, act.at, leading=asker.leading, how=how)
        if roster is not None:
            save_shifts(tx, [(shift, happened)], {roster.id: roster})
        return shift

    return store.transaction(act, do)


def release_shift(store: ShiftsStore, act: Command, asker: Asker, shift_id: str, volunteer: str) -> Shift:
    """Before the start a place is given back; afterwards who leads says who did not come. Raises NotFound, NotAllowed and the
    rules of leave_shift and miss_shift."""

    def do(tx: ShiftsStore) -> Shift:
        shift, roster = tx.load(Shift, shift_id), tx.load(Roster, volunteer)
        if not asker.leading and roster.account != asker.account:
            raise NotAllowed
        people = people_of(tx, [shift], roster)
        if asker.leading and act.at >= shift.starts:
            happened = claims.miss_shift(shift, roster, act.at)
        else:
            happened = claims.leave_shift(shift, roster, people, tx.rules(), act.at, leading=asker.leading)
        save_shifts(tx, [(shift, happened)], people)
        return shift

    return store.transaction(act, do)


def wait_for_place(store: ShiftsStore, act: Command, account: str, shift_id: str) -> Shift:
    """Raises NotFound and the rules of wait_for_place."""
    return _wish(
        store, act, account, shift_id, lambda shift, roster, rules: claims.wait_for_place(shift, roster, rules, act.at)
    )


def stand_by(store: ShiftsStore, act: Command, account: str, shift_id: str) -> Shift:
    """Raises NotFound and the rules of stand_by."""
    return _wish(
        store, act, account, shift_id, lambda shift, roster, rules: claims.stand_by(shift, roster, rules, act.at)
    )


def forget_wishes(store: ShiftsStore, act: Command, account: str, shift_id: str) -> Shift:
    """Neither wait for this shift nor stand by any more; nothing where this person did neither. Raises NotFound."""
    return _wish(
        store, act, account, shift_id, lambda shift, roster, _rules: shift.forget_wishes(roster.id) if roster else []
    )


def _wish(store: ShiftsStore, act: Command, account: str, shift_id: str, wish: Wish) -> Shift:
    def do(tx: ShiftsStore) -> Shift:
        shift, roster, rules = tx.wish_for(shift_id, account)
        save_shifts(tx, [(shift, wish(shift, roster, rules))], {})
        return shift

    return store.transaction(act, do)
