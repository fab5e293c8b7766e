"""What is on a mission's record: offers, steps and proofs; and how long teams are given to answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

Answer = Literal["waiting", "declined", "handed-back"]


class Patience(NamedTuple):
    """How long after the opening nobody may have accepted, until more teams and until the district office are asked."""

    teams: timedelta
    district: timedelta


PATIENCE = {
    "at-once": Patience(timedelta(minutes=10), timedelta(minutes=20)),
    "today": Patience(timedelta(hours=1), timedelta(hours=2)),
    "week": Patience(timedelta(hours=12), timedelta(hours=24)),
}


@dataclass
class Offer:
    team: str
    at: datetime
    answer: Answer = "waiting"
    reason: str = ""


@dataclass
class Proof:
    team: str
    at: datetime
    areas: str
    agent: str
    litres: int
    people: int
    photo: str


@dataclass
class Step:
    """One line of the mission's record: what happened (the event's name), to or by which team, and in what words."""

    at: datetime
    what: str
    team: str | None = None
    words: str = ""
