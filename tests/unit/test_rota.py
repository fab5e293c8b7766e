"""The rota that makes itself: every plan is judged by a checker of its own, small cases also by trying every plan there is."""

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.shifts.rota import greedy
from services.shifts.rota.checker import breaches_of, check
from services.shifts.rota.fairness import shares
from services.shifts.rota.problem import (
    Assignment,
    Bar,
    Evenly,
    Load,
    Most,
    Need,
    Person,
    Plan,
    Problem,
    Skill,
    Turn,
    Wish,
    lacking,
)
from services.shifts.rota.reasons import gaps
from services.shifts.solver import model
from services.shifts.solver.process import Solver, SolverDied
from services.shifts.solver.repair import Repairer
from services.shifts.solver.search import Search
from services.shifts.solver.wire import Task
from tests.lengths import examples

DAY = Turn("day", (480,), bars=(("day", "night"), ()))
NIGHT = Turn("night", (240, 240), (1,), (("day", "night"), ("day",)))
TURNS = (DAY, NIGHT)
SECONDS = 10.0


def solve(problem: Problem) -> tuple[str, Plan | None, int | None]:
    result = Search(problem, SECONDS, lambda _: None).run()
    return result.state, result.plan, result.cost


def needs(days: int, heads: int = 1, turn: str = "day", post: str = "gate") -> tuple[Need, ...]:
    return tuple(Need(day, turn, post, heads, too_few=1_000_000) for day in range(days))


@st.composite
def people(draw: st.DrawFn, days: int) -> tuple[Person, ...]:
    cells = list(product(range(days), ("day", "night")))
    found = []
    for number in range(draw(st.integers(1, 2))):
        cannot = draw(st.lists(st.sampled_from(cells), unique=True, max_size=3))
        wishes = draw(st.lists(st.tuples(st.sampled_from(cells), st.integers(1, 9), st.booleans()), max_size=2))
        found.append(Person(
            f"p{number}",
            skills=draw(st.sampled_from([(), (Skill("driving"),), (Skill("driving", 2),)])),
            cannot=tuple(Bar(*cell, "not-offered") for cell in cannot),
            most_of=draw(st.sampled_from([(), (Most("night", 1),)])),
            least_minutes=draw(st.sampled_from([0, 0, 480, 1440])),
            most_minutes=draw(st.sampled_from([None, 960])),
            most_minutes_a_day=draw(st.sampled_from([None, 240, 480])),
            most_minutes_a_week=draw(st.sampled_from([None, 960])),
            most_nights_in_a_row=draw(st.sampled_from([None, 1])),
            longest_run=draw(st.sampled_from([None, 1, 2])),
            shortest_run=draw(st.sampled_from([1, 2])),
            shortest_break=draw(st.sampled_from([1, 2])),
            most_weekends=draw(st.sampled_from([None, 0])),
            wishes=tuple(Wish(*cell, weight, wanted) for cell, weight, wanted in wishes),
            served=draw(st.sampled_from([Load(), Load(960, 1, 1)])),
        ))  # fmt: skip
    return tuple(found)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    days = draw(st.sampled_from([3, 4]))
    cells = draw(
        st.lists(st.sampled_from(list(product(range(days), ("day", "night")))), unique=True, min_size=1, max_size=5)
    )
    wanted = tuple(
        Need(
            day, turn, post, draw(st.integers(1, 2)), draw(st.sampled_from([None, None, "driving"])), 100,
            draw(st.sampled_from([None, 3])),
        )
        for day, turn in cells
        for post in draw(st.sampled_from([("east",), ("east", "west")]))
    )  # fmt: skip
    team = draw(people(days))
    one = draw(st.sampled_from(wanted)).taken_by(team[0].id)
    return Problem(
        days, TURNS, team, wanted[:6],
        fixed=frozenset({one}) if one.place in {need.place for need in wanted[:6]} and draw(st.booleans()) else frozenset(),
        before=frozenset({wanted[-1].taken_by(team[-1].id)}) if wanted[-1] in wanted[:6] else frozenset(),
        keep=draw(st.sampled_from([0, 40])), evenly=draw(st.sampled_from([Evenly(), Evenly(2, 5, 3)])),
    )  # fmt: skip


def plans_of(problem: Problem, person: Person) -> Iterator[Plan]:
    """All of one person's plans that break no rule."""
    places = [need.taken_by(person.id) for need in problem.needs]
    for size in range(len(places) + 1):
        for chosen in combinations(places, size):
            plan = frozenset(chosen)
            if problem.fixed_of[person.id] == sorted(plan & problem.fixed) and not breaches_of(problem, person, plan):
                yield plan


def best_of_all(problem: Problem) -> int | None:
    each = [list(plans_of(problem, person)) for person in problem.people]
    verdicts = (check(problem, frozenset().union(*choice)) for choice in product(*each))
    return min((verdict.cost for verdict in verdicts if not verdict.breaches), default=None)


@settings(max_examples=examples(100))
@given(problems())
def test_a_plan_is_the_best_that_trying_all_finds_or_there_is_none_and_the_reason_is_true(problem: Problem) -> None:
    state, plan, cost = solve(problem)
    least = best_of_all(problem)
    if state == "infeasible":
        assert least is None
        stuck = model.impossible(problem)
        assert stuck
        for person, rules in stuck:
            assert rules
            assert not list(plans_of(problem, person))
        return
    assert plan is not None
    verdict = check(problem, plan)
    assert (state, verdict.breaches, verdict.cost, cost) == ("optimal", [], cost, least)


@settings(max_examples=examples(40))
@given(problems())
def test_lifting_all_rules_that_are_stated_lets_a_gap_be_filled(problem: Problem) -> None:
    _, plan, _ = solve(replace(problem, evenly=Evenly()))
    if plan is None:
        return
    for gap in gaps(problem, plan):
        for near in gap.near:
            person = problem.person[near.person]
            freed, turns = lift(person, {breach.rule for breach in near.stopped_by}), problem.turns
            if any(breach.rule == "rest" for breach in near.stopped_by):
                turns = tuple(replace(turn, bars=()) for turn in turns)
            easier = replace(
                problem, turns=turns, people=tuple(freed if one is person else one for one in problem.people)
            )
            own = frozenset(one for one in plan if one.person == person.id) | {gap.need.taken_by(person.id)}
            same_hours = any(one.cell == gap.need.cell for one in plan if one.person == person.id)
            assert same_hours or breaches_of(easier, freed, own) == []


def lift(person: Person, rules: set[str]) -> Person:
    lifted = {
        "not-offered": {"cannot": ()}, "skill": {"skills": (Skill("driving"),)}, "most-of-kind": {"most_of": ()},
        "most-hours": {"most_minutes": None}, "hours-a-day": {"most_minutes_a_day": None},
        "hours-a-week": {"most_minutes_a_week": None}, "nights": {"most_nights_in_a_row": None},
        "longest-run": {"longest_run": None}, "shortest-run": {"shortest_run": 1}, "shortest-break": {"shortest_break": 1},
        "weekends": {"most_weekends": None}, "rest": {},
    }  # fmt: skip
    for rule in rules:
        person = replace(person, **lifted[rule])
    return person


def test_a_gap_names_the_rule_that_kept_the_nearest_and_is_filled_once_it_is_lifted() -> None:
    tired, elsewhere = Person("li", most_minutes_a_week=960), Person("wang", cannot=(Bar(2, "day", "not-offered"),))
    problem = Problem(3, TURNS, (tired,), needs(3))
    _, plan, _ = solve(problem)
    assert plan is not None
    (gap,) = gaps(problem, plan)
    assert [breach.rule for breach in gap.near[0].stopped_by] == ["hours-a-week"]
    _, plan, _ = solve(replace(problem, people=(lift(tired, {"hours-a-week"}),)))
    assert lacking(problem, plan or frozenset()) == []
    (gap,) = gaps(replace(problem, people=(elsewhere,)), frozenset(need.taken_by("wang") for need in needs(2)))
    assert [breach.rule for breach in gap.near[0].stopped_by] == ["not-offered"]


def test_the_share_of_each_follows_what_they_offered_and_what_they_served() -> None:
    half = tuple(Bar(day, "day", "not-offered") for day in range(0, 12, 2))
    team = (Person("a"), Person("b", cannot=half), Person("c", served=Load(minutes=480 * 3)))
    problem = Problem(12, TURNS, team, needs(12), evenly=Evenly(minutes=4))
    _, plan, _ = solve(problem)
    carried = {share.person: share.carried.minutes // 480 for share in shares(problem, plan or frozenset())}
    assert carried == {"a": 6, "b": 3, "c": 6}


def test_what_is_fixed_stands_though_it_breaks_a_rule_and_no_more_is_put_beside_it() -> None:
    both = frozenset({Assignment("a", 0, "night", "gate"), Assignment("a", 1, "day", "gate")})
    person = Person("a", most_minutes_a_week=480)
    problem = Problem(3, TURNS, (person,), (*needs(3), Need(0, "night", "gate", 1)), fixed=both)
    state, plan, _ = solve(problem)
    assert (state, plan) == ("optimal", both)


@settings(max_examples=examples(25))
@given(st.data())
def test_a_repair_disturbs_the_fewest_people_that_trying_all_finds(data: st.DataObject) -> None:
    team = tuple(
        Person(f"p{number}", most_minutes_a_week=960, cannot=tuple(
            Bar(day, "day", "not-offered") for day in range(4) if data.draw(st.integers(0, 3)) == 0
        )) for number in range(3)
    )  # fmt: skip
    problem = Problem(4, TURNS, team, needs(4))
    published = greedy.fill(problem, frozenset())
    ill = replace(team[0], cannot=tuple(Bar(day, "day", "ill") for day in range(4)))
    broken = replace(problem, people=(ill, *team[1:]), before=published)
    healed = Repairer(broken, SECONDS).run()
    assert healed.proven
    assert check(broken, healed.plan).breaches == []
    stands = frozenset(one for one in published if one.person != ill.id)
    others = product(*(list(plans_of(broken, person)) for person in team[1:]))
    tried = [frozenset().union(*choice) for choice in others]
    valid = [plan for plan in tried if not check(broken, plan).breaches]
    fewest = min((len(lacking(broken, plan)), len({one.person for one in plan ^ stands})) for plan in valid)
    assert (healed.lacks, len(healed.disturbed)) == fewest


def test_the_solvers_own_process_tells_its_progress_and_stops_with_the_best_when_told() -> None:
    team = tuple(Person(f"p{number}", most_minutes_a_week=2400, most_nights_in_a_row=2) for number in range(12))
    wanted = tuple(need for turn in ("day", "night") for post in "abc" for need in needs(14, turn=turn, post=post))
    solver = Solver(Task("plan", Problem(14, TURNS, team, wanted, evenly=Evenly(3, 7, 5)), 600))
    told = []
    for news in solver.news():
        told.append(news)
        if news.cost is not None:
            solver.stop()
    assert told[-1].ended in {"feasible", "optimal"}
    assert told[-1].plan


def test_a_solver_that_is_killed_is_noticed() -> None:
    solver = Solver(Task("plan", Problem(14, TURNS, (Person("a"),), needs(14)), 600))
    os.kill(solver.pid, 9)
    with pytest.raises(SolverDied):
        list(solver.news())
