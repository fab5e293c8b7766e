"""How each thing that happens here is told, and saving shifts together with the rosters they touch."""

from collections.abc import Iterable, Mapping, Sequence

from services.shifts.domain import cover, facts, posts, rosters, rules, swaps
from services.shifts.domain.facts import Claimed, Missed, Released, ShiftEvent
from services.shifts.domain.rosters import Roster
from services.shifts.domain.shifts import Shift
from services.shifts.store import ShiftsStore
from shared.events.contracts import registry

publish = registry.publisher({
    posts.PostOpened: "shifts.post.opened.v1",
    posts.PostChanged: "shifts.post.changed.v1",
    posts.ClosingPlanned: "shifts.post.closing-planned.v1",
    posts.ClosingWithdrawn: "shifts.post.closing-withdrawn.v1",
    posts.PostClosed: "shifts.post.closed.v1",
    posts.PostReopened: "shifts.post.reopened.v1",
    facts.Planned: "shifts.shift.planned.v1",
    facts.NeedChanged: "shifts.shift.need-changed.v1",
    facts.Moved: "shifts.shift.moved.v1",
    facts.Cancelled: "shifts.shift.cancelled.v1",
    facts.Restored: "shifts.shift.restored.v1",
    facts.Claimed: "shifts.shift.claimed.v1",
    facts.Released: "shifts.shift.released.v1",
    facts.WaitedFor: "shifts.shift.waited-for.v1",
    facts.WaitEnded: "shifts.shift.wait-ended.v1",
    facts.StoodBy: "shifts.shift.stood-by.v1",
    facts.StandByEnded: "shifts.shift.stand-by-ended.v1",
    facts.ReminderDue: "shifts.shift.reminder-due.v1",
    facts.Missed: "shifts.shift.missed.v1",
    facts.CheckedIn: "shifts.shift.checked-in.v1",
    facts.CheckedOut: "shifts.shift.checked-out.v1",
    facts.GapOpened: "shifts.shift.gap-opened.v1",
    facts.GapClosed: "shifts.shift.gap-closed.v1",
    swaps.SwapOffered: "shifts.swap.offered.v1",
    swaps.SwapAccepted: "shifts.swap.accepted.v1",
    swaps.SwapDeclined: "shifts.swap.declined.v1",
    swaps.SwapWithdrawn: "shifts.swap.withdrawn.v1",
    swaps.SwapLapsed: "shifts.swap.lapsed.v1",
    cover.CoverStarted: "shifts.cover.started.v1",
    cover.CoverAsked: "shifts.cover.asked.v1",
    cover.CoverAnswered: "shifts.cover.answered.v1",
    cover.CoverEscalated: "shifts.cover.escalated.v1",
    cover.CoverEnded: "shifts.cover.ended.v1",
    rosters.DatesReleased: "shifts.roster.dates-released.v1",
    rules.RulesChanged: "shifts.rules.changed.v1",
})  # fmt: skip

MOVES_DUTIES = (Claimed, Released, Missed)


def save_shifts(
    tx: ShiftsStore, happened: Iterable[tuple[Shift, Sequence[ShiftEvent]]], people: Mapping[str, Roster]
) -> None:
    """Saves each shift to which something happened, and the rosters of all whose duties that changed."""
    told = [(shift, events) for shift, events in happened if events]
    touched = {one.volunteer for _, events in told for one in events if isinstance(one, MOVES_DUTIES)}
    rosters_touched = [roster for roster in people.values() if roster.id in touched]
    tx.save_all([*((shift, publish(events)) for shift, events in told), *((roster, []) for roster in rosters_touched)])


def people_of(tx: ShiftsStore, shifts_: Iterable[Shift], *others: Roster) -> dict[str, Roster]:
    """The rosters of everybody who has, lost or waits for a place in these shifts; `others` are loaded already."""
    known = {roster.id: roster for roster in others}
    ids = {
        one for shift in shifts_ for one in (
            *(claim.volunteer for claim in shift.claims), *(wish.volunteer for wish in shift.waiting), *shift.lost,
        )
    }  # fmt: skip
    return {**tx.rosters(ids - known.keys()), **known}
