"""What passes between a service and its solver: one JSON document a line, and the word that stops."""

from dataclasses import dataclass
from typing import Literal

from cattrs.preconf.orjson import make_converter

from services.shifts.rota.problem import Assignment, Problem

STOP = b"stop\n"
wire = make_converter()


@dataclass(frozen=True)
class Task:
    """A rota to be made, or one to be healed with the fewest people disturbed, within so many seconds."""

    kind: Literal["plan", "repair"]
    problem: Problem
    seconds: float
    seed: int = 0


@dataclass(frozen=True)
class News:
    """How far it is; the last one says how it `ended`. `plan` None: no better one than told before.

    `bound`: no plan costs less. `disturbed`: of a repair, those whose duties change although nothing happened to them.
    `stuck`: people who have no plan at all, each with rules that exclude each other.
    """

    seconds: float
    cost: int | None = None
    bound: int = 0
    plan: tuple[Assignment, ...] | None = None
    ended: Literal["optimal", "feasible", "infeasible", "unknown"] | None = None
    disturbed: tuple[str, ...] = ()
    stuck: tuple[tuple[str, tuple[str, ...]], ...] = ()
