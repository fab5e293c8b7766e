"""Bulkhead: how many live pages one account, one address and everybody together may hold open at this process."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from shared.i18n.text import Text
from shared.kernel.errors import TooMany, Unavailable
from shared.observability.metrics import LIVE_REFUSED

COME_AGAIN_SECONDS = 15  # as live.js does, when it was refused some times


class TooManyPages(TooMany):
    """An account has its fill of live pages."""

    code = "too-many-pages"
    says = Text(
        "您同时打开的实时页面太多（最多 {most} 个），请关掉不用的，{retry_after} 秒后再试。",
        "You have too many live pages open at once ({most} at most); please close some and try again in {retry_after} seconds.",
    )


class TooManyPagesHere(TooMany):
    """The network that a caller comes from has its fill."""

    code = "too-many-pages-here"
    says = Text(
        "您所在的网络同时打开的实时页面太多（最多 {most} 个），请关掉不用的，{retry_after} 秒后再试。",
        "Your network has too many live pages open at once ({most} at most); please close some and retry in {retry_after} seconds.",
    )


@dataclass(frozen=True)
class Bounds:
    account: int
    address: int
    total: int


class Seats:
    """Counts who sits where; nothing in it waits, so that no two can take the last seat."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._taken = Counter[tuple[str, str]]()

    def take(self, account: str, address: str) -> Callable[[], None]:
        """A seat, and how to give it back. Raises TooManyPages, TooManyPagesHere, Unavailable."""
        bounds = self._bounds
        keys = [("account", account), ("address", address), ("total", "")]
        self._check(keys[0], bounds.account, TooManyPages(most=bounds.account, retry_after=COME_AGAIN_SECONDS))
        self._check(keys[1], bounds.address, TooManyPagesHere(most=bounds.address, retry_after=COME_AGAIN_SECONDS))
        self._check(keys[2], bounds.total, Unavailable())
        self._taken.update(keys)
        return lambda: self._give_back(keys)

    def _check(self, key: tuple[str, str], most: int, refusal: Exception) -> None:
        if self._taken[key] >= most:
            LIVE_REFUSED.labels(key[0]).inc()
            raise refusal

    def _give_back(self, keys: list[tuple[str, str]]) -> None:
        for key in keys:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]
