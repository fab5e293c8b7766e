"""Excel workbook writer on openpyxl; loaded by the workers of `excel_reader` only when a workbook is written."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from shared.documents.excel_reader import YES_NO, Leaf, both
from shared.i18n.text import Lang, Text
from shared.i18n.timezone import SHANGHAI

SAID_AS_FORMULA = ("=", "+", "-", "@")


def draw(leaves: Sequence[Leaf], lang: Lang | None) -> bytes:
    book = Workbook(write_only=True)
    for leaf in leaves:
        page = book.create_sheet(leaf.title.in_(lang or "zh"))
        page.freeze_panes = "A2"
        for place, column in enumerate(leaf.columns, start=1):
            page.column_dimensions[get_column_letter(place)].width = column.width
        page.append(
            [_head(page, both(column.words) if lang is None else column.words.in_(lang)) for column in leaf.columns]
        )
        for row in leaf.rows:
            page.append([_cell(page, row.get(column.name), lang or "zh") for column in leaf.columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(page: Any, words: str) -> Any:
    cell = WriteOnlyCell(page, words)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(page: Any, value: Any, lang: Lang) -> Any:
    if isinstance(value, bool):
        value = YES_NO[value]
    if isinstance(value, Text):
        value = value.in_(lang)
    if isinstance(value, str):
        return _text(page, value)
    cell = WriteOnlyCell(
        page, value.astimezone(SHANGHAI).replace(tzinfo=None) if isinstance(value, datetime) else value
    )
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd"
    return cell


def _text(page: Any, words: str) -> Any:
    """Text stays text, in Excel too when somebody edits the cell: a name that begins with `=` runs nothing."""
    cell = WriteOnlyCell(page, "")
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", words)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = words.startswith(SAID_AS_FORMULA)
    return cell
