"""What it takes to run one program, whoever starts it: the supervisor of the local run or a test."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

TAIL = 10


class NotReadyError(Exception):
    """The district cannot run; the message is the sentence to show."""

    @classmethod
    def of(cls, program: "Program", reason: str) -> Self:
        """Say which program, why, and the last lines of its log."""
        return cls(f"{program.name} {reason}; the end of {program.log}:\n{log_tail(program.log)}")


@dataclass(frozen=True)
class Program:
    """`environment` is added to the caller's; `log` takes both output streams; `stop_seconds` until it is killed."""

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: int = 20

    @property
    def leashed_command(self) -> tuple[str, ...]:
        """The command, told by the kernel to stop when its parent dies, so that nothing is ever left behind."""
        return ("setpriv", "--pdeathsig", "TERM", "--", *self.command)

    def start(self, *held: int) -> subprocess.Popen[bytes]:
        """Start it with our environment and its own; file descriptors in `held` stay open in it."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.leashed_command,
                env=os.environ | dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=held,
            )


def wait_until(
    is_ready: Callable[[], bool], program: Program, is_running: Callable[[], bool], seconds: float = 60
) -> None:
    """Return once ready; raise NotReadyError when the program ends first or the time is over."""
    deadline = time.monotonic() + seconds
    while not is_ready():
        if not is_running():
            raise NotReadyError.of(program, "stopped by itself")
        if time.monotonic() > deadline:
            raise NotReadyError.of(program, f"was not ready after {seconds:.0f} s")
        time.sleep(0.05)


def log_tail(log: Path, lines: int = TAIL) -> str:
    """Return the last lines, without mongod's merely informational ones, which bury the one that tells the fault."""
    if not log.exists():
        return "(no log)"
    telling = (line for line in log.read_text(errors="replace").splitlines() if '"s":"I"' not in line)
    return "\n".join("  " + line[:300] for line in list(telling)[-lines:])
