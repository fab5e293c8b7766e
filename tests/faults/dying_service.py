"""A service that kills itself in the middle of its first act, when state is written and its events are not yet:
`python -m tests.faults.dying_service volunteers`."""

import sys

from services.__main__ import run  # patches the standard library, so it comes first

# isort: split
import os
import signal
from typing import Any

from shared.persistence.outbox import Journal


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    Journal.append = die  # type: ignore[method-assign]
    run(sys.argv[1])
