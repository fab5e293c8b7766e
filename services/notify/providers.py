"""notify's own background: opens boxes, lets occasions and schedules take effect, spreads notices, sends what is due."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from eventlet import GreenPool
from nameko.extensions import DependencyProvider
from pymongo.errors import PyMongoError

from services.notify.store import NotifyStore
from services.notify.usecases import codes, people, ruling, sending, spreading, writing
from services.notify.usecases.sending import Claimed, Desk
from shared.background import Background
from shared.sealing import Opener
from shared.settings import Settings
from shared.stores import stores_in

AT_ONCE = 30  # messages under way at a time: one server that stalls holds up its own few, never all
REST_SECONDS = 0.5
_log = logging.getLogger(__name__)


class Outbox(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    """Methods are given the Desk. Replicas share the work: all that is done here is conditional on its own document."""

    def setup(self) -> None:
        settings: Settings = self.container.config["settings"]
        if settings.sealing_private_key is None:
            raise RuntimeError("notify needs SEALING_PRIVATE_KEY, the key that opens what is sealed to it")
        opener = self._opener = Opener(settings.sealing_private_key)
        self._store: NotifyStore = stores_in(self.container).tenants.one
        self._claim = settings.instance
        self._pool = GreenPool(AT_ONCE)
        self._codes = GreenPool(AT_ONCE)  # of their own: somebody stands before a closed door meanwhile
        self._freed = threading.Event()
        self.desk = Desk(settings.public_origin, opener.secret("answers"), settings.outside_private)
        steps: dict[str, Callable[[], bool]] = {
            "opening boxes": lambda: people.open_boxes(self._store, opener),
            "answering occasions": lambda: ruling.tell(self._store),
            "sending what is scheduled": lambda: writing.come_due(self._store),
            "spreading notices": lambda: spreading.spread(self._store, self.desk.secret),
            "finding lost claims": lambda: sending.find_lost(self._store),
            "sending": self._send,
            "sending codes": self._send_codes,
        }
        self._work = [Background(name, _guarded(name, step), rest_seconds=REST_SECONDS) for name, step in steps.items()]

    def start(self) -> None:
        for one in self._work:
            self.container.spawn_managed_thread(one.run, identifier="outbox")

    def stop(self) -> None:
        for one in self._work:
            one.stop()

    def get_dependency(self, _worker: Any) -> Desk:
        return self.desk

    def _send(self) -> bool:
        """Claims as many as there are hands free for, and lets each be called in a greenthread of its own."""
        free = self._pool.free()
        if free == 0:
            self._freed.wait(1)
            self._freed.clear()
            return True
        claimed = sending.claim_due(self._store, self._claim, free)
        for one in claimed:
            self._pool.spawn_n(self._deliver, one)
        return bool(claimed)

    def _send_codes(self) -> bool:
        claimed = codes.claim_codes(self._store, self._codes.free())
        for one in claimed:
            self._codes.spawn_n(self._send_code, one)
        return bool(claimed)

    def _send_code(self, one: codes.Code) -> None:
        try:
            codes.send_code(self._store, self._opener, one, private=self.desk.private)
        except PyMongoError as fault:  # it is forgotten when its time is over
            _log.warning("a code's end could not be noted: %r", fault)

    def _deliver(self, claimed: Claimed) -> None:
        try:
            sending.deliver(self._store, self.desk, claimed)
        except PyMongoError as fault:  # the claim runs out, and what became of it is unknown then
            _log.warning("an outcome could not be noted: %r", fault)
        finally:
            self._freed.set()


def _guarded(name: str, step: Callable[[], bool]) -> Callable[[], bool]:
    """One thing that cannot be done must not end all the others: it is on record, and tried again after a rest."""

    def guarded() -> bool:
        try:
            return step()
        except PyMongoError:
            raise
        except Exception:  # noqa: BLE001  (whatever it is)
            _log.exception("%s failed", name)
            return False

    return guarded
