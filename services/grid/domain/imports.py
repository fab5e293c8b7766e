"""A file of residents to take in: which rows are new, change somebody, say nothing new, are doubles or faulty."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.grid.domain.households import Flag, Household, Resident
from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

Verdict = Literal["new", "changed", "same", "double", "faulty"]
State = Literal["waiting", "confirmed", "discarded"]
TAKEN: tuple[Verdict, ...] = ("new", "changed")


class ImportDecided(RuleBroken):
    code = "import-decided"
    says = Text("这份名单已经处理过了。", "This file has been decided on already.")


class NothingNew(RuleBroken):
    code = "nothing-new"
    says = Text(
        "这份名单里没有要导入的内容。请改好有问题的行，再上传一次。",
        "There is nothing to import in this file. Please mend the faulty rows and upload it again.",
    )


@dataclass(frozen=True)
class Door:
    """Where somebody lives, in the words of the file and as the register has it. `cell` None: not said."""

    cell: str | None
    building: str
    building_name: str
    unit: str
    door: str
    household: str


@dataclass(frozen=True)
class Line:
    """A row of the file: where, who (sealed), what to mind; or what is wrong, by field."""

    number: int
    at: Door | None
    resident: Resident | None
    flags: tuple[Flag, ...] = ()
    faults: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """`row`: the row of the file that says the same; `household`: where the person is registered already."""

    verdict: Verdict
    row: int | None = None
    household: str | None = None


@dataclass
class Import:
    """One uploaded file. `counts` by verdict; `buildings`: those the file names that nobody registered yet."""

    id: str
    by: str
    at: datetime
    file: str
    counts: dict[str, int]
    buildings: tuple[str, ...] = ()
    state: State = "waiting"

    @property
    def total(self) -> int:
        return sum(self.counts.get(one, 0) for one in TAKEN)

    def confirm(self) -> bool:
        """Whether this decided it: pressing twice changes nothing. Raises ImportDecided, NothingNew."""
        if self.state == "confirmed":
            return False
        if self.state != "waiting":
            raise ImportDecided
        if self.total == 0:
            raise NothingNew
        self.state = "confirmed"
        return True

    def discard(self) -> None:
        """Raises ImportDecided."""
        if self.state != "waiting":
            raise ImportDecided
        self.state = "discarded"


def judge(lines: Sequence[Line], households: Mapping[str, Household], elsewhere: Mapping[int, str]) -> list[Judged]:
    """Each row's verdict, in their order; of rows about one person the first counts.

    `households`: those there already, by id; `elsewhere`: rows whose name and phone are registered in another household.
    """
    judged = list[Judged]()
    first = dict[str, int]()
    for line in lines:
        judged.append(_judge(line, households, first, elsewhere))
        if line.resident is not None:
            first.setdefault(line.resident.id, line.number)
    return judged


def counts(judged: Sequence[Judged]) -> dict[str, int]:
    return dict(Counter(one.verdict for one in judged))


def _judge(
    line: Line, households: Mapping[str, Household], first: Mapping[str, int], elsewhere: Mapping[int, str]
) -> Judged:
    if line.at is None or line.resident is None:
        return Judged("faulty")
    if line.resident.id in first:
        return Judged("double", row=first[line.resident.id])
    there = households.get(line.at.household)
    known = next((one for one in there.residents if one.id == line.resident.id), None) if there else None
    if there is None or known is None:
        household = elsewhere.get(line.number)
        return Judged("double", household=household) if household else Judged("new")
    told = line.resident
    says_more = (told.phone not in (None, known.phone)) or (told.born not in (None, known.born))
    return Judged("changed" if says_more or set(line.flags) - set(there.flags) else "same")
