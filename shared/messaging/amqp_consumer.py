"""AMQP consumer of one queue: hands over whatever has arrived at once, while heartbeats continue during long processing."""

import threading
from collections import deque
from collections.abc import Callable

from amqp import Message

from shared.messaging.topology import BEAT_SECONDS, BrokerLogin


class Receiver:
    """One connection, read by a thread of its own into a buffer, kept alive by another; made, used and closed by one owner."""

    def __init__(self, at: BrokerLogin, queue: str, prefetch: int) -> None:
        """Raises the connection's own errors, also where the broker falls silent meanwhile."""
        self._buffer: deque[Message] = deque()
        self._arrived = threading.Event()
        self._closed = threading.Event()
        self._writing = threading.Lock()
        self._fault: Exception | None = None
        self._connection = at.connect()
        try:
            self._channel = self._connection.channel()
            self._channel.auto_decode = False  # a body is bytes, whatever encoding its sender names
            self._channel.basic_qos(0, prefetch, False)  # noqa: FBT003  (AMQP's own order)
            self._channel.basic_consume(queue, callback=self._on_message)
        except BaseException:
            self._connection.collect()
            raise
        for work in (self._read, self._beat):
            threading.Thread(target=self._until_fault, args=(work,), daemon=True).start()

    @property
    def is_sound(self) -> bool:
        return self._fault is None

    def take(self, limit: int, *, seconds: float) -> list[Message]:
        """What has arrived, at most `limit` messages; waits so many seconds for the first. Raises why the line broke."""
        if not self._buffer:
            self._arrived.wait(seconds)
        self._arrived.clear()
        if self._fault is not None:
            raise self._fault
        return [self._buffer.popleft() for _ in range(min(len(self._buffer), limit))]

    def acknowledge(self, last: Message) -> None:
        """Tells the broker that this message and all taken before it are done with."""
        with self._writing:
            self._channel.basic_ack(last.delivery_tag, multiple=True)

    def wake(self) -> None:
        self._arrived.set()

    def close(self) -> None:
        self._closed.set()
        with self._writing:
            self._connection.collect()

    def _on_message(self, message: Message) -> None:
        self._buffer.append(message)
        self._arrived.set()

    def _read(self) -> None:
        while not self._closed.is_set():
            self._connection.drain_events()

    def _beat(self) -> None:
        while not self._closed.wait(BEAT_SECONDS):
            with self._writing:
                self._connection.heartbeat_tick()

    def _until_fault(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as fault:  # noqa: BLE001  (its owner raises it where it is handled)
            self._fault = fault
            self._arrived.set()
