"""What a rota has to solve, and a plan that solves it: plain data, the same for a community and for a published benchmark.

Day 0 is a Monday. A `day` and a `turn` are a cell; a cell, a post and a person are an assignment.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

WEEK = 7
WEEKEND = (5, 6)

Cell = tuple[int, str]
Place = tuple[int, str, str]  # day, turn, post


class Assignment(NamedTuple):
    person: str
    day: int
    turn: str
    post: str

    @property
    def cell(self) -> Cell:
        return self.day, self.turn

    @property
    def place(self) -> Place:
        return self.day, self.turn, self.post


Plan = frozenset[Assignment]


@dataclass(frozen=True)
class Turn:
    """`minutes`: on the day it begins, on the next, and so on. `nights`: after how many days it touches a night (0: at once).

    `bars[n]`: the turns that nobody may take `n` days after the day this one begins, for they overlap or leave no rest.
    """

    id: str
    minutes: tuple[int, ...]
    nights: tuple[int, ...] = ()
    bars: tuple[tuple[str, ...], ...] = ()

    @property
    def length(self) -> int:
        return sum(self.minutes)


@dataclass(frozen=True)
class Bar:
    """A turn somebody cannot take; `why` is a code, such as `not-offered` or `on-loan`."""

    day: int
    turn: str
    why: str


@dataclass(frozen=True)
class Wish:
    """For a turn (`wanted`) or against it; not meeting it costs `weight`."""

    day: int
    turn: str
    weight: int
    wanted: bool = True


@dataclass(frozen=True)
class Skill:
    """Good until the end of the day before `until`; None for ever."""

    name: str
    until: int | None = None


@dataclass(frozen=True)
class Most:
    turn: str
    times: int


@dataclass(frozen=True)
class Load:
    """What somebody carries, or can: minutes, turns that touch a night, days at a weekend."""

    minutes: int = 0
    nights: int = 0
    weekends: int = 0


@dataclass(frozen=True)
class Person:
    """One person's rules; None: no limit. Runs are of days with a turn, or without; at the ends of the horizon a run that is too
    short counts as long enough outside it, and one that may become too long begins there. `served`: before this rota."""

    id: str
    skills: tuple[Skill, ...] = ()
    cannot: tuple[Bar, ...] = ()
    most_of: tuple[Most, ...] = ()
    least_minutes: int = 0
    most_minutes: int | None = None
    most_minutes_a_day: int | None = None
    most_minutes_a_week: int | None = None
    most_nights_in_a_row: int | None = None
    longest_run: int | None = None
    shortest_run: int = 1
    shortest_break: int = 1
    most_weekends: int | None = None
    wishes: tuple[Wish, ...] = ()
    served: Load = field(default_factory=Load)

    @cached_property
    def kept_from(self) -> dict[Cell, str]:
        return {(bar.day, bar.turn): bar.why for bar in self.cannot}

    def is_good_at(self, skill: str, last_day: int) -> bool:
        return any(one.name == skill and (one.until is None or last_day < one.until) for one in self.skills)


@dataclass(frozen=True)
class Need:
    """`heads` people at a post in a turn; each that lacks costs `too_few`, each beyond costs `too_many` (None: never beyond)."""

    day: int
    turn: str
    post: str
    heads: int
    skill: str | None = None
    too_few: int = 100
    too_many: int | None = None

    @property
    def cell(self) -> Cell:
        return self.day, self.turn

    @property
    def place(self) -> Place:
        return self.day, self.turn, self.post

    def taken_by(self, person: str) -> Assignment:
        return Assignment(person, self.day, self.turn, self.post)


@dataclass(frozen=True)
class Evenly:
    """How much it matters that each load is spread as people offered: weights of the squares of what each carries."""

    minutes: int = 0
    nights: int = 0
    weekends: int = 0


@dataclass(frozen=True)
class Problem:
    """`fixed` stands whatever the rules say; they decide what may come beside it. Giving up one of `before` costs `keep`."""

    days: int
    turns: tuple[Turn, ...]
    people: tuple[Person, ...]
    needs: tuple[Need, ...]
    fixed: Plan = frozenset()
    before: Plan = frozenset()
    keep: int = 0
    evenly: Evenly = field(default_factory=Evenly)

    @cached_property
    def turn(self) -> dict[str, Turn]:
        return {turn.id: turn for turn in self.turns}

    @cached_property
    def person(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}

    @cached_property
    def need(self) -> dict[Place, Need]:
        return {need.place: need for need in self.needs}

    @cached_property
    def fixed_of(self) -> dict[str, list[Assignment]]:
        """Each person's own, by time."""
        return {person.id: sorted(one for one in self.fixed if one.person == person.id) for person in self.people}

    def may(self, person: Person, need: Need) -> bool:
        """Whether nothing but other turns could keep this person from it."""
        last_day = need.day + len(self.turn[need.turn].minutes) - 1
        return need.cell not in person.kept_from and (need.skill is None or person.is_good_at(need.skill, last_day))

    def still_may(self, one: Assignment) -> bool:
        """Whether there is still such a need and person, and nothing but other turns could keep the two apart."""
        need, person = self.need.get(one.place), self.person.get(one.person)
        return need is not None and person is not None and (one in self.fixed or self.may(person, need))

    def load(self, assignments: Iterable[Assignment]) -> Load:
        """What these bring with them, for one person."""
        own = list(assignments)
        turns = [self.turn[one.turn] for one in own]
        weekends = {one.day for one in own if one.day % WEEK in WEEKEND}
        return Load(sum(turn.length for turn in turns), sum(1 for turn in turns if turn.nights), len(weekends))


def lacking(problem: Problem, plan: Plan) -> list[tuple[Need, int]]:
    """The needs that a plan leaves open, and how many people each lacks."""
    there = Counter(one.place for one in plan)
    short = [(need, need.heads - there[need.place]) for need in problem.needs]
    return [(need, heads) for need, heads in short if heads > 0]
