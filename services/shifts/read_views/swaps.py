"""Offers to swap or hand over a shift, as the one who gives and the one who might take it see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from services.shifts.domain.rosters import Roster
from services.shifts.domain.shifts import Shift
from services.shifts.domain.swaps import Swap
from services.shifts.read_views.shifts import ShiftView, Viewer, called
from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

LOOKS_AHEAD = timedelta(days=14)
MOST_OFFERED = 40


@dataclass(frozen=True)
class SwapView:
    """`giver` and `taker`: what they are called; `refusal`: the rule that keeps the caller from accepting now."""

    id: str
    shift: ShiftView
    in_return: ShiftView | None
    giver: Text
    taker: Text | None
    is_mine: bool
    is_for_me: bool
    refusal: RuleBroken | None


@dataclass(frozen=True)
class Swaps:
    """Open offers: those to the caller by name, those to anybody that would suit them, and the caller's own."""

    to_me: list[SwapView]
    to_anybody: list[SwapView]
    mine: list[SwapView]


@dataclass(frozen=True)
class Exchange:
    """A colleague's shift that could be had for one's own, every rule asked for both."""

    volunteer: str
    who: Text
    shift: ShiftView


@dataclass(frozen=True)
class Choices:
    """How the caller may be rid of a shift: whom it would suit, and which colleague's shift they could have for it."""

    shift: ShiftView
    takers: list[tuple[str, Text]]
    exchanges: list[Exchange]


def open_swaps(viewer: Viewer) -> Swaps:
    if viewer.roster is None:
        return Swaps([], [], [])
    seen = [swap_view(viewer, swap) for swap in viewer.store.open_swaps(viewer.at)]
    anybody = [one for one in seen if not one.is_mine and one.taker is None and one.refusal is None]
    named = [one for one in seen if one.is_for_me and one.taker is not None]
    return Swaps(named, anybody, [one for one in seen if one.is_mine])


def swap_view(viewer: Viewer, swap: Swap) -> SwapView:
    shifts = {one.id: one for one in viewer.store.shifts([swap.shift, *([swap.in_return] if swap.in_return else [])])}
    names = viewer.store.names([swap.giver, *([swap.taker] if swap.taker else [])])
    in_return = shifts[swap.in_return] if swap.in_return else None
    me = viewer.roster.id if viewer.roster else ""
    return SwapView(
        swap.id,
        viewer.seen([shifts[swap.shift]])[0],
        viewer.seen([in_return])[0] if in_return else None,
        called(swap.giver, names.get(swap.giver)),
        called(swap.taker, names.get(swap.taker)) if swap.taker else None,
        swap.giver == me,
        bool(me) and swap.is_for(me),
        _refusal(viewer, shifts[swap.shift], in_return),
    )


def choices(viewer: Viewer, shift: Shift) -> Choices:
    """The next of the colleagues' shifts come first."""
    fitting = list(_exchanges(viewer, shift))[:MOST_OFFERED]
    return Choices(viewer.shift(shift.id), _takers(viewer, shift), fitting)


def _takers(viewer: Viewer, shift: Shift) -> list[tuple[str, Text]]:
    me = viewer.roster.id if viewer.roster else ""
    fitting = [one.id for one in viewer.store.approved() if one.id != me and not _keeps_from(viewer, one, shift, ())]
    return viewer.called(fitting)


def _exchanges(viewer: Viewer, shift: Shift) -> Iterator[Exchange]:
    mine = viewer.roster
    if mine is None:
        return
    others = {one.id: one for one in viewer.store.approved() if one.id != mine.id and shift.claim_of(one.id) is None}
    ahead = [
        one
        for one in viewer.store.starting(viewer.at, viewer.at + LOOKS_AHEAD)
        if one.id != shift.id and not one.cancelled
    ]
    suiting = [
        one for one in ahead if one.claim_of(mine.id) is None and not _keeps_from(viewer, mine, one, (shift.id,))
    ]
    views = {one.id: one for one in viewer.seen(suiting)}
    for one in suiting:
        for claim in one.claims:
            colleague = others.get(claim.volunteer)
            if claim.is_awaited and colleague and not _keeps_from(viewer, colleague, shift, (one.id,)):
                person = next(person for person in views[one.id].claims if person.volunteer == claim.volunteer)
                yield Exchange(claim.volunteer, person.called, views[one.id])


def _refusal(viewer: Viewer, shift: Shift, in_return: Shift | None) -> RuleBroken | None:
    if viewer.roster is None or shift.claim_of(viewer.roster.id):
        return None
    return _keeps_from(viewer, viewer.roster, shift, (in_return.id,) if in_return else ())


def _keeps_from(viewer: Viewer, roster: Roster, shift: Shift, without: tuple[str, ...]) -> RuleBroken | None:
    try:
        roster.check_fit(shift, viewer.rules, without=without)
    except RuleBroken as rule:
        return rule
    return None
