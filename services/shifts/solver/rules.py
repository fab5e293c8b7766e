"""One person's rules as equations: sums over windows of days, for automata and flows were slower here."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from ortools.sat.python import cp_model

from services.shifts.rota.problem import WEEK, WEEKEND, Cell, Person, Problem

Linear = Any  # a variable, a sum of them or a number: OR-Tools' own types for these are many
Patterns = Mapping[str, list[list[tuple[int, str]]]]

RULES = (
    "rest", "most-of-kind", "least-hours", "most-hours", "hours-a-day", "hours-a-week", "nights", "longest-run",
    "shortest-run", "shortest-break", "weekends",
)  # fmt: skip


class Rules:
    """One person's rules over the cells they may take."""

    def __init__(self, cp: cp_model.CpModel, problem: Problem, person: Person, cells: Mapping[Cell, Linear]) -> None:
        self.cp, self.problem, self.person, self.cells = cp, problem, person, cells
        self.fixed = {one.cell for one in problem.fixed_of[person.id]}
        self.of_day: dict[int, list[Linear]] = defaultdict(list)
        for (day, _), takes in cells.items():
            self.of_day[day].append(takes)
        self._works: dict[int, Linear] | None = None

    def add(self, name: str, patterns: Patterns) -> None:
        if name == "rest":
            self._rest(patterns)
        else:
            getattr(self, "_" + name.replace("-", "_"))()

    @property
    def works(self) -> dict[int, Linear]:
        """Whether this person works, day by day."""
        if self._works is None:
            one_a_day = all(
                set(turn.bars[0] if turn.bars else ()) >= self.problem.turn.keys() for turn in self.problem.turns
            )
            self._works = {day: self._any(self.of_day[day], one_a_day) for day in range(self.problem.days)}
        return self._works

    def _any(self, takes: list[Linear], one_a_day: bool) -> Linear:  # noqa: FBT001
        if one_a_day or len(takes) <= 1:
            return sum(takes)
        there = self.cp.new_bool_var("")
        self.cp.add_max_equality(there, takes)
        return there

    def _rest(self, patterns: Patterns) -> None:
        for day, turn in self.cells:
            for pattern in patterns[turn]:
                at_once = [cell for ahead, other in pattern if (cell := (day + ahead, other)) in self.cells]
                free = [cell for cell in at_once if cell not in self.fixed]
                if len(free) == len(at_once) and len(at_once) > 1:
                    self.cp.add(sum(self.cells[cell] for cell in at_once) <= 1)
                elif free and len(at_once) > 1:  # one of them is fixed
                    self.cp.add(sum(self.cells[cell] for cell in free) == 0)

    def _most_of_kind(self) -> None:
        for most in self.person.most_of:
            cells = [cell for cell in self.cells if cell[1] == most.turn]
            self._at_most(most.times, dict.fromkeys(cells, 1))

    def _least_hours(self) -> None:
        if self.person.least_minutes:
            self.cp.add(self._minutes() >= self.person.least_minutes)

    def _most_hours(self) -> None:
        if self.person.most_minutes is not None:
            self._at_most(self.person.most_minutes, {cell: self.problem.turn[cell[1]].length for cell in self.cells})

    def _hours_a_day(self) -> None:
        if self.person.most_minutes_a_day is not None:
            for minutes in self._minutes_by(1).values():
                self._at_most(self.person.most_minutes_a_day, minutes)

    def _hours_a_week(self) -> None:
        if self.person.most_minutes_a_week is not None:
            for minutes in self._minutes_by(WEEK).values():
                self._at_most(self.person.most_minutes_a_week, minutes)

    def _nights(self) -> None:
        most = self.person.most_nights_in_a_row
        if most is None:
            return
        nights: dict[int, list[Cell]] = defaultdict(list)
        for day, turn in self.cells:
            for ahead in self.problem.turn[turn].nights:
                nights[day + ahead].append((day, turn))
        works = {
            night: 1
            if self.fixed.intersection(cells)
            else self._any([self.cells[cell] for cell in cells], one_a_day=False)
            for night, cells in nights.items()
        }
        for first in works:
            run = [works.get(first + ahead, 0) for ahead in range(most + 1)]
            if not all(isinstance(night, int) for night in run):
                self.cp.add(sum(run) <= most)

    def _longest_run(self) -> None:
        most = self.person.longest_run
        if most is not None:
            days = self._fixed_days()
            for first in range(self.problem.days - most):
                if not days.issuperset(range(first, first + most + 1)):
                    self.cp.add(sum(self.works[first + ahead] for ahead in range(most + 1)) <= most)

    def _shortest_run(self) -> None:
        for length in range(1, self.person.shortest_run):
            for before in range(self.problem.days - length - 1):
                run = sum(self.works[before + ahead] for ahead in range(1, length + 1))
                self.cp.add(run - self.works[before] - self.works[before + length + 1] <= length - 1)

    def _shortest_break(self) -> None:
        for length in range(1, self.person.shortest_break):
            for before in range(self.problem.days - length - 1):
                run = sum(self.works[before + ahead] for ahead in range(1, length + 1))
                self.cp.add(self.works[before] + self.works[before + length + 1] - run <= 1)

    def _weekends(self) -> None:
        most = self.person.most_weekends
        if most is None:
            return
        days = self._fixed_days()
        worked = []
        for saturday in range(WEEKEND[0], self.problem.days, WEEK):
            weekend = [day for day in (saturday, saturday + 1) if day < self.problem.days]
            worked.append(
                (self._any([self.works[day] for day in weekend], one_a_day=False), days.intersection(weekend))
            )
        self.cp.add(sum(takes for takes, _ in worked) <= max(most, sum(1 for _, fixed in worked if fixed)))

    def _fixed_days(self) -> set[int]:
        return {day for day, _ in self.fixed}

    def _minutes(self) -> Linear:
        return sum(self.problem.turn[turn].length * takes for (_, turn), takes in self.cells.items())

    def _minutes_by(self, days: int) -> dict[int, dict[Cell, int]]:
        """How many minutes each cell has in each span of so many days."""
        spans: dict[int, dict[Cell, int]] = defaultdict(lambda: defaultdict(int))
        for day, turn in self.cells:
            for ahead, minutes in enumerate(self.problem.turn[turn].minutes):
                if minutes:
                    spans[(day + ahead) // days][day, turn] += minutes
        return spans

    def _at_most(self, most: int, parts: Mapping[Cell, int]) -> None:
        stands = sum(part for cell, part in parts.items() if cell in self.fixed)
        self.cp.add(sum(part * self.cells[cell] for cell, part in parts.items()) <= max(most, stands))


def cliques(problem: Problem) -> dict[str, list[list[tuple[int, str]]]]:
    """For each turn, sets of turns around it (days ahead, turn) of which nobody may take two; together they hold every bar."""
    pairs = {
        (turn.id, ahead, other) for turn in problem.turns for ahead, others in enumerate(turn.bars) for other in others
    }

    def barred(one: tuple[int, str], other: tuple[int, str]) -> bool:
        (day, turn), (later_day, later) = sorted([one, other], key=lambda at: at[0])
        ahead = later_day - day
        return (turn, ahead, later) in pairs or (ahead == 0 and (later, 0, turn) in pairs)

    patterns: dict[str, list[list[tuple[int, str]]]] = {}
    for turn in problem.turns:
        found: list[list[tuple[int, str]]] = []
        around = [
            (ahead, other)
            for ahead, others in enumerate(turn.bars)
            for other in others
            if (ahead, other) != (0, turn.id)
        ]
        for one in around:
            fits = next((clique for clique in found if all(barred(one, other) for other in clique)), None)
            if fits is None:
                found.append([one])
            else:
                fits.append(one)
        patterns[turn.id] = [[(0, turn.id), *clique] for clique in found]
    return patterns
