"""Needs that are alike but for their posts are one pool in the model; who stands at which post is dealt out after."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from services.shifts.rota.problem import Assignment, Need, Plan, Problem


@dataclass(eq=False)
class Pool:
    """Needs that are alike but for their posts: the model asks only how many come, and who stands where is dealt out after.

    `taken`: by others, whom the model does not plan, at each post.
    """

    needs: list[Need] = field(default_factory=list)
    takes: dict[str, Any] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)

    @property
    def heads(self) -> int:
        return sum(need.heads for need in self.needs)


def pools_of(problem: Problem, others: Plan) -> list[Pool]:
    """A post where more people stand than are needed is a pool of its own, for some of them may have to leave it."""
    stood = Counter(one.place for one in problem.fixed | problem.before)
    taken = Counter(one.place for one in others)
    pools: dict[tuple[object, ...], Pool] = defaultdict(Pool)
    for need in problem.needs:
        apart = stood[need.place] > need.heads
        pool = pools[need.cell, need.skill, need.too_few, need.too_many, need.post if apart else None]
        pool.needs.append(need)
        pool.taken[need.post] += taken[need.place]
    return list(pools.values())


def deal(problem: Problem, pool: Pool, people: list[str]) -> set[Assignment]:
    """Who stands where: those who are fixed or were there before stay, the others fill what is open, post after post."""
    at = {person: [need.taken_by(person) for need in pool.needs] for person in people}
    dealt = {one for person in people for one in at[person] if one in problem.fixed}
    dealt |= {
        one for person in people for one in at[person] if one in problem.before and not dealt.intersection(at[person])
    }
    there = pool.taken + Counter(one.post for one in dealt)
    for person in people:
        if not dealt.intersection(at[person]):
            need = next((need for need in pool.needs if there[need.post] < need.heads), pool.needs[0])
            dealt.add(need.taken_by(person))
            there[need.post] += 1
    return dealt
