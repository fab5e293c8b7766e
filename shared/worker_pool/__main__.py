"""`python -m shared.worker_pool SECONDS`: does one piece of work after another, and goes when there is nobody left to ask for any.

One that takes more seconds of processor time, ten times as long by the clock, or more memory than any honest file needs, ends the
process.
"""

import warnings

warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")  # comes along with doors, and is not used

import errno  # noqa: E402
import os  # noqa: E402
import pickle  # noqa: E402
import resource  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import traceback  # noqa: E402

from shared.kernel.errors import Fault  # noqa: E402
from shared.observability.metrics import log_to_stderr  # noqa: E402
from shared.worker_pool.wire import receive, send  # noqa: E402

MOST_MEMORY = 1024 * 1024 * 1024  # bytes of address space


def main(work_seconds: float) -> None:
    log_to_stderr(os.environ.get("LOG_LEVEL", "INFO"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, whose end is ours
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    while True:
        try:
            task = receive(sys.stdin.buffer)
        except EOFError:
            return
        _limit(work_seconds)
        answer = _done(task)
        _limit(0)
        send(answers, answer)


def _limit(work_seconds: float) -> None:
    """Both signals end the process. A busy machine is no reason to, and so the clock is looked at but roughly."""
    signal.setitimer(signal.ITIMER_PROF, work_seconds)
    signal.setitimer(signal.ITIMER_REAL, work_seconds * 10)


def _done(task: bytes) -> bytes:
    try:
        work, arguments = pickle.loads(task)  # noqa: S301  (from the service, which began us)
        return pickle.dumps(("done", work(*arguments)))
    except MemoryError:
        sys.exit(errno.ENOMEM)
    except Fault as fault:
        return pickle.dumps(("fault", fault))
    except Exception:  # noqa: BLE001  (told to the service, which logs it)
        return pickle.dumps(("failed", traceback.format_exc()))


if __name__ == "__main__":
    main(float(sys.argv[1]))
