"""Excel in and out: rows as fields of a service's own columns, with the row numbers people see. No formula is run or made."""

import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple

from shared.i18n.text import Lang, Text
from shared.kernel.errors import Fault
from shared.worker_pool import WorkerPool

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST_UNPACKED = 24 * 1024 * 1024  # twenty thousand full rows; a zip bomb says it is far more
MOST_PARTS = 500
MOST_COLUMNS = 100
HEADER_WITHIN = 20  # rows: a title and a word to the reader may stand above it
LAST_ROW = 1_048_576  # Excel's own
SERIALS = range(18_264, 73_051)  # the days from 1950 to 2099, as Excel counts them; a smaller number is no day
DIGITS_OF_A_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00?:00(?::00)?)?|(\d{4})(\d\d)(\d\d)")
MARKS = re.compile(r"[\s*:]|\(.*?\)")  # what people add to a header: 手机号*（必填）
HALF_WIDTH = {
    full: full - 0xFEE0 for first, last in ("09", "AZ", "az") for full in range(ord(first) + 0xFEE0, ord(last) + 0xFEE1)
}
YES_NO = {True: Text("是", "Yes"), False: Text("否", "No")}

workers = WorkerPool(2)

Cell = str | date | int | float


@dataclass(frozen=True)
class Column:
    """One field of a row: `words` head it in what we write and, with `also`, are known in what we read."""

    name: str
    words: Text
    also: tuple[str, ...] = ()
    kind: Literal["text", "date", "number"] = "text"
    required: bool = False
    longest: int = 200
    width: int = 16


class Row(NamedTuple):
    """`number` as Excel shows it. Empty cells are left out; one that cannot be read stays as it was typed, and `faults` say
    per field what to do about it."""

    number: int
    cells: dict[str, Cell]
    faults: dict[str, Text]


class Sheet(NamedTuple):
    """What was read; `ignored` are headers that nobody asked for."""

    rows: list[Row]
    ignored: list[str]


@dataclass(frozen=True)
class Leaf:
    """One sheet of a workbook to write: values are text, numbers, days, moments (on Shanghai's clock), yes or no, or None."""

    title: Text
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, Any]] = field(default_factory=list)


class NotAWorkbook(Fault):
    code = "not-a-workbook"
    status = 422
    says = Text(
        "这不是能读的 Excel 文件。请在 Excel 或 WPS 里另存为 .xlsx，不要加密码。",
        "This is not an Excel file we can read. Please save it as .xlsx, without a password.",
    )


class TooMuchInside(NotAWorkbook):
    code = "workbook-too-large"
    says = Text(
        "文件里的内容太多。请只留要导入的那一张表，或分成几个文件。",
        "There is too much in this file. Please keep only the sheet to import, or split it.",
    )


class TooManyRows(NotAWorkbook):
    code = "too-many-rows"
    says = Text("超过 {limit} 行。请分成几个文件。", "More than {limit} rows. Please split the file.")


class NoHeader(NotAWorkbook):
    code = "no-header"
    says = Text(
        "没有找到表头。第一张表里要有一行列名，至少包括：{columns}。",
        "No header found. The first sheet needs a row of column names, at least: {columns}.",
    )


class ColumnTwice(NotAWorkbook):
    code = "column-twice"
    says = Text("“{column}”这一列出现了两次，请只留一列。", "There are two columns “{column}”; please keep one.")


_UNREADABLE = {
    "date": Text("请写成日期，例如 2026-12-31。", "Please write a date, such as 2026-12-31."),
    "number": Text("请填写数字。", "A number, please."),
}
_BROKEN = Text("这里的公式出错了，请改成文字。", "The formula here fails; please put plain text.")
_TOO_LONG = Text("最多 {limit} 个字。", "{limit} characters at most.")


def read(content: bytes, columns: Sequence[Column], *, most_rows: int) -> Sheet:
    """The first sheet's rows below its header. Other requests go on meanwhile.

    Raises NotAWorkbook and its kin: TooMuchInside, TooManyRows, NoHeader, ColumnTwice.
    """
    return workers.run(take_apart, content, columns, most_rows)


def write(*leaves: Leaf, lang: Lang | None = None) -> bytes:
    """A workbook of these sheets, headed in one language or (None) in both. Other requests go on meanwhile."""
    return workers.run(_draw, [replace(leaf, rows=list(leaf.rows)) for leaf in leaves], lang)


def as_typed(value: object) -> str:
    """What a cell of any kind says as text: no trailing spaces, digits and letters of a Chinese keyboard made plain."""
    if isinstance(value, bool):
        return YES_NO[value].zh
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a phone that Excel took for a number
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    return str(value).translate(HALF_WIDTH).strip()


def _draw(leaves: Sequence[Leaf], lang: Lang | None) -> bytes:
    from shared.documents.excel_drawing import draw

    return draw(leaves, lang)


def take_apart(content: bytes, columns: Sequence[Column], most_rows: int) -> Sheet:
    """As `read`, for who is in a worker already."""
    from openpyxl import load_workbook

    _check_unpacked(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return _read_first(book, columns, most_rows)
    except Fault:
        raise
    except Exception as fault:  # a broken file makes openpyxl raise whatever comes first
        raise NotAWorkbook from fault


def _check_unpacked(content: bytes) -> None:
    """Python gives no more of a part than is declared here."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as fault:
        raise NotAWorkbook from fault
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise TooMuchInside


def _read_first(book: Any, columns: Sequence[Column], most_rows: int) -> Sheet:
    page = next(one for one in book.worksheets if one.sheet_state == "visible")
    page.reset_dimensions()  # some programs declare them wrongly
    rows = enumerate(page.iter_rows(max_col=MOST_COLUMNS), start=1)
    places, ignored = _header(rows, columns)
    found = list[Row]()
    for number, cells in rows:
        if number > LAST_ROW:
            break
        if any(not _is_blank(cells[place]) for place in places):
            if len(found) == most_rows:
                raise TooManyRows(limit=most_rows)
            found.append(_row(number, {column: cells[place] for place, column in places.items()}))
    return Sheet(found, ignored)


def _header(rows: Iterable[tuple[int, Any]], columns: Sequence[Column]) -> tuple[dict[int, Column], list[str]]:
    """Which column stands in which place, and the headers that are none of ours."""
    known = {_plain(name): column for column in columns for name in _names(column)}
    for number, cells in rows:
        said = {place: _plain(as_typed(cell.value)) for place, cell in enumerate(cells) if not _is_blank(cell)}
        places = {place: known[name] for place, name in said.items() if name in known}
        if {column.name for column in columns if column.required} <= {column.name for column in places.values()}:
            for column in columns:
                if list(places.values()).count(column) > 1:
                    raise ColumnTwice(column=column.words)
            return places, [as_typed(cells[place].value) for place in said if place not in places]
        if number == HEADER_WITHIN:
            break
    needed = [column.words for column in columns if column.required]
    raise NoHeader(columns=Text("、".join(one.zh for one in needed), ", ".join(one.en for one in needed)))


def _names(column: Column) -> tuple[str, ...]:
    zh, en = column.words.zh, column.words.en
    return column.name, zh, en, both(column.words), *column.also


def both(words: Text) -> str:
    return f"{words.zh} {words.en}"


def _plain(header: str) -> str:
    return MARKS.sub("", unicodedata.normalize("NFKC", header)).casefold()


def _is_blank(cell: Any) -> bool:
    return cell.value is None or (isinstance(cell.value, str) and not cell.value.strip())


def _row(number: int, given: Mapping[Column, Any]) -> Row:
    cells, faults = dict[str, Cell](), dict[str, Text]()
    for column, cell in given.items():
        if not _is_blank(cell):
            value, fault = _value(column, cell)
            cells[column.name] = value
            if fault is not None:
                faults[column.name] = fault
    return Row(number, cells, faults)


def _value(column: Column, cell: Any) -> tuple[Cell, Text | None]:
    """What the cell says; else as it was typed, and what to do about it."""
    if cell.data_type == "e":
        return as_typed(cell.value), _BROKEN
    try:
        value = _READERS[column.kind](cell.value)
    except (ValueError, OverflowError):
        return as_typed(cell.value)[: column.longest], _UNREADABLE[column.kind]
    if isinstance(value, str) and len(value) > column.longest:
        return value[: column.longest], _TOO_LONG.format(limit=column.longest)
    return value, None


def _day(value: object) -> date:
    """A date, a text that says one, or a date's serial number in a cell that is not told to be one."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, (int, float)) and int(value) in SERIALS:
        from openpyxl.utils.datetime import from_excel

        return from_excel(value).date()  # type: ignore[no-any-return]
    said = DIGITS_OF_A_DAY.fullmatch(unicodedata.normalize("NFKC", as_typed(value)))
    if said is None:
        raise ValueError
    return date(*(int(digits) for digits in said.groups() if digits))


def _number(value: object) -> int | float:
    if isinstance(value, (bool, datetime, time, timedelta)):
        raise ValueError  # noqa: TRY004  (a cell that people filled in, not a caller's mistake)
    number = value if isinstance(value, (int, float)) else float(as_typed(value).replace(",", "").replace("，", ""))
    if not math.isfinite(number):
        raise ValueError
    return int(number) if float(number).is_integer() else number


_READERS: dict[str, Callable[[object], Cell]] = {"text": as_typed, "date": _day, "number": _number}
