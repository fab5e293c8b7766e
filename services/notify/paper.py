"""A notice on paper: one A4 page in print that old eyes can read from an arm's length, with a code that leads to its page."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.documents.pdf_response import MARGIN_MM

if TYPE_CHECKING:
    from shared.documents.pdf import Paper

QR_MM = 38
TITLE_SIZES = (44, 36, 30, 24)  # the largest at which the whole of it still fits
BODY_SIZES = (26, 22, 19, 16, 13, 11)
PAGE_MM = 297
FOOT_MM = 24
_MM_PER_POINT = 0.3528


@dataclass(frozen=True)
class Sheet:
    """`door` says where it hangs; `foot` who says it and when."""

    title: str
    body: str
    door: str
    place: str
    foot: str
    scan: str
    link: str
    important: bool


def posters(sheets: list[Sheet]) -> bytes:
    from shared.documents.pdf import Paper

    paper = Paper(sheets[0].title, sheets[0].foot, numbered=False)
    for number, sheet in enumerate(sheets):
        if number:
            paper.add_page()
        _draw(paper, sheet)
    return paper.finished()


def _draw(paper: "Paper", sheet: Sheet) -> None:
    paper.set_auto_page_break(auto=False)
    width = paper.w - 2 * MARGIN_MM
    if sheet.important:
        paper.set_line_width(2.5)
        paper.rect(MARGIN_MM / 2, MARGIN_MM / 2, paper.w - MARGIN_MM, paper.h - MARGIN_MM)
        paper.set_line_width(0.2)
    paper.write_line(f"{sheet.place}　{sheet.door}".strip("　"), size=18, grey=True)
    paper.ln(4)
    title_size = _fitting(paper, sheet.title, TITLE_SIZES, width, 70)
    _block(paper, sheet.title, title_size)
    paper.ln(3)
    paper.set_line_width(0.6)
    paper.line(MARGIN_MM, paper.get_y(), paper.w - MARGIN_MM, paper.get_y())
    paper.ln(6)
    room = PAGE_MM - FOOT_MM - QR_MM - paper.get_y()
    _block(paper, sheet.body, _fitting(paper, sheet.body, BODY_SIZES, width, room))
    top = PAGE_MM - MARGIN_MM - QR_MM - 4
    paper.draw_qr(sheet.link, x=paper.w - MARGIN_MM - QR_MM - 2, y=top, side=QR_MM)
    paper.set_xy(MARGIN_MM + 2, top + 4)
    paper.set_font("face", size=16)
    paper.multi_cell(width - QR_MM - 12, 8, sheet.scan)
    paper.set_xy(MARGIN_MM + 2, PAGE_MM - MARGIN_MM - 14)
    paper.set_font("face", size=12)
    paper.multi_cell(width - QR_MM - 12, 6, sheet.foot)


def _block(paper: "Paper", text: str, size: float) -> None:
    paper.set_font("face", size=size)
    paper.multi_cell(0, _line(size), text, align="L", new_x="LMARGIN", new_y="NEXT")


def _fitting(paper: "Paper", text: str, sizes: tuple[int, ...], width: float, height: float) -> int:
    for size in sizes:
        paper.set_font("face", size=size)
        needed: Any = paper.multi_cell(width, _line(size), text, dry_run=True, output="HEIGHT")
        if needed <= height:
            return size
    return sizes[-1]


def _line(size: float) -> float:
    return size * _MM_PER_POINT * 1.45
