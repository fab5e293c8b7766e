"""Sixty volunteers, three gates, around the clock, fourteen days: the rota a community asks for, made from a seed."""

import random

from services.shifts.rota.problem import Bar, Evenly, Need, Person, Problem, Skill, Turn

DAYS = 14
HOURS = (0, 4, 8, 12, 16, 20)
REST = 10
GATES = ("gate-1", "gate-2", "gate-3")


def sixty(seed: int = 1, people: int = 60) -> Problem:
    """Turns of four hours; one gate wants a driver by day; everybody offers some parts of the week, as volunteers do."""
    chance = random.Random(seed)
    turns = tuple(_turn(hour) for hour in HOURS)
    needs = tuple(
        Need(day, f"{hour:02}", gate, 1, "driving" if (gate, hour) == ("gate-3", 8) else None, too_few=100_000)
        for day in range(DAYS)
        for hour in HOURS
        for gate in GATES
    )
    return Problem(
        DAYS, turns, tuple(_person(number, chance) for number in range(people)), needs, evenly=Evenly(4, 20, 10)
    )


def _turn(hour: int) -> Turn:
    same = tuple(f"{other:02}" for other in HOURS if other < hour + 4 + REST and other + 4 + REST > hour)
    next_day = tuple(f"{other:02}" for other in HOURS if other + 24 < hour + 4 + REST)
    return Turn(f"{hour:02}", (240,), (0,) if hour < 6 else (), (same, next_day))


def _person(number: int, chance: random.Random) -> Person:
    offered = {
        (weekend, hour) for weekend in (False, True) for hour in HOURS if chance.random() < (0.35 if hour < 8 else 0.5)
    }
    cannot = [
        Bar(day, f"{hour:02}", "not-offered")
        for day in range(DAYS)
        for hour in HOURS
        if (day % 7 >= 5, hour) not in offered
    ]
    return Person(
        f"v{number:02}",
        skills=(Skill("driving"),) if number % 3 == 0 else (),
        cannot=tuple(cannot),
        most_minutes_a_day=12 * 60,
        most_minutes_a_week=40 * 60,
        most_nights_in_a_row=3,
    )
