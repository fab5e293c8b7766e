"""What is measured, and how: time by the clock, processor time by the processes' own accounts, medians of alternating runs."""

import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
POLL_SECONDS = 0.01
T = TypeVar("T")


@dataclass(frozen=True)
class Sample:
    """So many events in so many seconds, for which the worker's process used so much processor time."""

    events: int
    seconds: float
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        return self.events / self.seconds

    @property
    def each(self) -> float:
        """Microseconds an event."""
        return 1e6 / self.rate

    @property
    def cpu_each(self) -> float:
        """Microseconds an event."""
        return 1e6 * self.cpu / self.events


def cpu_of(pid: int) -> float:
    """Seconds of processor time of one process with all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_of(pid: int) -> float:
    """Megabytes it holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 1e6


def watch(done: Callable[[], int], total: int, pid: int, patience: float = 300) -> Sample:
    """From the first effect that is seen to the last, so that starting up does not count."""
    deadline = time.monotonic() + patience
    first = _until(done, 1, deadline)
    began, cpu = time.perf_counter(), cpu_of(pid)
    assert first < total, "all was done at once: there is nothing to measure"
    _until(done, total, deadline)
    return Sample(total - first, time.perf_counter() - began, cpu_of(pid) - cpu)


def _until(done: Callable[[], int], wanted: int, deadline: float) -> int:
    while (count := done()) < wanted:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{count} of {wanted} were done")
        time.sleep(POLL_SECONDS)
    return count


def alternate(contestants: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Ours, theirs, ours, theirs…: what disturbs a machine for a while disturbs all alike."""
    samples: dict[str, list[T]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            samples[name].append(run())
    return samples


def median(values: list[float]) -> float:
    return statistics.median(values)
