"""Outbox relay: publishes what the journal holds unpublished, in order and with confirms; its heartbeat says how fresh it is."""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from amqp.exceptions import AMQPError
from kombu.exceptions import KombuError
from pymongo.errors import PyMongoError

from shared.events.envelope import CONTENT_TYPE, DISTRICT, Event, encode_batch
from shared.kernel.ids import new_id, now
from shared.messaging.dead_letter_admin import counts
from shared.messaging.topology import BrokerFault, BrokerLogin, Outgoing, Publisher
from shared.observability.metrics import EVENTS_PUBLISHED, EVENTS_RETURNED
from shared.persistence.lease import Lease
from shared.persistence.outbox import Entry, Journal

READ_AT_ONCE = 2_000
BATCH_EVENTS = 100
BATCH_BYTES = 64 * 1024
TICK_SECONDS = 1.0  # how often the line to the broker is looked after, and the lease asked for
SWEEP_SECONDS = 1.0  # while another replica is there, of whose commits nobody tells us (docs/adr/0002)
QUICK_SWEEP_SECONDS = 0.1  # for as long as it commits, too
OTHERS_SECONDS = 10.0
PULSE_SECONDS = 5.0
PULSE_LIVES_MS = 60_000  # a pulse nobody fetched in time says nothing any more
RETURNED_RETRY_SECONDS = 15.0
LONGEST_PAUSE_SECONDS = 5.0

BROKER_ERRORS = (AMQPError, KombuError, BrokerFault, OSError)

_log = logging.getLogger(__name__)


class Relay:
    """One tenant's relay; `run` until `stop`. `hear`, after each commit here, makes it quick: alone, it sends on what it was
    handed. The sweep of the journal makes it sure."""

    def __init__(self, journal: Journal, service: str, at: BrokerLogin, lease: Lease, home: str) -> None:
        """`home`: the address this part of the district has its doors at, which its pulse tells."""
        self._journal = journal
        self._home = home
        self._at = at
        self._lease = lease
        self._service = service
        self._woken = threading.Event()
        self._at_hand = deque[Entry]()
        self._must_read = False
        self._stopping = False
        self._stray: dict[str, float] = {}
        self._pulse_due = 0.0
        self._pulses = 0
        self.connected = False
        EVENTS_RETURNED.labels(journal.source)  # there from the start, or the first would be no increase
        journal.on_commit(self.hear)

    def hear(self, entries: Sequence[Entry] | None) -> None:
        """What was just committed here, of which only so much is held in memory; None: the journal has something to send."""
        if entries is None or len(self._at_hand) >= READ_AT_ONCE:
            self._must_read = True
        else:
            self._at_hand.extend(entries)
        self._woken.set()

    def stop(self) -> None:
        self._stopping = True
        self._woken.set()

    def run(self) -> None:
        pause = 0.1
        while not self._stopping:
            try:
                if self._lease.hold():
                    self._serve()
                pause = 0.1
                self._rest(TICK_SECONDS)
            except Exception as fault:  # noqa: BLE001  (whatever it is, a relay that ends would never be missed)
                expected = isinstance(fault, (*BROKER_ERRORS, PyMongoError))
                log = _log.warning if expected else _log.exception
                log("relay pauses: %r", fault, extra={"facts": {"source": self._journal.source}})
                self._rest(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        self._let_go()

    def _serve(self) -> None:
        publisher = Publisher(self._at)
        self.connected = True
        self._must_read = True
        try:
            woken, swept, others_until = True, 0.0, 0.0
            while not self._stopping and self._lease.hold():
                self._woken.clear()
                at = time.monotonic()
                pause = self._pause(others_commit=at < others_until)
                is_due = at >= min(swept + pause, self._pulse_due)
                if woken or is_due:
                    swept = at if is_due else swept
                    if self._send_next(publisher, sweep=is_due):
                        others_until = others_until if woken else at + OTHERS_SECONDS
                        woken = True
                        continue
                    self._pulse(publisher)
                publisher.beat()
                woken = self._woken.wait(min(pause, TICK_SECONDS))
        finally:
            self.connected = False
            publisher.close()

    def _pause(self, *, others_commit: bool) -> float:
        """Between two sweeps. Alone we know of every commit, and look only before each pulse."""
        if others_commit:
            return QUICK_SWEEP_SECONDS
        return SWEEP_SECONDS if self._lease.has_rivals else PULSE_SECONDS

    def _next(self, *, sweep: bool) -> list[Event]:
        """What was committed here since; from the journal where there may be more than that, or something is to be left out."""
        at_hand = [self._at_hand.popleft() for _ in range(len(self._at_hand))]
        if not (sweep or self._must_read or self._stray or self._lease.has_rivals):
            return [self._journal.event(entry) for entry in sorted(at_hand, key=itemgetter("order"))]
        rested = time.monotonic()
        self._stray = {subject: until for subject, until in self._stray.items() if until > rested}
        self._must_read = False
        events = self._journal.unpublished(READ_AT_ONCE, except_for=list(self._stray))
        if len(events) == READ_AT_ONCE:
            self._must_read = True
        return events

    def _send_next(self, publisher: Publisher, *, sweep: bool) -> int:
        """Publishes the next events, and only what the broker confirmed is marked so. Returns how many there were."""
        events = self._next(sweep=sweep)
        if not events:
            return 0
        returned = publisher.publish(list(in_messages(events)))
        sent = [event.id for event in events if event.routing_key not in returned]
        self._journal.mark_published(sent)
        EVENTS_PUBLISHED.labels(self._journal.source).inc(len(sent))
        if returned:
            self._set_aside([event for event in events if event.routing_key in returned])
        return len(events)

    def _set_aside(self, events: list[Event]) -> None:
        """What leads to no queue stays in the journal and is tried again later; its aggregates' later events wait with it."""
        EVENTS_RETURNED.labels(self._journal.source).inc(len(events))
        keys = sorted({event.routing_key for event in events})
        _log.error("no queue takes these events: a binding is missing", extra={"facts": {"routing_keys": keys}})
        again = time.monotonic() + RETURNED_RETRY_SECONDS
        self._stray.update((event.subject, again) for event in events)

    def _pulse(self, publisher: Publisher) -> None:
        """When it is due. There is nothing left to send now but what was set aside."""
        if time.monotonic() < self._pulse_due:
            return
        self._pulse_due = time.monotonic() + PULSE_SECONDS
        waiting, oldest = self._journal.depth() if self._stray else (0, None)
        self._pulses += 1
        beat = Event(
            id=new_id(),
            type=f"{self._service}.pulse.beat.v1",
            source=self._journal.source,
            subject=self._service,
            sequence=self._pulses,
            time=now(),
            community=community_of(self._journal.source),
            data={
                "waiting": waiting,
                "oldest": oldest,
                "aside": counts(self._journal.collection.database),
                "home": self._home,
            },
        )
        publisher.publish(
            [Outgoing(beat.routing_key, encode_batch([beat]), CONTENT_TYPE)], expiration_ms=PULSE_LIVES_MS
        )

    def _rest(self, seconds: float) -> None:
        if not self._stopping:
            self._woken.wait(seconds)
            self._woken.clear()

    def _let_go(self) -> None:
        try:
            self._lease.release()
        except PyMongoError as error:
            _log.warning("lease not released: %s", error)


def community_of(source: str) -> str:
    """The community a source speaks for, or `district`."""
    parts = source.split("/")
    return parts[2] if parts[1] == "communities" else DISTRICT


def in_messages(events: Iterable[Event]) -> Iterator[Outgoing]:
    """Consecutive events with one routing key as one message, up to 100 events or 64 KiB; nothing waits to fill one."""
    key, parts, size = "", list[bytes](), 1
    for event in events:
        part = encode_batch([event])[1:-1]
        longer = size + len(part) + 1
        if parts and (event.routing_key != key or len(parts) >= BATCH_EVENTS or longer > BATCH_BYTES):
            yield Outgoing(key, b"[" + b",".join(parts) + b"]", CONTENT_TYPE)
            parts, size = [], 1
        key = event.routing_key
        parts.append(part)
        size += len(part) + 1
    if parts:
        yield Outgoing(key, b"[" + b",".join(parts) + b"]", CONTENT_TYPE)
