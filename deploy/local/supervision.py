"""The supervisor that keeps the district's programs running: its configuration and our hold on it."""

import resource
import shlex
import sys
import xmlrpc.client
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from supervisor.xmlrpc import SupervisorTransport

from deploy.local.district import Stage
from deploy.local.programs import Program, wait_until

if TYPE_CHECKING:
    from subprocess import Popen

OPEN_FILES = 65_536  # a hundred communities are some 19,000 collections and indexes, each a file of MongoDB's
UP = ("STARTING", "RUNNING")


class Supervisor:
    """One supervisord under `home`. It is told to stop when we die, and what it runs when it does."""

    def __init__(self, home: Path, stages: Sequence[Stage]) -> None:
        self._socket = home / "supervisor.sock"
        conf = home / "supervisor.conf"
        conf.write_text("\n".join(_configuration(home, self._socket, stages)))
        command = (sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "--silent", "-c", str(conf))
        self.program = Program("supervisor", command, home / "logs/supervisor.log")
        self._groups = {program.name: stage.name for stage in stages for program, _ in stage.programs}
        self._pids: dict[str, int] = {}
        self._process: Popen[bytes] | None = None

    def start(self, held: int) -> None:
        """Start with no program running yet. The file descriptor `held` stays open as long as the supervisor lives."""
        self._socket.unlink(missing_ok=True)
        self._process = self.program.start(held)
        wait_until(self._answers, self.program, self.is_running, seconds=20)

    def was_started(self) -> bool:
        return self._process is not None

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start_program(self, name: str) -> None:
        self._ask("startProcess", f"{self._groups[name]}:{name}", False)  # noqa: FBT003 - "wait" in its XML-RPC

    def keeps_running(self, name: str) -> bool:
        """Tell whether the program runs and is still the process that this was first asked of."""
        if not self.is_running():
            return False
        info = cast("dict[str, Any]", self._ask("getProcessInfo", f"{self._groups[name]}:{name}"))
        return info["statename"] in UP and info["pid"] == self._pids.setdefault(name, info["pid"])

    def wait(self) -> None:
        """Return when the supervisor has ended by itself."""
        if self._process is not None:
            self._process.wait()

    def stop(self) -> None:
        """Stop everything in reverse order and then the supervisor itself."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def _answers(self) -> bool:
        try:
            return bool(self._ask("getState"))
        except OSError:
            return False

    def _ask(self, question: str, *details: str | bool) -> object:
        transport = SupervisorTransport(serverurl=f"unix://{self._socket}")
        try:
            server = xmlrpc.client.ServerProxy("http://localhost", transport=transport)
            return getattr(server.supervisor, question)(*details)
        finally:
            transport.close()


def _configuration(home: Path, socket: Path, stages: Sequence[Stage]) -> Iterator[str]:
    hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    yield from ("[unix_http_server]", f"file = {_plain(socket)}", "chmod = 0700", "")
    yield "[rpcinterface:supervisor]"
    yield "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface"
    yield from ("", "[supervisord]", f"logfile = {_plain(home / 'logs/supervisor.log')}")
    yield from ("logfile_maxbytes = 10MB", "logfile_backups = 1", f"pidfile = {_plain(home / 'supervisor.pid')}")
    yield f"minfds = {OPEN_FILES if hard_limit == resource.RLIM_INFINITY else min(OPEN_FILES, hard_limit)}"
    for priority, stage in enumerate(stages):
        yield from ("", f"[group:{stage.name}]", f"priority = {priority}")
        yield "programs = " + ",".join(program.name for program, _ in stage.programs)
        for program, _ in stage.programs:
            yield from ("", f"[program:{program.name}]", f"command = {_plain(shlex.join(program.leashed_command))}")
            yield "environment = " + ",".join(
                f'{name}="{_plain(value)}"' for name, value in program.environment.items()
            )
            yield from ("autostart = false", "autorestart = true", "startsecs = 1", "startretries = 1000")
            yield from (f"stopwaitsecs = {program.stop_seconds}", "stopasgroup = false", "killasgroup = true")
            yield from (f"stdout_logfile = {_plain(program.log)}", "redirect_stderr = true")
            yield from ("stdout_logfile_maxbytes = 10MB", "stdout_logfile_backups = 1")


def _plain(value: str | Path) -> str:
    """Keep supervisor from reading a percent sign as a name to fill in."""
    return str(value).replace("%", "%%")
