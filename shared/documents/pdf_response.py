"""PDF rendering in a worker beside the service, one document after another."""

from collections.abc import Callable
from typing import Any

from shared.worker_pool import WorkerPool

PDF = "application/pdf"
MARGIN_MM = 12

_printer = WorkerPool(1)


def print_paper(draw: Callable[..., bytes], *arguments: Any) -> bytes:
    """`draw` loads shared.documents.pdf itself: setting a page takes a good part of a second, and a start need not wait for it."""
    return _printer.run(draw, *arguments)
