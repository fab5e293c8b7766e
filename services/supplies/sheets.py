"""Excel as supplies writes and reads it: the catalogue, a stock take, stock and ledger."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.supplies.domain.imports import CountRow, ItemRow
from services.supplies.domain.items import Item
from services.supplies.domain.movements import Movement
from services.supplies.read_views import Names, StockView, person
from services.supplies.schemas.catalogue import Item as ItemShape
from services.supplies.schemas.parts import KIND_WORDS, MOST
from shared.documents.excel_reader import Column, Leaf, Row, read, write
from shared.i18n.text import Lang, Text

MOST_ROWS = 2_000
LARGEST = 2 * 1024 * 1024
ITEM_COLUMNS = (
    Column("id", Text("代号", "Code"), required=True, longest=40),
    Column("name", Text("名称", "Name"), ("物资", "品名"), required=True, longest=40),
    Column("name_en", Text("英文名称", "English name"), required=True, longest=60),
    Column("unit", Text("单位", "Unit"), required=True, longest=10),
    Column("unit_en", Text("英文单位", "English unit"), required=True, longest=20),
    Column("pack", Text("每包", "Pack"), kind="number"),
    Column("dangerous_ml", Text("易燃毫升", "Dangerous mL"), kind="number"),
)
_ITEM = (Column("item", Text("代号", "Code"), required=True), Column("name", Text("物资", "Item"), ("名称", "品名")))
_LOT = (Column("code", Text("批号", "Lot"), longest=40), Column("expires", Text("有效期至", "Use by"), kind="date"))
COUNT_COLUMNS = (
    *_ITEM, *_LOT,
    Column("booked", Text("账面数量", "Booked"), kind="number"),
    Column("counted", Text("实有数量", "Counted"), ("盘点数量", "数量"), kind="number", required=True),
    Column("reason", Text("原因", "Reason"), width=30),
)  # fmt: skip
STOCK_COLUMNS = (
    *_ITEM,
    Column("unit", Text("单位", "Unit")),
    Column("usable", Text("可用", "Usable"), kind="number"),
    Column("per_day", Text("每天约用", "Used a day"), kind="number"),
    Column("days_left", Text("还能用几天", "Days left"), kind="number"),
    Column("short", Text("紧缺", "Short")),
    Column("expiring", Text("30 天内过期", "Expire within 30 days"), kind="number"),
    Column("expired", Text("已过期", "Expired"), kind="number"),
)
LEDGER_COLUMNS = (
    Column("at", Text("时间", "When"), kind="date", width=18),
    *_ITEM,
    Column("number", Text("序号", "No."), kind="number"),
    Column("kind", Text("事由", "What")),
    Column("quantity", Text("数量", "How many"), kind="number"),
    Column("balance", Text("结存", "Balance"), kind="number"),
    *_LOT,
    Column("document", Text("单据", "Paper"), width=24),
    Column("reason", Text("说明", "Remark"), width=30),
    Column("actor", Text("经手", "By"), width=18),
)
_TWICE = Text("这一行和前面的重复了。", "This row is there twice.")
_NO_ITEM = Text("目录里没有这个代号。", "The catalogue has no such code.")
_NO_NUMBER = Text("请填实有数量，没有就填 0。", "Fill in what was counted; 0 where there is none.")
_NOT_WHOLE = Text("请填 0 到 1000000 的整数。", "A whole number from 0 to 1000000, please.")
_CODE = Text("代号只能用小写字母、数字和连字符。", "A code is of small letters, digits and hyphens.")
_CELL = Text("“{column}”这一格请检查。", "Please check the cell “{column}”.")


def items_sheet(items: Sequence[Item], lang: Lang | None = None) -> bytes:
    """The catalogue; what is written can be read again."""
    rows = [{column.name: getattr(item, column.name) for column in ITEM_COLUMNS} for item in items]
    return write(Leaf(Text("物资目录", "Catalogue"), ITEM_COLUMNS, rows), lang=lang)


def count_sheet(stocks: Sequence[StockView], lang: Lang) -> bytes:
    """Every lot in the book with a cell for what was counted."""
    rows = [
        {"item": one.item, "name": one.about.called, "code": lot.code, "expires": lot.expires, "booked": lot.quantity}
        for one in stocks
        for lot in one.lots
    ]
    return write(Leaf(Text("盘点表", "Stock take"), COUNT_COLUMNS, rows), lang=lang)


def stock_sheet(stocks: Sequence[StockView], lang: Lang) -> bytes:
    rows = [
        {
            "item": one.item, "name": one.about.called, "unit": one.about.counted_in, "usable": one.usable,
            "per_day": one.per_day, "days_left": one.days_left, "short": one.short, "expiring": one.expiring,
            "expired": one.expired,
        }
        for one in stocks
    ]  # fmt: skip
    return write(Leaf(Text("库存", "Stock"), STOCK_COLUMNS, rows), lang=lang)


def ledger_sheet(names: Names, movements: Sequence[Movement], lang: Lang) -> bytes:
    rows = [
        {
            **{name: getattr(one, name) for name in ("at", "item", "number", "quantity", "balance", "code", "expires")},
            "name": names.item(one.item).called, "kind": KIND_WORDS[one.kind], "document": one.document,
            "reason": one.reason, "actor": person(one.actor),
        }
        for one in movements
    ]  # fmt: skip
    return write(Leaf(Text("台账", "Ledger"), LEDGER_COLUMNS, rows), lang=lang)


def read_items(content: bytes, known: Sequence[Item]) -> list[ItemRow]:
    """A catalogue, row by row, with what is wrong in each. Raises NotAWorkbook and its kin."""
    codes = {item.id for item in known}
    seen = Counter[str]()
    return [_item_row(row, codes, seen) for row in read(content, ITEM_COLUMNS, most_rows=MOST_ROWS).rows]


def read_counts(content: bytes, stocks: Sequence[StockView], names: Names) -> list[CountRow]:
    """A stock take, row by row, with what is wrong in each. Raises NotAWorkbook and its kin."""
    booked = {(one.item, lot.code, lot.expires): lot.quantity for one in stocks for lot in one.lots}
    items = {item.id for item in names.items}
    seen = Counter[tuple[str, str, date | None]]()
    rows = read(content, COUNT_COLUMNS, most_rows=MOST_ROWS).rows
    return [_count_row(row, booked, items, seen) for row in rows]


def _item_row(row: Row, known: set[str], seen: Counter[str]) -> ItemRow:
    told = {name: value for name, value in row.cells.items() if name not in row.faults}
    wrong = ItemShape().validate({name: str(value) for name, value in told.items()})
    faults = _cell_faults(row, ITEM_COLUMNS)
    faults += [
        _CODE if name == "id" and name in told else _named(name, ITEM_COLUMNS)
        for name in wrong
        if name not in row.faults
    ]
    code = str(told.get("id", ""))
    seen[code] += 1
    if seen[code] > 1:
        faults.append(_TWICE)
    item = None if faults else Item(**ItemShape().load({name: str(value) for name, value in told.items()}))
    return ItemRow(row.number, item, code in known, faults)


def _count_row(
    row: Row, booked: Mapping[Any, int], items: set[str], seen: Counter[tuple[str, str, date | None]]
) -> CountRow:
    cells = {name: value for name, value in row.cells.items() if name not in row.faults}
    item, code = str(cells.get("item", "")), str(cells.get("code", ""))
    expires = cells.get("expires")
    lot = (item, code, expires if isinstance(expires, date) else None)
    counted = cells.get("counted")
    faults = _cell_faults(row, COUNT_COLUMNS)
    seen[lot] += 1
    if seen[lot] > 1:
        faults.append(_TWICE)
    if item not in items:
        faults.append(_NO_ITEM)
    if counted is None and "counted" not in row.faults:
        faults.append(_NO_NUMBER)
    elif counted is not None and not (isinstance(counted, int) and 0 <= counted <= MOST):
        faults.append(_NOT_WHOLE)
        counted = None
    found = counted if isinstance(counted, int) else None
    return CountRow(row.number, item, code, lot[2], booked.get(lot, 0), found, str(cells.get("reason", "")), faults)


def _cell_faults(row: Row, columns: Sequence[Column]) -> list[Text]:
    """What the reader of cells said, with the column it is about."""
    words = {column.name: column.words for column in columns}
    return [Text(f"{words[name].zh}：{said.zh}", f"{words[name].en}: {said.en}") for name, said in row.faults.items()]


def _named(name: str, columns: Sequence[Column]) -> Text:
    words = next((column.words for column in columns if column.name == name), Text(name, name))
    return _CELL.format(column=words)
