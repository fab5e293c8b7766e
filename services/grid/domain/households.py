"""Households (户), who lives in them, and what to mind there (care flags). Names and phones come here sealed."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.grid.domain.register import Unit
from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

Flag = Literal["old-alone", "isolation", "needs-help"]
FLAG_WORDS: dict[Flag, Text] = {
    "old-alone": Text("独居老人", "Old and alone"),
    "isolation": Text("居家隔离", "Isolating at home"),
    "needs-help": Text("需要帮助", "Needs help"),
}
OLD = 60
MOST_RESIDENTS = 30


class LivesThere(RuleBroken):
    code = "lives-there-already"
    says = Text("这户已经登记了同名的人。", "Somebody of this name is in this household already.")


class HouseholdFull(RuleBroken):
    code = "household-full"
    says = Text("一户最多登记 {limit} 人。", "A household has {limit} people at most.")


class StillLivedIn(RuleBroken):
    code = "still-lived-in"
    says = Text(
        "这户还有人登记，先把他们移出，再删除这户。",
        "People are registered here; remove them first, then the household.",
    )


@dataclass(frozen=True)
class Resident:
    """`id` follows from household and name, and tells neither; `born`: the year."""

    id: str
    name: bytes
    phone: bytes | None = None
    born: int | None = None


@dataclass(frozen=True)
class Care:
    """What to mind at this door, since when, and which account said so."""

    flag: Flag
    since: datetime
    by: str | None = None


@dataclass
class Household:
    """`counted`: what it adds to its unit, as last said."""

    id: str
    building: str
    unit: str
    door: str
    residents: list[Resident] = field(default_factory=list)
    care: list[Care] = field(default_factory=list)
    counted: Unit = field(default_factory=lambda: Unit(""))

    @property
    def flags(self) -> list[Flag]:
        return [one.flag for one in self.care]

    def take_in(self, resident: Resident) -> bool:
        """Whether that changed anything: who lives there already gets this phone and year, as far as they are told.

        Raises HouseholdFull.
        """
        for place, known in enumerate(self.residents):
            if known.id == resident.id:
                mended = Resident(known.id, known.name, resident.phone or known.phone, resident.born or known.born)
                self.residents[place] = mended
                return mended != known
        if len(self.residents) >= MOST_RESIDENTS:
            raise HouseholdFull(limit=MOST_RESIDENTS)
        self.residents.append(resident)
        return True

    def check_new(self, resident: str) -> None:
        """Raises LivesThere."""
        if any(one.id == resident for one in self.residents):
            raise LivesThere("name")

    def part_with(self, resident: str) -> bool:
        """Whether this person was there: they moved away, died, or asked for it."""
        left = [one for one in self.residents if one.id != resident]
        gone = len(left) < len(self.residents)
        self.residents = left
        if not left:
            self.care = []  # they said something of who lived there
        return gone

    def mind(self, flags: Sequence[Flag], at: datetime, by: str | None) -> bool:
        """These and no others are to be minded from now on; those that were keep their day. Whether that changed anything."""
        known = {one.flag: one for one in self.care}
        care = [known.get(flag) or Care(flag, at, by) for flag in FLAG_WORDS if flag in flags]
        changed = care != self.care
        self.care = care
        return changed

    def count(self, year: int) -> Unit:
        """What is to be added to the unit since the last time; the household itself counts once."""
        now = Unit(self.unit, 1, len(self.residents), sum(is_old(one.born, year) for one in self.residents))
        return self._say(now)

    def close(self) -> Unit:
        """The household is no more. Raises StillLivedIn."""
        if self.residents:
            raise StillLivedIn
        return self._say(Unit(self.unit))

    def _say(self, now: Unit) -> Unit:
        before, self.counted = self.counted, now
        return Unit(
            self.unit,
            now.households - before.households,
            now.residents - before.residents,
            now.over_60 - before.over_60,
        )


def is_old(born: int | None, year: int) -> bool:
    """Over 60, as far as the year alone tells."""
    return born is not None and year - born > OLD


def household_id(building: str, unit: str, door: str) -> str:
    """The same for the same door, however often it is told of."""
    return hashlib.sha256(f"{building}/{unit}/{door}".encode()).hexdigest()[:16]


def summed(changes: Iterable[Unit]) -> dict[str, Unit]:
    """What households of one building add to its units, by unit."""
    total = dict[str, Unit]()
    for one in changes:
        total[one.unit] = total.get(one.unit, Unit(one.unit)).plus(one)
    return total
