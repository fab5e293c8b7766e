"""CJK line wrap (kinsoku): no closing mark begins a line, no opening mark ends one, words and numbers stay whole.

Source: W3C, Requirements for Chinese Text Layout, 3.1.3 (prohibitions at line start and end).
"""

import re
from collections.abc import Callable

CLOSES = "，。、；：？！）》〉」』】〕〗”’…—～％℃·"
OPENS = "（《〈「『【〔〖“‘"
_PIECE = re.compile(rf"(?:[{OPENS}] *)*(?:[!-~À-ɏ]+|.)[{CLOSES}]*")


def wrap_lines(text: str, width: float, measure: Callable[[str], float]) -> str:
    """The text with its line breaks; `measure` says how wide a piece is. A piece that is wider than a line has one by itself."""
    return "\n".join(line for paragraph in text.split("\n") for line in _lines(paragraph, width, measure))


def _lines(paragraph: str, width: float, measure: Callable[[str], float]) -> list[str]:
    lines, used = [""], 0.0
    for piece in _PIECE.findall(paragraph):
        wide = measure(piece)
        if lines[-1] and used + wide > width and piece != " ":
            full = lines.pop().rstrip(" ")
            lines += [full, ""] if full else [""]
            used = 0.0
        lines[-1] += piece
        used += wide
    return lines
