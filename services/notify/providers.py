"""notify's own background: opens boxes, lets occasions and schedules take effect, spreads notices, sends what is due."""

import threading
from functools import partial
from typing import Any

from eventlet import GreenPool

from services.notify.store import NotifyStore
from services.notify.usecases import codes, people, ruling, sending, spreading, writing
from services.notify.usecases.sending import Claimed, Desk
from shared.configuration.settings import Settings
from shared.crypto.sealed_boxes import Opener
from shared.jobs.scheduler import Rounds, Scheduling, Task
from shared.runtime.tenants import stores_in

AT_ONCE = 30  # messages under way at a time: one server that stalls holds up its own few, never all
REST_SECONDS = 0.5


class Outbox(Scheduling):
    """Methods are given the Desk. Replicas share the work: all that is done here is conditional on its own document."""

    def setup(self) -> None:
        settings: Settings = self.container.config["settings"]
        if settings.sealing_private_key is None:
            raise RuntimeError("notify needs SEALING_PRIVATE_KEY, the key that opens what is sealed to it")
        opener = self._opener = Opener(settings.sealing_private_key)
        self._claim = settings.instance
        self._pool = GreenPool(AT_ONCE)
        self._codes = GreenPool(AT_ONCE)  # of their own: somebody stands before a closed door meanwhile
        self._freed = threading.Event()
        self.desk = Desk(settings.public_origin, opener.secret("answers"), settings.outside_private)
        store: NotifyStore = stores_in(self.container).tenants.one
        self._sending = Rounds(Task("send", REST_SECONDS, self._send, eager=True), [store])
        self._sending_codes = Rounds(Task("send-codes", REST_SECONDS, self._send_codes, eager=True), [store])
        tasks = (
            Task("open-boxes", REST_SECONDS, self._open_box, due=NotifyStore.with_boxes, eager=True),
            ruling.ANSWER_OCCASIONS,
            writing.SEND_SCHEDULED,
            Task("spread", REST_SECONDS, self._spread, due=NotifyStore.spreading, eager=True),
            sending.FIND_LOST,
        )
        self.rounds = [*(Rounds(task, [store]) for task in tasks), self._sending, self._sending_codes]

    def get_dependency(self, _worker: Any) -> Desk:
        return self.desk

    def _open_box(self, store: NotifyStore, person: str) -> bool:
        return people.open_box(store, self._opener, person)

    def _spread(self, store: NotifyStore, notice: str) -> bool:
        return spreading.spread(store, self.desk.secret, notice)

    def _send(self, store: NotifyStore, _tenant: str) -> bool:
        """Claims as many as there are hands free for, and lets each be called in a greenthread of its own."""
        free = self._pool.free()
        if free == 0:
            self._freed.wait(1)
            self._freed.clear()
            return True
        claimed = sending.claim_due(store, self._claim, free, partial(self._sending.report, store))
        for one in claimed:
            self._pool.spawn_n(self._deliver, store, one)
        return bool(claimed)

    def _deliver(self, store: NotifyStore, claimed: Claimed) -> None:
        """Where it fails, or its outcome cannot be noted, the claim runs out, and what became of it is unknown then."""
        first = claimed.deliveries[0].id
        self._sending.once(store, first, lambda: sending.deliver(store, self.desk, claimed))
        self._freed.set()

    def _send_codes(self, store: NotifyStore, _tenant: str) -> bool:
        busy = False
        while self._codes.free() and (code := codes.claim_code(store)) is not None:
            self._codes.spawn_n(self._send_code, store, code)
            busy = True
        return busy

    def _send_code(self, store: NotifyStore, code: codes.Code) -> None:
        """Where it fails, it is forgotten when its time is over."""
        send = partial(codes.send_code, store, self._opener, code, private=self.desk.private)
        self._sending_codes.once(store, code.id, send)
