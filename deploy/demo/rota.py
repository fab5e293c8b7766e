"""Who takes which turn of the demo's week: spread evenly, with a good rest, and with the places that are to stay open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from deploy.demo.doors import Account, Refused, patiently
from shared.i18n.timezone import SHANGHAI

REST = timedelta(hours=20)  # twice what the rule asks for: nobody is called out twice within a day
SETTLED_OTHERWISE = ("shift-full", "shifts-overlap", "too-little-rest", "shift-started", "shift-over")
FIRST_ONE_FREE = timedelta(days=2, hours=8)  # the demo volunteer still has room for what is open tonight and tomorrow
FIRST_ONE_MOST = 3
FIRST_ONE_REST = timedelta(hours=28)  # so that theirs fall on different hours

LeftOpen = frozenset[tuple[int, int, str]]  # day from 0, hour and post where one place stays free


@dataclass
class Helper:
    """An approved volunteer of the demo and the turns that are theirs, from the earliest moment they are free."""

    volunteer: str
    free_from: datetime
    most: int = 7
    rest: timedelta = REST
    turns: list[tuple[datetime, datetime]] = field(default_factory=list)

    def fits(self, starts: datetime, ends: datetime) -> bool:
        rested = all(starts >= end + self.rest or begin >= ends + self.rest for begin, end in self.turns)
        return rested and starts >= self.free_from and len(self.turns) < self.most


def helpers(volunteers: Sequence[str], today: date) -> list[Helper]:
    """In the order of their numbers; the first one is whom visitors sign in as."""
    midnight = datetime.combine(today, datetime.min.time(), SHANGHAI)
    first = Helper(volunteers[0], midnight + FIRST_ONE_FREE, FIRST_ONE_MOST, FIRST_ONE_REST)
    return [first, *(Helper(one, midnight) for one in volunteers[1:])]


def share_out(
    left_open: LeftOpen, shifts: Iterable[dict[str, Any]], team: Sequence[Helper], today: date, at: datetime
) -> list[tuple[str, str, datetime]]:
    """The claims still to be made, as (volunteer, shift, its start). `shifts`: as the board shows them.

    Those who hold a place keep it; every other wanted place goes to whoever has the fewest turns so far.
    """
    ahead = sorted((_Turn.of(one) for one in shifts if not one["cancelled"]), key=lambda one: (one.starts, one.id))
    by_id = {helper.volunteer: helper for helper in team}
    for turn in ahead:
        for volunteer in turn.held_by & by_id.keys():
            by_id[volunteer].turns.append((turn.starts, turn.ends))
    return [
        (helper.volunteer, turn.id, turn.starts)
        for turn in ahead
        if turn.ends > at
        for helper in _fill(turn, turn.lacking(left_open, today), team)
    ]


@dataclass(frozen=True)
class _Turn:
    id: str
    post: str
    starts: datetime
    ends: datetime
    heads: int
    held_by: set[str]

    @classmethod
    def of(cls, shift: dict[str, Any]) -> "_Turn":
        starts, ends = (datetime.fromisoformat(shift[name]).astimezone(SHANGHAI) for name in ("starts", "ends"))
        held_by = {claim["volunteer"] for claim in shift["claims"]}
        return cls(shift["id"], shift["post"], starts, ends, shift["head_count"], held_by)

    def lacking(self, left_open: LeftOpen, today: date) -> int:
        stays_open = ((self.starts.date() - today).days, self.starts.hour, self.post) in left_open
        return self.heads - stays_open - len(self.held_by)


def _fill(turn: _Turn, places: int, team: Sequence[Helper]) -> list[Helper]:
    free = [helper for helper in team if helper.fits(turn.starts, turn.ends)]
    chosen = sorted(free, key=lambda helper: len(helper.turns))[: max(places, 0)]
    for helper in chosen:
        helper.turns.append((turn.starts, turn.ends))
    return chosen


def take_place(claimant: Account, door: str, body: dict[str, str] | None = None) -> None:
    """The community learns by event who is approved, so its first answer may be that it has not heard yet."""

    def taken() -> bool:
        try:
            claimant.post(door, body, already=SETTLED_OTHERWISE)
        except Refused as refusal:
            if refusal.code == "volunteer-not-approved":
                return False
            raise
        return True

    patiently(taken, f"{door} to know the volunteer")
