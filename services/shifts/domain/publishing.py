"""A proposal becomes assignments: places are given up, then taken, each by the ordinary rules; what a rule refuses is left out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from services.shifts.domain.claims import fill, take_shift
from services.shifts.domain.closures import Happened
from services.shifts.domain.facts import ShiftEvent
from services.shifts.domain.proposals import Place
from services.shifts.domain.rosters import Roster
from services.shifts.domain.rules import Rules
from services.shifts.domain.shifts import Shift
from shared.kernel.errors import RuleBroken


def put_into_force(
    leaving: Sequence[Place], taking: Sequence[Place], shifts: Mapping[str, Shift], people: Mapping[str, Roster],
    rules: Rules, at: datetime,
) -> tuple[Happened, list[Place]]:  # fmt: skip
    """What happens to each shift, and the places that could not be taken. Whoever stands there already is not made to leave."""
    happened: dict[str, list[ShiftEvent]] = defaultdict(list)
    refused = []
    for place in leaving:
        shift, roster = shifts.get(place.shift), people.get(place.volunteer)
        if shift is not None and roster is not None and at < shift.starts:
            happened[shift.id] += shift.unseat([roster.id], "captain")
            if shift.claim_of(roster.id) is None:
                roster.drop(shift.id)
    for place in taking:
        shift, roster = shifts.get(place.shift), people.get(place.volunteer)
        try:
            if shift is not None:
                happened[shift.id] += take_shift(shift, roster, rules, at, leading=True, how="assigned")
        except RuleBroken:
            refused.append(place)
    for shift_id in {place.shift for place in leaving} & shifts.keys():
        happened[shift_id] += fill(shifts[shift_id], people, rules, at)
    return [(shifts[shift_id], events) for shift_id, events in happened.items()], refused
