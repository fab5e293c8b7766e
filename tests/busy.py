"""One process, green as a service's, that does all kinds of heavy work at once ROUNDS times: `python -m tests.busy ROUNDS`.

It logs all the while, and says at its end what it did, as JSON on the standard output.
"""

import sys

from services.__main__ import eventlet  # patches the standard library, so it comes first

# isort: split
import json
import logging
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from services.accounts.providers import PasswordKeeper
from services.supplies.domain.items import Item
from services.supplies.domain.movements import Movement
from services.supplies.paper import draw_card
from shared import worker_pool
from shared.documents import excel_reader, photos
from shared.documents.excel_reader import Column, Leaf
from shared.documents.pdf_response import print_paper
from shared.i18n.text import Text
from shared.observability.metrics import log_to_stderr
from tests.photos import opened, photo

AT = datetime(2026, 11, 30, tzinfo=UTC)
ITEM = Item("mask-n95", "N95口罩", "N95 mask", "只", "pc")
LINES = [
    Movement(str(n), "yueran", ITEM.id, "received", 5, "", None, n, 5 * n, AT, None, "", f"送货单 {n}")
    for n in range(40)
]
COLUMNS = (Column("name", Text("姓名", "Name"), required=True), Column("born", Text("生日", "Born"), kind="date"))
ROWS = [{"name": f"住户{n}", "born": date(1950, 1, 1)} for n in range(300)]
_log = logging.getLogger("busy")


class Kept:
    """A bucket that holds the last photo it was given."""

    def __init__(self) -> None:
        self.content = b""

    def upload_from_stream_with_id(self, _id: str, _name: str, content: bytes) -> None:
        self.content = content


def paper() -> bool:
    return print_paper(draw_card, "悦然社区", ITEM, LINES, AT).startswith(b"%PDF-")


def workbook() -> bool:
    written = excel_reader.write(Leaf(Text("住户", "Residents"), COLUMNS, (row for row in ROWS)))
    return [row.cells for row in excel_reader.read(written, COLUMNS, most_rows=1000).rows] == ROWS


def picture() -> bool:
    database: Any = Kept()
    photos.GridFSBucket = lambda *_: database  # type: ignore[assignment,misc]
    photos.Pictures(database).keep(photo((2000, 1500)))
    return opened(database.content).size == (640, 480)


def password() -> bool:
    hashed = PASSWORDS.hash("正确的口令")
    return PASSWORDS.match(hashed, "正确的口令") and not PASSWORDS.match(hashed, "别的口令")


def log_on(done: list[None], lines: list[int]) -> None:
    """As any part of a service does meanwhile."""
    while not done:
        lines.append(len(lines))
        _log.info("line %d", len(lines))
        eventlet.sleep(0.005)


if __name__ == "__main__":
    worker_pool.WAIT_SECONDS = 600.0  # nobody waits for an answer here, and the machine may be busy
    log_to_stderr("DEBUG")
    keeper = PasswordKeeper()
    keeper.setup()
    PASSWORDS = keeper.passwords
    works = [paper, workbook, picture, password] * int(sys.argv[1])
    done: list[None] = []
    lines: list[int] = []
    logging_on = eventlet.spawn(log_on, done, lines)
    hands = [(work.__name__, eventlet.spawn(work)) for work in works]
    right = Counter(name for name, hand in hands if hand.wait())
    done.append(None)
    logging_on.wait()
    threads = len(list(Path("/proc/self/task").iterdir()))
    print(json.dumps({"right": right, "lines": len(lines), "threads": threads}))
