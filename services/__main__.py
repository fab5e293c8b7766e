"""Runs one service as a process: `python -m services shifts`, told everything else by environment variables."""

import warnings

warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")

# Before any other import, so that sockets, locks and clocks are green in all of them.
import eventlet  # noqa: E402

eventlet.monkey_patch()

import logging  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

from nameko.containers import ServiceContainer  # noqa: E402

import shared.runtime.nameko_compat  # noqa: E402, F401  (its shims come before nameko's web part)
from services.catalogue import service_class  # noqa: E402
from shared.configuration.settings import EnvValidationError, read_settings  # noqa: E402
from shared.observability.metrics import log_to_stderr  # noqa: E402
from shared.runtime.open_files import open_more_files  # noqa: E402

MAX_WORKERS = 100  # requests at work at once; more wait their turn
_log = logging.getLogger("services")


def run(name: str) -> None:
    """Runs until SIGTERM or SIGINT. Exits with the list of faults when the settings are not in order."""
    cls = service_class(name)
    try:
        settings = read_settings(name, per_community=cls.per_community, has_vault=cls.has_vault)
    except EnvValidationError as faults:
        sys.exit(f"{name} cannot start. {faults}")
    log_to_stderr(settings.log_level)
    open_more_files()
    config = {"settings": settings, "WEB_SERVER_ADDRESS": settings.http_address, "max_workers": MAX_WORKERS}
    container = ServiceContainer(cls, config)

    def stop(_signal: int, _frame: Any) -> None:
        eventlet.spawn_n(container.stop)

    container.start()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _log.info("%s listens on %s", name, settings.http_address)
    container.wait()


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004
        sys.exit("usage: python -m services <name>")
    run(sys.argv[1])
