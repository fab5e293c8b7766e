"""A solver at work in a process of its own, as the service sees it: its news one by one, and the way to stop it."""

import subprocess
import sys
from collections.abc import Iterator

from services.shifts.solver.wire import STOP, News, Task, wire


class SolverDied(Exception):
    """It was killed, or failed, before it told its result."""


class Solver:
    """Ends with this process: it reads from it, and goes when there is nobody left to read from."""

    def __init__(self, task: Task) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "services.shifts.solver"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._say(wire.dumps(task) + b"\n")

    @property
    def pid(self) -> int:
        return self._process.pid

    def news(self) -> Iterator[News]:
        """Until it is done. Raises SolverDied."""
        if self._process.stdout is None:
            raise SolverDied
        for line in iter(self._process.stdout.readline, b""):
            news = wire.loads(line, News)
            yield news
            if news.ended is not None:
                self._process.wait()
                return
        self._process.wait()
        raise SolverDied

    def stop(self) -> None:
        """It tells the best it has as its result."""
        self._say(STOP)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _say(self, words: bytes) -> None:
        if self._process.stdin is not None:
            try:
                self._process.stdin.write(words)
                self._process.stdin.flush()
            except BrokenPipeError:
                return  # it is gone already; the news say so
