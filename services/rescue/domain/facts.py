"""What happens to a mission."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Job:
    """What is to be disinfected, as the community told it."""

    place: str
    building: str | None
    kind: str
    why: str
    urgency: str
    due: datetime


@dataclass(frozen=True)
class Opened(Job):
    pass


@dataclass(frozen=True, kw_only=True)
class Offered(Job):
    teams: Sequence[str]


@dataclass(frozen=True)
class Accepted:
    team: str
    name: str
    name_en: str


@dataclass(frozen=True)
class SecondAdded:
    team: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Declined:
    team: str
    reason: str


@dataclass(frozen=True)
class HandedBack:
    team: str
    reason: str


@dataclass(frozen=True)
class SetOut:
    team: str


@dataclass(frozen=True)
class Begun:
    team: str


@dataclass(frozen=True)
class SteppedBack:
    team: str
    state: str


@dataclass(frozen=True)
class Finished:
    team: str
    areas: str
    agent: str
    litres: int
    people: int


@dataclass(frozen=True)
class Confirmed:
    pass


@dataclass(frozen=True)
class FoundWanting:
    why: str
    due: datetime


@dataclass(frozen=True)
class Cancelled:
    by: str
    reason: str


@dataclass(frozen=True)
class Escalated:
    to: str
    why: str


MissionEvent = (
    Opened | Offered | Accepted | SecondAdded | Declined | HandedBack | SetOut | Begun | SteppedBack | Finished | Confirmed
    | FoundWanting | Cancelled | Escalated
)  # fmt: skip
