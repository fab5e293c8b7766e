"""Background loop of a service: step after step until the service stops, through every absence of the database and every
unforeseen fault.

Nothing but a broken machine ends it.
"""

import logging
import threading
import time
from collections.abc import Callable

from shared.persistence.store import is_away

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0  # after steps that failed one after another

_log = logging.getLogger(__name__)


class Background:
    """`step` tells whether there was anything to do; where there was not, it is asked again after a while, or once woken."""

    def __init__(self, name: str, step: Callable[[], bool], *, rest_seconds: float) -> None:
        self._name, self._step, self._rest_seconds = name, step, rest_seconds
        self._wake = threading.Event()
        self._ended = threading.Event()
        self.stopping = False

    def run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        try:
            while not self.stopping:
                try:
                    busy = self._step()
                except Exception as fault:  # noqa: BLE001  (whatever it is, work that ends would never be missed)
                    log = _log.warning if is_away(fault) else _log.exception
                    log("%s pauses: %r", self._name, fault)
                    self._rest(pause)
                    pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                else:
                    pause = FIRST_PAUSE_SECONDS
                    if busy:
                        time.sleep(0)  # everybody else's turn
                    else:
                        self._rest(self._rest_seconds)
        finally:
            self._ended.set()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self.stopping = True
        self._wake.set()

    def wait(self, seconds: float) -> bool:
        """Whether the step under way came to its end within that time."""
        return self._ended.wait(seconds)

    def _rest(self, seconds: float) -> None:
        if not self.stopping:
            self._wake.wait(seconds)
            self._wake.clear()
