"""What happens to a shift; each is told to others as an event of the same name."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Planned:
    post: str
    starts: datetime
    ends: datetime
    head_count: int
    skill: str | None


@dataclass(frozen=True)
class NeedChanged:
    head_count: int


@dataclass(frozen=True)
class Moved:
    post: str


@dataclass(frozen=True)
class Cancelled:
    closure: str | None = None


@dataclass(frozen=True)
class Restored:
    pass


@dataclass(frozen=True)
class Claimed:
    volunteer: str
    how: str = "own"


@dataclass(frozen=True)
class Released:
    volunteer: str
    why: str = "own"


@dataclass(frozen=True)
class WaitedFor:
    volunteer: str


@dataclass(frozen=True)
class WaitEnded:
    volunteer: str


@dataclass(frozen=True)
class StoodBy:
    volunteer: str


@dataclass(frozen=True)
class StandByEnded:
    volunteer: str


@dataclass(frozen=True)
class ReminderDue:
    volunteer: str
    hours: int


@dataclass(frozen=True)
class Missed:
    volunteer: str


@dataclass(frozen=True)
class CheckedIn:
    volunteer: str
    at: datetime
    late: int = 0


@dataclass(frozen=True)
class CheckedOut:
    volunteer: str
    at: datetime
    minutes: int


@dataclass(frozen=True)
class GapOpened:
    missing: int


@dataclass(frozen=True)
class GapClosed:
    pass


ShiftEvent = (
    Planned | NeedChanged | Moved | Cancelled | Restored | Claimed | Released | WaitedFor | WaitEnded | StoodBy
    | StandByEnded | ReminderDue | Missed | CheckedIn | CheckedOut | GapOpened | GapClosed
)  # fmt: skip
