"""Reads the text format of the published Shift Scheduling Benchmark (schedulingbenchmarks.org) into the rota's own problem."""

from collections import defaultdict
from pathlib import Path

from services.shifts.rota.problem import Bar, Most, Need, Person, Problem, Turn, Wish


def read(path: Path) -> Problem:
    sections: dict[str, list[list[str]]] = defaultdict(list)
    section = ""
    for line in path.read_text().splitlines():
        if line.startswith("SECTION_"):
            section = line.strip()
        elif line.strip() and not line.startswith("#"):
            sections[section].append([field.strip() for field in line.split(",")])
    shifts = sections["SECTION_SHIFTS"]
    every = tuple(name for name, *_ in shifts)
    turns = [
        Turn(name, (int(minutes),), bars=(every, tuple(one for one in after.split("|") if one)))
        for name, minutes, after in shifts
    ]
    off: dict[str, list[int]] = {name: [int(day) for day in days] for name, *days in sections["SECTION_DAYS_OFF"]}
    wishes: dict[str, list[Wish]] = defaultdict(list)
    for wanted, name in ((True, "SECTION_SHIFT_ON_REQUESTS"), (False, "SECTION_SHIFT_OFF_REQUESTS")):
        for person, day, turn, weight in sections[name]:
            wishes[person].append(Wish(int(day), turn, int(weight), wanted))
    people = [
        Person(
            id=name,
            cannot=tuple(Bar(day, turn, "day-off") for day in off.get(name, []) for turn in every),
            most_of=tuple(Most(turn, int(times)) for turn, times in (one.split("=") for one in most.split("|"))),
            least_minutes=int(least_minutes),
            most_minutes=int(most_minutes),
            longest_run=int(longest),
            shortest_run=int(shortest),
            shortest_break=int(days_off),
            most_weekends=int(weekends),
            wishes=tuple(wishes[name]),
        )
        for name, most, most_minutes, least_minutes, longest, shortest, days_off, weekends in sections["SECTION_STAFF"]
    ]
    needs = [
        Need(int(day), turn, "", int(heads), too_few=int(under), too_many=int(over))
        for day, turn, heads, under, over in sections["SECTION_COVER"]
    ]
    return Problem(int(sections["SECTION_HORIZON"][0][0]), tuple(turns), tuple(people), tuple(needs))
