"""A service's own background work: step after step until the service stops, through every absence of the database."""

import logging
import threading
import time
from collections.abc import Callable

from pymongo.errors import PyMongoError

_log = logging.getLogger(__name__)


class Background:
    """`step` tells whether there was anything to do; where there was not, it is asked again after a while, or once woken."""

    def __init__(self, name: str, step: Callable[[], bool], *, rest_seconds: float) -> None:
        self._name, self._step, self._rest_seconds = name, step, rest_seconds
        self._wake = threading.Event()
        self.stopping = False

    def run(self) -> None:
        while not self.stopping:
            busy = False
            try:
                busy = self._step()
            except PyMongoError as fault:
                _log.warning("%s pauses: %r", self._name, fault)
            if busy:
                time.sleep(0)  # everybody else's turn
            else:
                self._wake.wait(self._rest_seconds)
                self._wake.clear()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self.stopping = True
        self._wake.set()
