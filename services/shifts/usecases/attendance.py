"""Who stands at the post: checking in and out by code or by a captain, who is late or missed it, and reminders before."""

from collections.abc import Callable

from services.shifts.domain import codes
from services.shifts.domain.facts import ShiftEvent
from services.shifts.domain.refusals import CodeUsed, NoShiftHere
from services.shifts.domain.shifts import Claim, Shift
from services.shifts.store import ShiftsStore
from services.shifts.usecases.saving import publish, save_shifts
from shared.jobs.scheduler import Task
from shared.kernel.command import Command
from shared.kernel.ids import now


def check_in(store: ShiftsStore, act: Command, shift_id: str, volunteer: str) -> Shift:
    """A captain sees this person at the post. Raises NotFound and the rules of Shift.check_in."""
    return _note(store, act, shift_id, lambda shift: shift.check_in(volunteer, act.at))


def check_out(store: ShiftsStore, act: Command, shift_id: str, volunteer: str) -> Shift:
    """Raises NotFound and the rules of Shift.check_out."""
    return _note(store, act, shift_id, lambda shift: shift.check_out(volunteer, act.at))


def confirm(store: ShiftsStore, act: Command, shift_id: str, volunteer: str) -> Shift:
    """Whoever scanned the printed code was there since then, a captain says. Raises NotFound, NotHeld, NothingToConfirm."""
    return _note(store, act, shift_id, lambda shift: shift.confirm(volunteer))


def scan(store: ShiftsStore, act: Command, account: str, post: str, ticket: str) -> Shift:
    """Whoever scanned the post's code checks in to their shift there or, being on duty, out of it; each code once.

    The printed code only says that they are there. Raises CodeStale, NoShiftHere, CodeUsed and the rules of checking in.
    """
    read = codes.read_ticket(store.code_secret(), post, account, ticket, act.at)

    def do(tx: ShiftsStore) -> Shift:
        shift, claim = duty_here(tx, account, post, act)
        if read.window in claim.windows:
            raise CodeUsed
        happened = _scanned(shift, claim, read, act)
        if read.window is not None:
            claim.windows.append(read.window)
        tx.save(shift, publish(happened))
        return shift

    return store.transaction(act, do)


def duty_here(store: ShiftsStore, account: str, post: str, act: Command) -> tuple[Shift, Claim]:
    """The shift that a code of this post, scanned now, is for. Raises NoShiftHere."""
    roster = store.roster_of(account)
    duties = store.duties_at(post, roster.id, act.at) if roster else []
    if roster is None or not duties:
        raise NoShiftHere
    shift = next((one for one in duties if one.held_by(roster.id).on_duty), duties[-1])
    return shift, shift.held_by(roster.id)


def watch_clock(store: ShiftsStore, shift_id: str) -> bool:
    """Announces what time alone made happen to a shift: a gap opened or ended, reminders, missed duty; once, however many replicas
    look. Whether anything did."""
    act = Command()

    def do(tx: ShiftsStore) -> bool:
        shift = tx.load(Shift, shift_id)
        happened = [*shift.finish(act.at), *shift.remind(act.at), *shift.watch(act.at)]
        save_shifts(tx, [(shift, happened)], {})
        return bool(happened)

    return store.transaction(act, do)


WATCH_CLOCK = Task("watch-clock", every=30, do=watch_clock, due=lambda store: store.with_clock_news(now()))


def _scanned(shift: Shift, claim: Claim, scan_: codes.Scan, act: Command) -> list[ShiftEvent]:
    if scan_.window is None:
        return shift.say_there(claim.volunteer, act.at)
    if claim.checked_in is None:
        return shift.check_in(claim.volunteer, act.at)
    return shift.check_out(claim.volunteer, act.at)


def _note(store: ShiftsStore, act: Command, shift_id: str, note: Callable[[Shift], list[ShiftEvent]]) -> Shift:
    def do(tx: ShiftsStore) -> Shift:
        shift = tx.load(Shift, shift_id)
        save_shifts(tx, [(shift, note(shift))], {})
        return shift

    return store.transaction(act, do)
