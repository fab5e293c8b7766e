"""The rules of importing: every row is exactly one thing, and confirming twice changes nothing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.volunteers import sheets
from services.volunteers.domain import imports
from services.volunteers.domain.abilities import Certificate
from services.volunteers.domain.imports import Candidate, Import, Particulars
from shared.documents.excel_reader import as_typed
from shared.i18n.domain_labels import ROLE_WORDS, SKILL_WORDS, TIME_WORDS
from shared.i18n.text import Text

NAMES, HOMES = st.sampled_from(["王伟", "李 娜", "李娜", "张敏"]), st.sampled_from(["3号楼", "3栋", "３#", "4号楼"])


@st.composite
def candidates(draw: Any) -> list[Candidate]:
    rows = draw(
        st.lists(st.tuples(NAMES, HOMES, st.sampled_from([b"1", b"2", b"3", b"4"]), st.booleans()), max_size=12)
    )
    return [Candidate(number, *row) for number, row in enumerate(rows, start=2)]


def taken(rows: list[Candidate], verdicts: list[imports.Judged]) -> list[Candidate]:
    return [row for row, one in zip(rows, verdicts, strict=True) if one.verdict == "good"]


def there(people: list[Candidate]) -> tuple[dict[bytes, str], dict[tuple[str, str], str]]:
    return {one.phone: str(one.number) for one in people}, {one.person: str(one.number) for one in people}


@given(candidates(), candidates(), st.booleans())
def test_every_row_is_exactly_one_of_good_faulty_duplicate(rows: Any, before: Any, alike_too: bool) -> None:
    judged = imports.judge(rows, *there(before), alike_too=alike_too)
    for row, one in zip(rows, judged, strict=True):
        assert (one.verdict == "faulty") == row.faulty
        assert (one.verdict == "duplicate") == (one.twin is not None)
        assert one.twin is None or (one.twin.row is None) != (one.twin.volunteer is None)
    assert len({row.phone for row in taken(rows, judged)}) == len(taken(rows, judged)), (
        "nobody comes in twice by one phone"
    )
    assert not {row.phone for row in taken(rows, judged)} & {row.phone for row in before}


@given(candidates(), st.booleans())
def test_what_was_taken_in_is_a_duplicate_the_next_time(rows: Any, alike_too: bool) -> None:
    first = taken(rows, imports.judge(rows, {}, {}, alike_too=alike_too))
    again = imports.judge(rows, *there(first), alike_too=alike_too)
    assert taken(rows, again) == []


@given(candidates())
def test_a_row_s_twin_stands_above_it_or_is_there_already(rows: Any) -> None:
    for row, one in zip(rows, imports.judge(rows, {}, {}), strict=True):
        assert one.twin is None or (one.twin.row or 0) < row.number


def made(*, good: int = 1, alike: int = 0) -> Import:
    return Import("i", "yueran", "staff", datetime(2026, 2, 4, tzinfo=UTC), "名单.xlsx", good, 0, alike, alike)


def test_confirming_twice_decides_once() -> None:
    one = made(good=2, alike=3)
    assert one.confirm("approved", alike_too=True)
    assert not one.confirm("applied", alike_too=False)
    assert (one.total, one.standing) == (5, "approved")


def test_a_list_with_nobody_new_cannot_be_confirmed() -> None:
    with pytest.raises(imports.NobodyNew):
        made(good=0, alike=1).confirm("approved", alike_too=False)


def test_a_list_that_was_put_aside_stays_aside() -> None:
    one = made()
    one.discard()
    with pytest.raises(imports.ImportDecided):
        one.confirm("approved", alike_too=False)


WORD = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=12).map(as_typed).filter(bool)
PEOPLE = st.builds(
    Particulars,
    name=WORD,
    home=WORD,
    name_shown=st.booleans(),
    occupation=st.none() | WORD,
    party_member=st.booleans(),
    skills=st.sets(st.sampled_from(sorted(SKILL_WORDS))).map(sorted).map(tuple),
    certificates=st.lists(
        st.builds(
            Certificate,
            st.sampled_from(sorted(SKILL_WORDS)),
            WORD,
            st.none() | st.dates(date(2000, 1, 1), date(2099, 1, 1)),
        ),
        max_size=3,
    ).map(tuple),
    available=st.sets(st.sampled_from(sorted(TIME_WORDS))).map(sorted).map(tuple),
    roles=st.sets(st.sampled_from(sorted(ROLE_WORDS))).map(sorted).map(tuple),
    teams=st.lists(WORD, max_size=2, unique=True).map(tuple),
)
PHONES = st.integers(0, 99_999_999).map(lambda number: f"+86139{number:08d}")


@given(st.lists(st.tuples(PEOPLE, PHONES), max_size=4), st.sampled_from(["zh", "en"]))
def test_what_is_exported_is_imported_the_same(people: Any, lang: Any) -> None:
    content = sheets.listed([(one, phone, Text("已通过", "Approved")) for one, phone in people], lang)
    assert [(line.person, line.phone, line.faults) for line in sheets.read(content)] == [
        (one, phone, {}) for one, phone in people
    ]
