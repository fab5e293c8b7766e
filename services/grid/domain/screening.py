"""Screening rounds (摸排): what was found at each door, how far it is, and what is left.

An entry counts once however often it comes; of several about one door the latest counts, whatever order they come in.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

Outcome = Literal["visited", "not-home", "refused", "revisit", "unwell"]
OUTCOME_WORDS: dict[Outcome, Text] = {
    "visited": Text("已走访", "Visited"),
    "not-home": Text("不在家", "Not home"),
    "revisit": Text("再来一次", "Come again"),
    "refused": Text("不愿登记", "Refused"),
    "unwell": Text("有人不适", "Unwell"),
}
TO_SEE_AGAIN: tuple[Outcome, ...] = ("not-home", "revisit", "refused")


class RoundOver(RuleBroken):
    code = "round-over"
    says = Text("这轮摸排已经结束，这条没有登记。", "This round is over; the entry was not taken.")


class RoundUnderWay(RuleBroken):
    code = "round-under-way"
    says = Text("这些网格里还有一轮没结束，请先结束它。", "A round is under way in these cells; end it first.")


class NothingToScreen(RuleBroken):
    code = "nothing-to-screen"
    says = Text("这里还没有登记住户，先导入住户再开始。", "No households are registered here; import them first.")


@dataclass(frozen=True)
class Entry:
    """What somebody found at a door; or, with `undoes`, that an entry of theirs was a slip. The id is made on the phone."""

    id: str
    at: datetime
    by: str
    outcome: Outcome | None = None
    undoes: str | None = None


@dataclass
class Answer:
    """One household in one round: all that was said of it; `outcome` is what counts."""

    id: str
    round: str
    household: str
    building: str
    unit: str
    entries: list[Entry] = field(default_factory=list)
    outcome: Outcome | None = None

    def take(self, entry: Entry) -> bool:
        """Whether it was news."""
        if any(one.id == entry.id for one in self.entries):
            return False
        self.entries.append(entry)
        latest = self.latest
        self.outcome = latest.outcome if latest else None
        return True

    @property
    def latest(self) -> Entry | None:
        """The entry that counts."""
        undone = {one.undoes for one in self.entries}
        standing = [one for one in self.entries if one.undoes is None and one.id not in undone]
        return max(standing, key=lambda one: (one.at, one.id), default=None)


@dataclass(frozen=True)
class Tally:
    """Households of a cell or an owner (`of`, None: of nobody's), and what was found at them."""

    of: str | None
    households: int = 0
    visited: int = 0
    not_home: int = 0
    refused: int = 0
    revisit: int = 0
    unwell: int = 0

    @property
    def looked_at(self) -> int:
        return self.visited + self.not_home + self.refused + self.revisit + self.unwell

    @property
    def unseen(self) -> int:
        """Households at which nobody has looked at all."""
        return self.households - self.looked_at

    @property
    def done(self) -> int:
        return self.visited + self.unwell

    @property
    def left(self) -> int:
        return self.households - self.done

    @property
    def blind_spot(self) -> float:
        """The share of households nobody has looked at, in percent."""
        return 100 * self.unseen / self.households if self.households else 0.0

    def plus(self, other: "Tally") -> "Tally":
        added = {name: getattr(self, name) + getattr(other, name) for name in COUNTS}
        return replace(self, **added)


COUNTS = ("households", "visited", "not_home", "refused", "revisit", "unwell")


@dataclass(frozen=True)
class Place:
    """A unit of a building within a round."""

    building: str
    unit: str
    cell: str | None
    owner: str | None
    households: int


@dataclass(frozen=True)
class Progress:
    cells: tuple[Tally, ...]
    owners: tuple[Tally, ...]

    @property
    def whole(self) -> Tally:
        return total(self.cells)


@dataclass(frozen=True)
class RoundBegun:
    cells: tuple[str, ...]
    households: int


@dataclass(frozen=True)
class RoundProgressed:
    cells: tuple[Tally, ...]
    owners: tuple[Tally, ...]


@dataclass(frozen=True)
class RoundEnded(RoundProgressed):
    pass


@dataclass
class Round:
    """`cells` empty: the whole community. `told`: the progress as others last heard it."""

    id: str
    begun: datetime
    by: str
    cells: tuple[str, ...] = ()
    ended: datetime | None = None
    told: Progress | None = None

    def covers(self, cell: str | None) -> bool:
        return not self.cells or cell in self.cells

    def begin(self, running: Iterable["Round"], progress: Progress) -> list[RoundBegun]:
        """Raises RoundUnderWay, NothingToScreen."""
        if any(not one.cells or not self.cells or set(one.cells) & set(self.cells) for one in running):
            raise RoundUnderWay("cells")
        if progress.whole.households == 0:
            raise NothingToScreen("cells")
        self.told = progress
        return [RoundBegun(self.cells, progress.whole.households)]

    def check_takes(self, entry: Entry) -> None:
        """What was found before the end counts, however late it comes. Raises RoundOver."""
        if self.ended is not None and entry.at > self.ended:
            raise RoundOver

    def tell(self, progress: Progress) -> list[RoundProgressed]:
        """Nothing where others know it already."""
        if progress == self.told:
            return []
        self.told = progress
        return [RoundProgressed(progress.cells, progress.owners)]

    def end(self, progress: Progress, at: datetime) -> list[RoundEnded]:
        """Raises RoundOver."""
        if self.ended is not None:
            raise RoundOver
        self.ended, self.told = at, progress
        return [RoundEnded(progress.cells, progress.owners)]


def progress(places: Iterable[Place], found: Mapping[tuple[str, str], Mapping[Outcome, int]]) -> Progress:
    """Per cell and per owner: `found` counts the outcomes by building and unit."""
    cells, owners = dict[str | None, Tally](), dict[str | None, Tally]()
    for place in places:
        counts = Counter(found.get((place.building, place.unit), {}))
        outcomes = {one.replace("-", "_"): counts[one] for one in OUTCOME_WORDS}
        seen = Tally(None, households=place.households, **outcomes)
        cells[place.cell] = cells.get(place.cell, Tally(place.cell)).plus(seen)
        owners[place.owner] = owners.get(place.owner, Tally(place.owner)).plus(seen)
    return Progress(_sorted(cells), _sorted(owners))


def total(tallies: Iterable[Tally]) -> Tally:
    whole = Tally(None)
    for one in tallies:
        whole = whole.plus(one)
    return whole


def _sorted(tallies: Mapping[str | None, Tally]) -> tuple[Tally, ...]:
    return tuple(tallies[key] for key in sorted(tallies, key=lambda key: (key is None, key or "")))
