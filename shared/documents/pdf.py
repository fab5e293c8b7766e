"""PDF pages in a Chinese face, for notice boards, receipts and posters; loaded by `pdf_response` when one is drawn."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace
from fpdf.util import Padding

from shared.documents.cjk_line_breaking import wrap_lines
from shared.documents.pdf_response import MARGIN_MM
from shared.documents.qr import modules

FACE = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")  # Debian's fonts-wqy-microhei
GREY = 90
_ROUNDING = 0.01  # of a millimetre


class Paper(FPDF):
    """A4 with margins, a face that has every Chinese character in use, and at the foot what it is and the page's number.

    Lengths are in millimetres, sizes of letters in points.
    """

    def __init__(
        self,
        title: str,
        foot: str,
        *,
        orientation: Literal["portrait", "landscape"] = "portrait",
        numbered: bool = True,
    ) -> None:
        super().__init__(orientation=orientation, format="A4")
        self._foot = foot
        self._numbered = numbered  # not where each sheet hangs by itself
        self.set_title(title)
        self.set_lang("zh-CN")
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=MARGIN_MM + 8)
        self.add_font("face", fname=str(FACE), collection_font_number=0)
        self.set_font("face", size=11)
        self.add_page()

    def footer(self) -> None:
        if not self._numbered:
            return
        self.set_y(-MARGIN_MM - 3)
        self.write_line(f"{self._foot}　{self.page_no()}/{{nb}}", size=9, grey=True, align="C")

    def multi_cell(self, w: float, h: float | None = None, text: str = "", *more: Any, **options: Any) -> Any:
        """As FPDF's, in tables too, but with lines broken as Chinese breaks them."""
        padding = Padding.new(options.get("padding", 0))
        sides = sum(side or self.c_margin for side in (padding.left, padding.right))
        width = (w or self.w - self.r_margin - self.x) - sides - _ROUNDING
        return super().multi_cell(w, h, wrap_lines(text, width, self.get_string_width), *more, **options)

    def write_line(self, text: str, *, size: float = 11, grey: bool = False, align: str = "L") -> None:
        """One paragraph over the whole width, broken into lines where it must be."""
        self.set_font("face", size=size)
        self.set_text_color(GREY if grey else 0)
        self.multi_cell(0, size * 0.55, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(0)

    def write_table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        widths: Sequence[float] | None = None,
        size: float = 10,
    ) -> None:
        """A ruled table, its head again on every page; `widths` are proportions."""
        self.set_font("face", size=size)
        plain = FontFace(emphasis="", fill_color=(235, 238, 238))
        with self.table(
            col_widths=tuple(widths) if widths else None, headings_style=plain, line_height=size * 0.5, padding=1
        ) as table:
            for cells in (heads, *rows):
                table.row(list(cells))

    def draw_qr(self, text: str, *, x: float, y: float, side: float) -> None:
        """A code of that side, its upper left corner there; leave white around it."""
        code = modules(text)
        step = side / len(code)
        self.set_fill_color(0)
        for row, line in enumerate(code):
            for column, dark in enumerate(line):
                if dark:
                    self.rect(x + column * step, y + row * step, step, step, style="F")

    def finished(self) -> bytes:
        return bytes(self.output())
