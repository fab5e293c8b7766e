"""Excel in and out: every kind of cell as people meant it, hostile files refused, and what we write read by another reader."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from shared.documents import excel_reader
from shared.documents.excel_reader import Column, Leaf, Row, Sheet
from shared.i18n.text import Text
from shared.kernel.errors import Fault

COLUMNS = (
    Column("name", Text("姓名", "Name"), also=("称呼",), required=True),
    Column("phone", Text("手机号", "Phone"), also=("电话", "联系电话"), required=True),
    Column("until", Text("证书有效期", "Valid until"), kind="date"),
    Column("boxes", Text("箱数", "Boxes"), kind="number"),
)
PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30).map(
    excel_reader.as_typed
)


def book(*rows: Sequence[Any]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(*rows: Sequence[Any], most_rows: int = 100) -> Sheet:
    return excel_reader.read(book(*rows), COLUMNS, most_rows=most_rows)


def only(*cells: Any) -> Row:
    (row,) = read(("姓名", "手机号", "证书有效期", "箱数"), cells).rows
    return row


def test_a_header_is_found_under_a_title_in_either_language_and_by_other_names() -> None:
    found = read(("值守名单",), (), ("备注", " 联系电话（必填） ", "Name*"), ("x", "13800138000", "林晓雨"))
    assert found == ([Row(4, {"phone": "13800138000", "name": "林晓雨"}, {})], ["备注"])


def test_rows_keep_the_numbers_that_people_see() -> None:
    found = read(("姓名", "手机号"), ("甲", "1"), (None, " "), ("乙", "2"))
    assert [row.number for row in found.rows] == [2, 4]


@pytest.mark.parametrize(
    "phone", [13800138000, 13800138000.0, "13800138000 ", "１３８００１３８０００", "\u300013800138000"]
)
def test_a_phone_is_read_however_it_was_typed(phone: Any) -> None:
    assert only("甲", phone).cells["phone"] == "13800138000"


@pytest.mark.parametrize(
    "said",
    [
        date(2026, 3, 9),
        datetime(2026, 3, 9, 8),  # noqa: DTZ001  (Excel knows no zones)
        "2026-03-09",
        "2026/3/9",
        "2026年3月9日",
        "２０２６．３．９",
        20260309,
        46090,
    ],
)
def test_a_day_is_read_however_it_was_typed(said: Any) -> None:
    assert only("甲", "1", said).cells["until"] == date(2026, 3, 9)


@pytest.mark.parametrize(("said", "number"), [(3, 3), ("３", 3), ("1,200", 1200), (2.5, 2.5), ("2.50", 2.5)])
def test_a_number_is_read_however_it_was_typed(said: Any, number: float) -> None:
    assert only("甲", "1", None, said).cells["boxes"] == number


@pytest.mark.parametrize("said", ["明年", "2026-13-01", 2026, True, 99999999])
def test_what_is_no_day_is_a_fault_of_its_cell(said: Any) -> None:
    row = only("甲", "1", said)
    assert "2026-12-31" in row.faults["until"].zh
    assert row.cells == {"name": "甲", "phone": "1", "until": excel_reader.as_typed(said)}, "as it was typed"


@pytest.mark.parametrize("said", ["三箱", "nan", "inf", True])
def test_what_is_no_number_is_a_fault_of_its_cell(said: Any) -> None:
    assert only("甲", "1", None, said).faults == {"boxes": Text("请填写数字。", "A number, please.")}


def test_a_text_that_is_too_long_is_a_fault_of_its_cell() -> None:
    assert "200" in only("甲" * 201, "1").faults["name"].en


def test_formulas_are_never_run() -> None:
    assert only("甲", '=HYPERLINK("http://x")').cells == {"name": "甲"}, "what Excel had not worked out is not there"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("姓名", "楼栋")], "no-header"),
        ([], "no-header"),
        ([()] * 20 + [("姓名", "手机号")], "no-header"),
        ([("姓名", "手机号", "电话")], "column-twice"),
        ([("姓名", "手机号"), *[("甲", n) for n in range(101)]], "too-many-rows"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_by_name(rows: list[Any], code: str) -> None:
    with pytest.raises(excel_reader.NotAWorkbook) as fault:
        read(*rows)
    assert (fault.value.code, fault.value.status) == (code, 422)


def test_the_missing_header_names_the_columns_that_are_needed() -> None:
    with pytest.raises(excel_reader.NoHeader) as fault:
        read(("甲", "乙"))
    assert "姓名、手机号" in fault.value.sentence("zh")
    assert "Name, Phone" in fault.value.sentence("en")


@pytest.mark.parametrize(
    "spoil",
    [lambda good: good[:200], lambda good: good.replace(b"xl/", b"xy/"), lambda _: b"PK", lambda _: b"\xd0\xcf"],
)
def test_what_is_no_workbook_is_refused_by_name(spoil: Any) -> None:
    with pytest.raises(excel_reader.NotAWorkbook):
        excel_reader.read(spoil(book(("姓名", "手机号"))), COLUMNS, most_rows=100)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_by_name(content: bytes) -> None:
    with pytest.raises(Fault):
        excel_reader.read(content, COLUMNS, most_rows=100)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b" " * (excel_reader.LARGEST_UNPACKED + 1))
    with pytest.raises(excel_reader.TooMuchInside):
        excel_reader.read(out.getvalue(), COLUMNS, most_rows=100)


def test_entities_of_a_hostile_file_are_not_expanded() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><sst><si><t>&a;</t></si></sst>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(("姓名", "手机号")))) as good, zipfile.ZipFile(out, "w") as parts:
        for name in good.namelist():
            parts.writestr(name, bomb if name == "xl/worksheets/sheet1.xml" else good.read(name))
    with pytest.raises(excel_reader.NotAWorkbook):
        excel_reader.read(out.getvalue(), COLUMNS, most_rows=100)


def test_a_name_that_begins_like_a_formula_stays_a_name() -> None:
    written = excel_reader.write(
        Leaf(Text("名单", "List"), COLUMNS, [{"name": '=HYPERLINK("http://x","y")', "phone": "+86 138"}])
    )
    cell = load_workbook(io.BytesIO(written)).active["A2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", '=HYPERLINK("http://x","y")', True)


def test_moments_are_written_on_shanghais_clock_and_headers_in_the_language_asked_for() -> None:
    column = Column("at", Text("时间", "Time"))
    leaf = Leaf(
        Text("名单", "List"), [column], [{"at": datetime(2026, 2, 13, 23, 30, tzinfo=UTC)}, {"at": None}, {"at": True}]
    )
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(excel_reader.write(leaf, lang="en"))).get_sheet_by_name("List")
    there = datetime(2026, 2, 14, 7, 30)  # noqa: DTZ001  (Excel knows no zones)
    assert sheet.to_python() == [["Time"], [there], [""], ["Yes"]]


@given(
    st.lists(
        st.fixed_dictionaries(
            {"name": PLAIN, "phone": PLAIN},
            optional={
                "until": st.dates(date(1950, 1, 1), date(2099, 1, 1)),
                "boxes": st.integers(0, 10**9) | st.decimals(0, 10**6, places=2).map(float),
            },
        ),
        max_size=5,
    )
)
def test_what_is_written_is_read_back_the_same(rows: list[dict[str, Any]]) -> None:
    written = excel_reader.write(Leaf(Text("名单", "List"), COLUMNS, rows))
    assert [row.cells for row in excel_reader.read(written, COLUMNS, most_rows=100).rows] == rows
    with CalamineWorkbook.from_filelike(io.BytesIO(written)) as other:
        assert other.get_sheet_by_index(0).to_python()[1:] == [
            [row.get(column.name, "") for column in COLUMNS] for row in rows
        ]
