"""Fairness as a stated measure: each load spread in proportion to what people offered, what they served before counted in.

The cost of a load is its square over the offer, step by step: least when all carry the same part of what they offered, and
convex with whole steps, so that a solver's linear relaxation sees it exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import gcd

from services.shifts.rota.problem import WEEK, WEEKEND, Assignment, Load, Person, Plan, Problem

HOUR = 60


@dataclass(frozen=True)
class Kind:
    """One kind of load: how it is read, and how much one step of it is in the measure's unit (an hour, a night, a day)."""

    name: str
    of: Callable[[Load], int]
    step: int
    unit: int = 1


@dataclass(frozen=True)
class Share:
    """One person's part: `carried` before and in the plan, and the `fair` part of all there is by what they offered."""

    person: str
    offered: Load
    carried: Load
    fair: Load


def kinds(problem: Problem) -> list[tuple[Kind, int]]:
    """The kinds of load that matter here, each with its weight."""
    step = gcd(*(turn.length for turn in problem.turns)) or HOUR
    weighed = [
        (Kind("minutes", lambda load: load.minutes, step, HOUR), problem.evenly.minutes),
        (Kind("nights", lambda load: load.nights, 1), problem.evenly.nights),
        (Kind("weekends", lambda load: load.weekends, 1), problem.evenly.weekends),
    ]
    return [(kind, weight) for kind, weight in weighed if weight]


def offered(problem: Problem, person: Person) -> Load:
    """What this person could do at most of what is needed: no more than all cells they may take, and than the caps on hours."""
    cells = {need.cell for need in problem.needs if problem.may(person, need)}
    cells |= {one.cell for one in problem.fixed_of[person.id]}
    minutes = sum(problem.turn[turn].length for _, turn in cells)
    days = {day + ahead for day, turn in cells for ahead in range(len(problem.turn[turn].minutes))}
    caps = [minutes]
    if person.most_minutes is not None:
        caps.append(person.most_minutes)
    if person.most_minutes_a_day is not None:
        caps.append(person.most_minutes_a_day * len(days))
    if person.most_minutes_a_week is not None:
        caps.append(person.most_minutes_a_week * len({day // WEEK for day in days}))
    nights = sum(1 for _, turn in cells if problem.turn[turn].nights)
    return Load(min(caps), nights, len({day for day, _ in cells if day % WEEK in WEEKEND}))


def step_costs(problem: Problem, kind: Kind, weight: int, offers: dict[str, Load], person: Person) -> list[int]:
    """What each further step of a load costs for this person; never less than the step before."""
    all_offers = [offer for one in offers.values() if (offer := kind.of(one)) > 0]
    own = kind.of(offers[person.id])
    carried = [kind.of(problem.load([one])) for one in problem.fixed_of[person.id]]
    most = -(-max(own, sum(carried)) // kind.step)
    if not most:
        return []
    mean = sum(all_offers) // len(all_offers) if all_offers else 1
    before = kind.of(person.served)
    levels = [before + number * kind.step for number in range(most + 1)]
    squares = [level * level for level in levels]
    return [
        weight * (after - now) * mean // (max(own, kind.step) * kind.unit * kind.unit)
        for now, after in pairwise(squares)
    ]


def shares(problem: Problem, plan: Plan) -> list[Share]:
    """Who carries what, beside what would be fair."""
    offers = {person.id: offered(problem, person) for person in problem.people}
    carried = {person.id: _sum(person.served, problem.load(_own(plan, person))) for person in problem.people}
    all_carried, all_offered = _sum(*carried.values()), _sum(*offers.values())

    def fair(offer: Load) -> Load:
        return Load(
            _part(all_carried.minutes, offer.minutes, all_offered.minutes),
            _part(all_carried.nights, offer.nights, all_offered.nights),
            _part(all_carried.weekends, offer.weekends, all_offered.weekends),
        )

    return [Share(one.id, offers[one.id], carried[one.id], fair(offers[one.id])) for one in problem.people]


def _own(plan: Plan, person: Person) -> list[Assignment]:
    return [one for one in plan if one.person == person.id]


def _sum(*loads: Load) -> Load:
    return Load(sum(one.minutes for one in loads), sum(one.nights for one in loads), sum(one.weekends for one in loads))


def _part(there: int, offer: int, all_offers: int) -> int:
    return round(there * offer / all_offers) if all_offers else 0
