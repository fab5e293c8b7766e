"""The session's pre-fork server: services in tests are forks of one process that has imported everything."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


@contextmanager
def fork_server(home: Path) -> Iterator[str]:
    """Runs it until the block ends, and with it all that it forked; gives its address at once, though it imports still."""
    address = str(home / "forks.sock")
    with (home / "forks.log").open("wb") as log:
        server = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", sys.executable, "-W", "ignore", "-m", "deploy.prefork.server", address],
            cwd=ROOT,
            env={**os.environ, "EVENTLET_NO_GREENDNS": "yes"},  # all addresses here are numbers; a fifth of an import
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )  # fmt: skip
    try:
        yield address
    finally:
        server.kill()
        server.wait()
