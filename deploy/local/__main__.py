"""The command behind the Makefile: python -m deploy.local run | stop | clean."""

import os
import shutil
import sys
import warnings
from pathlib import Path

from deploy.local import lock
from deploy.local.programs import NotReadyError
from deploy.local.say import line
from deploy.local.wishes import Wishes, home_of

# All that the run ever makes in its folder; nothing else is touched when it is forgotten.
OURS = (
    *(
        "demo-loaded",
        "district",
        "env",
        "forks.sock",
        "lock",
        "logs",
        "mongodb",
        "nginx",
        "ports.json",
        "rabbitmq",
        "secrets",
    ),
    *("supervisor.conf", "supervisor.pid", "supervisor.sock"),
)


def main(command: str) -> int:
    try:
        home = home_of(os.environ)
        match command:
            case "run":
                _run(Wishes.of(os.environ))
            case "stop":
                lock.stop(home)
            case "clean":
                lock.stop(home)
                _forget(home)
            case _:
                line(f"{__doc__}")
                return 2
    except NotReadyError as fault:
        line(str(fault))
        return 1
    return 0


def _run(wishes: Wishes) -> None:
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    from deploy.local.run import run  # noqa: PLC0415 - needs .venv, which stop and clean do not

    run(wishes)


def _forget(home: Path) -> None:
    for path in (home / name for name in OURS):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if home.exists() and not any(home.iterdir()):
        home.rmdir()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or [""]))
