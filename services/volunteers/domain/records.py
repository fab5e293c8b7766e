"""What volunteers have done: duties that shifts verified, deeds that staff saw, and how both are honoured."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI

DeedKind = Literal["donated", "carried", "taught", "cared", "other"]

# 志愿服务记录办法 (Ministry of Civil Affairs, 民函〔2012〕340号): whoever has served 100, 300, 600, 1000, 1500 hours may be
# rated one to five stars.
HOURS_OF_STARS = (100, 300, 600, 1000, 1500)


@dataclass(frozen=True)
class Duty:
    """One person's place in one shift, as its community's shifts told of it: `at` the check-out (before that the check-in, or
    the word that nobody came), `late` minutes, `minutes` of duty once checked out."""

    community: str
    shift: str
    at: datetime
    post: Text | None = None
    late: int = 0
    minutes: int | None = None
    missed: bool = False

    @property
    def month(self) -> str:
        """`2020-02`, by Shanghai's clock."""
        return f"{self.at.astimezone(SHANGHAI):%Y-%m}"


@dataclass
class Deed:
    """A good deed that staff put on record. A withdrawn one was a mistake and is shown no more."""

    id: str
    community: str
    volunteer: str
    day: date
    kind: DeedKind
    what: str
    withdrawn: bool = False


@dataclass(frozen=True)
class Months:
    """The minutes of each month, the latest first, and of all of them."""

    minutes: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.minutes.values())


def by_month(duties: Iterable[Duty]) -> Months:
    minutes: dict[str, int] = {}
    for duty in duties:
        if duty.minutes is not None:
            minutes[duty.month] = minutes.get(duty.month, 0) + duty.minutes
    return Months(dict(sorted(minutes.items(), reverse=True)))


def stars(minutes: int) -> int:
    return sum(minutes >= hours * 60 for hours in HOURS_OF_STARS)


def hours_to_next_star(minutes: int) -> int | None:
    """In whole hours, cut up; None for who has all five."""
    ahead = [hours * 60 - minutes for hours in HOURS_OF_STARS if minutes < hours * 60]
    return -(-ahead[0] // 60) if ahead else None
