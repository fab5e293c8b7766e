"""One district per folder: the lock that a run and its supervisor hold, and asking its holder to stop."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from deploy.local.programs import NotReadyError
from deploy.local.say import Step, line

LONGEST_STOP_SECONDS = 90


@contextmanager
def hold(home: Path) -> Iterator[int]:
    """Hold the lock; its file descriptor may be handed on, then it is held until its last holder ends."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("a+") as lock:
        if not _take(lock):
            raise NotReadyError(f"It already runs in {home}; stop it with: make stop")
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock.fileno()


def stop(home: Path) -> None:
    """Ask the run in `home` to stop and wait until all of it has."""
    if not home.exists():
        return
    with (home / "lock").open("a+") as lock:
        if _take(lock):
            line(f"Nothing runs in {home}.")
            return
        lock.seek(0)
        with suppress(ProcessLookupError):  # killed: its supervisor is stopping already
            os.kill(int(lock.read()), signal.SIGTERM)
        with Step("stop everything"):
            deadline = time.monotonic() + LONGEST_STOP_SECONDS
            while not _take(lock):
                if time.monotonic() > deadline:
                    raise NotReadyError(f"It still runs in {home} after {LONGEST_STOP_SECONDS} s.")
                time.sleep(0.1)


def _take(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
