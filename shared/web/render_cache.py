"""Render cache with single-flight: a page is rendered once per revision, and whoever asks meanwhile waits for that one."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.persistence.revision import revision_of
from shared.persistence.store import Store

# Shifts begin and communities fall silent without any event. Less than live pages wait until they are drawn again.
FRESH_SECONDS = 4.0

D = TypeVar("D")


@dataclass(frozen=True)
class _Drawn(Generic[D]):
    what: D
    revision: int
    at: float


class Drawings(Generic[D]):
    """One drawing for each key (a language, say) of one store's pages; those who ask for the same at once wait for one hand."""

    def __init__(self) -> None:
        self._drawn: dict[Hashable, _Drawn[D]] = {}
        self._drawing = threading.Lock()

    def of(self, store: Store, key: Hashable, draw: Callable[[], D]) -> D:
        """The last one, while the store's revision is the same and it is not too old for what time alone changes."""
        with self._drawing:
            revision = revision_of(store)
            last = self._drawn.get(key)
            if last is None or last.revision != revision or time.monotonic() - last.at > FRESH_SECONDS:
                last = self._drawn[key] = _Drawn(draw(), revision, time.monotonic())
            return last.what
