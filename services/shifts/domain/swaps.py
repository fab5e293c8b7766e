"""Swaps and hand-overs: a place goes to somebody else, and every rule is asked again when they accept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.shifts.domain.claims import seat
from services.shifts.domain.facts import ShiftEvent
from services.shifts.domain.refusals import (
    NotApproved,
    ShiftCancelled,
    SwapNotYours,
    SwapSettled,
    SwapWithYourself,
)
from services.shifts.domain.rosters import Roster
from services.shifts.domain.rules import Rules
from services.shifts.domain.shifts import Shift

Kind = Literal["swap", "hand-over"]


@dataclass(frozen=True)
class SwapOffered:
    kind: Kind
    shift: str
    giver: str
    taker: str | None
    in_return: str | None


@dataclass(frozen=True)
class SwapAccepted:
    taker: str


@dataclass(frozen=True)
class SwapDeclined:
    pass


@dataclass(frozen=True)
class SwapWithdrawn:
    pass


@dataclass(frozen=True)
class SwapLapsed:
    pass


SwapEvent = SwapOffered | SwapAccepted | SwapDeclined | SwapWithdrawn | SwapLapsed


@dataclass
class Swap:
    """`giver` offers a place in `shift`: to `taker`, or (None) to whoever fits; for `in_return`, or (None) for nothing.

    `until` is when the first of the shifts begins: then the offer lapses.
    """

    id: str
    shift: str
    giver: str
    taker: str | None
    in_return: str | None
    at: datetime
    until: datetime
    state: Literal["open", "accepted", "declined", "withdrawn", "lapsed"] = "open"

    @property
    def kind(self) -> Kind:
        return "swap" if self.in_return else "hand-over"

    def is_for(self, volunteer: str) -> bool:
        return volunteer != self.giver and self.taker in (None, volunteer)

    def decline(self, volunteer: str) -> list[SwapEvent]:
        """Only who was named can say no. Raises SwapNotYours, SwapSettled."""
        if self.taker != volunteer:
            raise SwapNotYours
        self._settle("declined")
        return [SwapDeclined()]

    def withdraw(self, volunteer: str) -> list[SwapEvent]:
        """Raises SwapNotYours, SwapSettled."""
        if self.giver != volunteer:
            raise SwapNotYours
        self._settle("withdrawn")
        return [SwapWithdrawn()]

    def lapse(self) -> list[SwapEvent]:
        if self.state != "open":
            return []
        self.state = "lapsed"
        return [SwapLapsed()]

    def _settle(self, state: Literal["declined", "withdrawn"]) -> None:
        if self.state != "open":
            raise SwapSettled
        self.state = state


def offer_swap(
    id_: str, shift: Shift, giver: Roster, taker: str | None, in_return: Shift | None, at: datetime
) -> tuple[Swap, list[SwapEvent]]:
    """Raises SwapWithYourself, and what keeps either place from changing hands."""
    if taker == giver.id:
        raise SwapWithYourself("taker")
    _check_changes_hands(shift, giver.id, at)
    until = shift.starts
    if in_return is not None:
        if taker is None:
            raise SwapNotYours("taker")
        _check_changes_hands(in_return, taker, at)
        until = min(until, in_return.starts)
    swap = Swap(id_, shift.id, giver.id, taker, in_return.id if in_return else None, at, until)
    return swap, [SwapOffered(swap.kind, swap.shift, swap.giver, swap.taker, swap.in_return)]


def accept_swap(
    swap: Swap, giver: Roster, taker: Roster | None, shift: Shift, in_return: Shift | None, rules: Rules, at: datetime
) -> tuple[list[SwapEvent], list[ShiftEvent], list[ShiftEvent]]:
    """The places change hands together or not at all; what happened to the offer, the shift, and the one in return.

    Raises SwapNotYours, SwapSettled, what keeps a place from changing hands, and whatever keeps either person from their new shift.
    """
    if taker is None:
        raise NotApproved
    if not swap.is_for(taker.id):
        raise SwapNotYours
    if swap.state != "open" or shift.claim_of(giver.id) is None or shift.claim_of(taker.id) is not None:
        raise SwapSettled
    _check_changes_hands(shift, giver.id, at)
    given_up = () if in_return is None else (in_return.id,)
    taker.check_fit(shift, rules, without=given_up)
    if in_return is not None:
        if in_return.claim_of(taker.id) is None or in_return.claim_of(giver.id) is not None:
            raise SwapSettled
        _check_changes_hands(in_return, taker.id, at)
        giver.check_fit(in_return, rules, without=(shift.id,))
    swap.state = "accepted"
    happened = _change_hands(shift, giver, taker, swap.kind, at)
    returned = _change_hands(in_return, taker, giver, swap.kind, at) if in_return else []
    return [SwapAccepted(taker.id)], happened, returned


def _check_changes_hands(shift: Shift, holder: str, at: datetime) -> None:
    if shift.cancelled:
        raise ShiftCancelled
    shift.check_may_change_hands(holder, at)


def _change_hands(shift: Shift, giver: Roster, taker: Roster, how: Kind, at: datetime) -> list[ShiftEvent]:
    released = shift.unseat([giver.id], how)
    giver.drop(shift.id)
    return [*released, *seat(shift, taker, at, how)]
