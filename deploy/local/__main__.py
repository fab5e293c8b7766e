"""The command behind the Makefile: python -m deploy.local run | stop | clean."""

import os
import shutil
import sys
import warnings
from pathlib import Path

from deploy.local import lock
from deploy.local.programs import NotReadyError
from deploy.local.say import line

# All that the run ever makes in its folder; nothing else is touched when it is forgotten.
OURS = (
    *("demo-loaded", "district", "env", "lock", "logs", "mongodb", "nginx", "ports.json", "rabbitmq", "secrets"),
    *("supervisor.conf", "supervisor.pid", "supervisor.sock"),
)

FEWEST, MOST = 2, 150  # communities


def main(command: str) -> int:
    home = Path(os.environ.get("LIANFANG_HOME") or ".local").absolute()
    try:
        match command:
            case "run":
                _run(home)
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


def _run(home: Path) -> None:
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    from deploy.local.run import run  # noqa: PLC0415 - needs .venv, which stop and clean do not

    run(
        home,
        int(os.environ.get("LIANFANG_PORT") or 8080),
        amqp_uri=os.environ.get("AMQP_URI") or None,
        mongodb_uri=os.environ.get("MONGODB_URI") or None,
        demo=os.environ.get("DEMO", "1") == "1",
        size=_size(os.environ.get("DISTRICT")),
        trusted=_trusted(os.environ.get("TRUSTED_PROXIES") or ""),
    )


def _size(asked: str | None) -> int | None:
    """Raises NotReadyError."""
    if not asked:
        return None
    if not asked.isdigit() or not FEWEST <= int(asked) <= MOST:
        raise NotReadyError(f"DISTRICT is the number of communities, from {FEWEST} to {MOST}; this is {asked}.")
    return int(asked)


def _trusted(words: str) -> list[str]:
    """Raises NotReadyError."""
    from deploy.ingress import networks  # noqa: PLC0415 - needs .venv, as above

    try:
        return networks(words)
    except ValueError as fault:
        raise NotReadyError(f"TRUSTED_PROXIES are addresses or networks, comma between: {fault}.") from fault


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
