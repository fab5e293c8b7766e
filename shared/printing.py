"""Printing: who draws on paper does so in a real thread, beside the loop that serves everybody."""

from collections.abc import Callable
from typing import Any

from eventlet import tpool

PDF = "application/pdf"
MARGIN_MM = 12


def print_paper(draw: Callable[..., bytes], *arguments: Any) -> bytes:
    """`draw` loads shared.paper itself: setting a page takes a good part of a second, and a start need not wait for it."""
    drawn: bytes = tpool.execute(draw, *arguments)
    return drawn
