"""The fault driver: what befalls the district, in an order that only the seed decides."""

import heapq
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable

from shared.persistence.lease import LEASE_SECONDS
from tests.soak.district import PARTS, District, Member

# How often each befalls the district, of a hundred; the parts come back slowly, so they are spared.
KINDS = {
    "kill -9 a service": 27,
    "stop a service for longer than a lease": 16,
    "terminate a service": 8,
    "cut a link": 24,
    "slow a link": 12,
    "black-hole a link": 11,
    "kill -9 RabbitMQ": 1,
    "kill -9 MongoDB": 1,
}
STOP_SECONDS = 20.0  # as long as the local run's supervisor waits before it kills
TOGETHER = 0.1  # how often a second fault comes at the same moment


class FaultDriver:
    """Runs until `stop`; then every fault is over. `done` counts by kind."""

    def __init__(self, district: District, seed: int, per_minute: float) -> None:
        self._district = district
        self._dice = random.Random(seed)
        self._every = 60 / per_minute
        self._ends: list[tuple[float, int, Callable[[], None]]] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.done: Counter[str] = Counter()
        self.did_not_end = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._district.heal()

    def _run(self) -> None:
        due = time.monotonic() + self._every
        while not self._stopping.is_set():
            now = time.monotonic()
            while self._ends and self._ends[0][0] <= now:
                heapq.heappop(self._ends)[2]()
            if now >= due:
                due = now + self._every * self._dice.uniform(0.5, 1.5)
                self._strike()
                if self._dice.random() < TOGETHER:
                    self._strike()
            self._stopping.wait(0.05)

    def _strike(self) -> None:
        kind = self._dice.choices(list(KINDS), list(KINDS.values()))[0]
        member = self._dice.choice(self._district.members)
        link = self._dice.choice(list(member.links.values()))
        seconds = self._dice.uniform(1, 5)
        match kind:
            case "kill -9 a service":
                member.signal(signal.SIGKILL)
            case "terminate a service":
                self._terminate(member)
            case "stop a service for longer than a lease":
                self._pause(member, LEASE_SECONDS + seconds)
            case "cut a link":
                link.cut()
            case "slow a link":
                link.delay(self._dice.uniform(0.02, 0.3))
                self._later(seconds, link.heal)
            case "black-hole a link":
                link.black_hole()
                self._later(seconds, link.heal)
            case _:
                self._district.kill_part(next(one for one in PARTS if one in kind.lower()))
        self.done[kind] += 1

    def _terminate(self, member: Member) -> None:
        """Like any supervisor: asked first, killed when it does not end."""
        process = member.process
        if process is None:
            return
        process.terminate()

        def insist() -> None:
            if process.poll() is None:
                self.did_not_end += 1
                process.kill()

        self._later(STOP_SECONDS, insist)

    def _pause(self, member: Member, seconds: float) -> None:
        process = member.process
        if process is None:
            return
        process.send_signal(signal.SIGSTOP)
        self._later(seconds, lambda: process.send_signal(signal.SIGCONT))

    def _later(self, seconds: float, end: Callable[[], None]) -> None:
        heapq.heappush(self._ends, (time.monotonic() + seconds, self._dice.getrandbits(48), end))
