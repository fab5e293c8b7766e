"""Screening rounds as the office sees them: how far each is, cell by cell, and what is left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

COUNTS = ("households", "visited", "not_home", "refused", "revisit", "unwell")


@dataclass(frozen=True)
class Tally:
    """Households of a cell or an owner (`of`, None: of nobody's), and at how many of them what was found last."""

    of: str | None
    households: int = 0
    visited: int = 0
    not_home: int = 0
    refused: int = 0
    revisit: int = 0
    unwell: int = 0

    @property
    def left(self) -> int:
        """Still to visit: all but those where somebody was spoken to."""
        return self.households - self.visited - self.unwell

    @property
    def unseen(self) -> int:
        """Where nobody has knocked at all."""
        return self.left - self.not_home - self.refused - self.revisit


@dataclass
class Cell:
    """A part of a community, as its grid names it."""

    id: str
    community: str
    name: str = ""

    def hear(self, _type: str, said: Mapping[str, Any], _at: datetime) -> None:
        self.name = said["name"]


@dataclass
class Round:
    """One round in one community; `moved`: when it was told of last. Before its first progress all is to be done."""

    id: str
    community: str
    begun: datetime
    moved: datetime
    households: int
    ended: datetime | None = None
    cells: list[Tally] = field(default_factory=list)
    owners: list[Tally] = field(default_factory=list)

    def hear(self, type_: str, said: Mapping[str, Any], at: datetime) -> None:
        """What was found before the end may come in after it."""
        if type_ == "grid.round.begun.v1":
            return
        self.cells = [Tally(**one) for one in said["cells"]]
        self.owners = [Tally(**one) for one in said["owners"]]
        self.moved = at
        if type_ == "grid.round.ended.v1":
            self.ended = at

    @property
    def whole(self) -> Tally:
        if not self.cells:
            return Tally(None, self.households)
        counts = {name: sum(getattr(one, name) for one in self.cells) for name in COUNTS}
        return Tally(None, **counts)

    @property
    def is_over(self) -> bool:
        return self.ended is not None
