"""A file of people to take in: which rows are new, which are faulty, who is there already; and what staff decide about it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.volunteers.domain.abilities import Certificate
from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

Verdict = Literal["good", "faulty", "duplicate"]
State = Literal["waiting", "confirmed", "discarded"]
HOUSE_WORDS = re.compile(r"(?:号楼|号院|栋|幢|座|楼|号|#)$")


class ImportDecided(RuleBroken):
    code = "import-decided"
    says = Text("这份名单已经处理过了。", "This file has been decided on already.")


class NobodyNew(RuleBroken):
    code = "nobody-new"
    says = Text(
        "这份名单里没有可以导入的人。请改好有问题的行，再上传一次。",
        "There is nobody to import in this file. Please mend the faulty rows and upload it again.",
    )


@dataclass(frozen=True)
class Particulars:
    """What a row tells of a person, but for the phone. `certificates`: skill, kind and last day of each."""

    name: str
    home: str
    name_shown: bool = False
    occupation: str | None = None
    party_member: bool = False
    skills: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    available: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A row as it was read: the person and their phone, or per field what is wrong. `typed` is what stood in its cells."""

    number: int
    typed: Mapping[str, str]
    person: Particulars | None
    phone: str | None
    faults: Mapping[str, Text]


@dataclass(frozen=True)
class Candidate:
    """A row of the file, as far as it tells who it is about. `phone` is sealed: two are alike or not, nothing else."""

    number: int
    name: str
    home: str
    phone: bytes
    faulty: bool = False

    @property
    def person(self) -> tuple[str, str]:
        return person_key(self.name, self.home)


@dataclass(frozen=True)
class Twin:
    """Who else a row is about: another row of the file, or a volunteer; surely by phone, perhaps by name and building."""

    by: Literal["phone", "name"]
    row: int | None = None
    volunteer: str | None = None


@dataclass(frozen=True)
class Judged:
    verdict: Verdict
    twin: Twin | None = None


@dataclass
class Import:
    """One uploaded file. `standing` is what its people begin with, `alike_too` whether also those who only seem to be there."""

    id: str
    community: str
    by: str
    at: datetime
    file: str
    good: int
    faulty: int
    duplicate: int
    alike: int
    state: State = "waiting"
    standing: Literal["applied", "approved"] = "approved"
    alike_too: bool = False

    @property
    def total(self) -> int:
        return self.good + (self.alike if self.alike_too else 0)

    def confirm(self, standing: Literal["applied", "approved"], *, alike_too: bool) -> bool:
        """Whether this decided it: pressing twice changes nothing. Raises ImportDecided, NobodyNew."""
        if self.state == "confirmed":
            return False
        if self.state != "waiting":
            raise ImportDecided
        if self.good + (self.alike if alike_too else 0) == 0:
            raise NobodyNew
        self.state, self.standing, self.alike_too = "confirmed", standing, alike_too
        return True

    def discard(self) -> None:
        """Raises ImportDecided."""
        if self.state != "waiting":
            raise ImportDecided
        self.state = "discarded"


def judge(
    rows: Sequence[Candidate],
    phones: Mapping[bytes, str],
    people: Mapping[tuple[str, str], str],
    *,
    alike_too: bool = False,
) -> list[Judged]:
    """Each row's verdict, in their order. Of rows about one person the first counts.

    `phones` and `people` are those there already, with their volunteer ids; `alike_too` lets pass who only seems to be there.
    """
    judged = list[Judged]()
    rows_by_phone, rows_by_person = dict[bytes, int](), dict[tuple[str, str], int]()
    for row in rows:
        twin = None if row.faulty else _twin(row, phones, people, rows_by_phone, rows_by_person, alike_too=alike_too)
        judged.append(Judged("faulty" if row.faulty else "duplicate" if twin else "good", twin))
        if not row.faulty:
            rows_by_phone.setdefault(row.phone, row.number)
            rows_by_person.setdefault(row.person, row.number)
    return judged


def _twin(
    row: Candidate, phones: Mapping[bytes, str], people: Mapping[tuple[str, str], str],
    rows_by_phone: Mapping[bytes, int], rows_by_person: Mapping[tuple[str, str], int], *, alike_too: bool,
) -> Twin | None:  # fmt: skip
    if volunteer := phones.get(row.phone):
        return Twin("phone", volunteer=volunteer)
    if number := rows_by_phone.get(row.phone):
        return Twin("phone", row=number)
    if alike_too:
        return None
    if volunteer := people.get(row.person):
        return Twin("name", volunteer=volunteer)
    if number := rows_by_person.get(row.person):
        return Twin("name", row=number)
    return None


def person_key(name: str, home: str) -> tuple[str, str]:
    """A name and building as they are compared: 3号楼, 3栋 and ３# are one."""
    return _plain(name), HOUSE_WORDS.sub("", _plain(home))


def _plain(words: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", words)).casefold()
