"""Residents' requests as those see them who help, and as the asker does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

import orjson

from services.grid.domain.requests import Request, Watcher
from services.grid.store import GridStore
from shared.crypto.field_encryption import SealLost

WAITS_OF = timedelta(days=7)


@dataclass(frozen=True)
class Opened:
    """A request with its words, as long as they are kept; `mine`: the reader has taken it."""

    request: Request
    words: dict[str, str | None]
    is_mine: bool
    is_late: bool


@dataclass(frozen=True)
class Followed:
    """A request as the asker sees it: `ahead`, how many wait longer."""

    request: Request
    ahead: int
    link: str


def opened(store: GridStore, requests: Iterable[Request], watcher: Watcher | None, at: datetime) -> list[Opened]:
    mine, shown = watcher.id if watcher else None, list(requests)
    sealed = store.words(one.id for one in shown)
    return [
        Opened(one, _words(store, sealed.get(one.id)), mine is not None and one.taken_by == mine, one.is_late(at))
        for one in shown
    ]


def followed(store: GridStore, request: Request, link: str) -> Followed:
    waiting = [one for one in store.open_requests() if one.state == "asked" and one.asked < request.asked]
    return Followed(request, len(waiting) if request.state == "asked" else 0, link)


def usual_wait(store: GridStore, at: datetime) -> int | None:
    """Within how many minutes half of this week's requests were taken; None where there was none."""
    waits = [(taken - asked) // timedelta(minutes=1) for asked, taken in store.waits(at - WAITS_OF)]
    return int(median(waits)) + 1 if waits else None


def _words(store: GridStore, sealed: bytes | None) -> dict[str, str | None]:
    """Nothing where they are kept no longer, or the key is gone."""
    try:
        return dict(orjson.loads(store.vault.open(sealed))) if sealed else {}
    except SealLost:
        return {}
