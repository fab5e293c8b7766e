"""A first plan at once: need after need, the scarcest first, goes to whoever may and carries the least part of their offer."""

from collections import defaultdict

from services.shifts.rota import fairness
from services.shifts.rota.checker import breaches_of
from services.shifts.rota.problem import Assignment, Need, Person, Plan, Problem, lacking


def fill(problem: Problem, plan: Plan) -> Plan:
    """The plan with every need filled that anybody can take beside it, breaking no rule that was kept before."""
    own: dict[str, set[Assignment]] = defaultdict(set)
    for one in plan:
        own[one.person].add(one)
    offers = {person.id: fairness.offered(problem, person).minutes for person in problem.people}
    able = {
        need: [person for person in problem.people if problem.may(person, need)] for need, _ in lacking(problem, plan)
    }

    def carries(person: Person) -> float:
        minutes = person.served.minutes + problem.load(own[person.id]).minutes
        return minutes / max(offers[person.id], 1)

    def fits(person: Person, need: Need) -> bool:
        one = need.taken_by(person.id)
        if any(other.cell == need.cell for other in own[person.id]):
            return False
        before = breaches_of(problem, person, frozenset(own[person.id]))
        return len(breaches_of(problem, person, frozenset({*own[person.id], one}))) <= len(before)

    for need, heads in sorted(
        lacking(problem, plan), key=lambda open_: (len(able[open_[0]]), open_[0].day, open_[0].turn)
    ):
        for _ in range(heads):
            taker = next((person for person in sorted(able[need], key=carries) if fits(person, need)), None)
            if taker is not None:
                own[taker.id].add(need.taken_by(taker.id))
    return frozenset(one for assignments in own.values() for one in assignments)
