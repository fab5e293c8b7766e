"""Worker pool: what keeps a core busy is done in processes beside the service, a few at a time, each ended when it has rested.

A service has one real thread, so that no lock of its own can be met from another; docs/adr/0027 says why, and what else a
process gives: its memory back at its end, and an end by force.
"""

import logging
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

from shared.i18n.text import Text
from shared.kernel.errors import Unavailable
from shared.observability.metrics import WORK_UNFINISHED
from shared.worker_pool.wire import receive, send

WAIT_SECONDS = 60.0  # for a worker to be free: the ingress does not wait much longer for an answer
WORK_SECONDS = 60.0  # of processor time: several times what twenty thousand rows take
REST_SECONDS = 30.0  # until a worker that nobody needs is ended
# Of the service's environment. The rest is its own: what takes strangers' files apart knows no address and no password.
KNOWN = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH", "LOG_LEVEL")
LEAN = {"OPENBLAS_NUM_THREADS": "1", "EVENTLET_NO_GREENDNS": "yes"}  # of libraries that come along and are not used

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Unfinished(Unavailable):
    """The process that did the work was ended, or none could be started: too long, too much memory, or a machine short of it."""

    code = "unfinished"
    says = Text("这件事没能做完，请再试一次。", "This could not be finished; please try again.")


class WorkFailed(Exception):
    """A mistake of ours in the work itself; what it says is the worker's traceback."""


class WorkerPool:
    """At most `most` at work at once. Without `rest_seconds` a worker, once it was needed, stays as long as the service."""

    def __init__(
        self, most: int, *, rest_seconds: float | None = REST_SECONDS, work_seconds: float = WORK_SECONDS
    ) -> None:
        self._room = threading.Semaphore(most)
        self._rest_seconds: Final = rest_seconds
        self._work_seconds: Final = work_seconds
        self._resting: list[_Worker] = []

    def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """`work(*arguments)`, as a worker does it: a function of a module, and what can be pickled. Others are served meanwhile.

        Raises the Fault that the work raises; Unavailable when no worker is free in time; Unfinished.
        """
        task = pickle.dumps((work, arguments))
        if not self._room.acquire(timeout=WAIT_SECONDS):
            _log.warning("no worker is free", extra={"facts": {"work": _name(work)}})
            raise Unavailable
        try:
            answer = self._done(task, _name(work))
        finally:
            self._room.release()
        result: T = _opened(answer)
        return result

    def _done(self, task: bytes, name: str) -> bytes:
        worker = self._take() or self._hire(name)
        try:
            answer = worker.do(task)
        except (OSError, EOFError) as fault:
            _note_unfinished(name, f"the worker ended with {worker.end()}")
            raise Unfinished from fault
        except BaseException:  # whoever asked is stopped: the answer would be taken for another's
            worker.end()
            raise
        self._rest(worker)
        return answer

    def _take(self) -> "_Worker | None":
        """One that rests, unless something ended it meanwhile."""
        while self._resting:
            worker = self._resting.pop()
            worker.wake()
            if worker.lives:
                return worker
            worker.end()
        return None

    def _hire(self, name: str) -> "_Worker":
        try:
            return _Worker(self._work_seconds)
        except OSError as fault:
            _note_unfinished(name, f"no worker can be started: {fault!r}")
            raise Unfinished from fault

    def _rest(self, worker: "_Worker") -> None:
        self._resting.append(worker)
        if self._rest_seconds is not None:
            worker.rest(self._rest_seconds, self._dismiss)

    def _dismiss(self, worker: "_Worker") -> None:
        try:
            self._resting.remove(worker)
        except ValueError:  # it was taken at this very moment
            return
        worker.end()


class _Worker:
    """One process, which does one piece of work after another; it goes by itself when this one is gone."""

    def __init__(self, work_seconds: float) -> None:
        self._process = subprocess.Popen(  # noqa: S603  (this very program)
            [sys.executable, "-m", "shared.worker_pool", str(work_seconds)],
            bufsize=-1,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**{name: os.environ[name] for name in KNOWN if name in os.environ}, **LEAN},
        )
        self._tasks: Any = self._process.stdin
        self._answers: Any = self._process.stdout
        self._alarm: threading.Timer | None = None

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def do(self, task: bytes) -> bytes:
        """Raises OSError or EOFError when the process is no more."""
        send(self._tasks, task)
        return receive(self._answers)

    def rest(self, seconds: float, then: Callable[["_Worker"], None]) -> None:
        self._alarm = threading.Timer(seconds, then, [self])
        self._alarm.daemon = True
        self._alarm.start()

    def wake(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()

    def end(self) -> int:
        """Returns its exit status."""
        self._process.kill()
        for pipe in (self._tasks, self._answers):
            _close(pipe)
        return self._process.wait()


def _note_unfinished(work: str, why: str) -> None:
    WORK_UNFINISHED.labels(work).inc()
    _log.error("work was not finished: %s", why, extra={"facts": {"work": work}})


def _opened(answer: bytes) -> Any:
    how, what = pickle.loads(answer)  # noqa: S301  (from our own worker)
    if how == "done":
        return what
    raise what if how == "fault" else WorkFailed(what)


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except OSError:  # what was still to be written to a process that is no more
        return


def _name(work: Callable[..., Any]) -> str:
    return getattr(work, "__qualname__", repr(work))
