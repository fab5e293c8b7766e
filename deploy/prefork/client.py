"""Client of the pre-fork server: asks for a forked process, and stands for it.

`python -I -S deploy/prefork/client.py SOCKET MODULE [ARGUMENT ...]` lives, takes signals and ends as that process does, for
whoever supervises it. It imports little, since one is there for each service.
"""

import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence

LARGEST_REQUEST = 128 * 1024  # bytes of command and environment; a unix socket takes 200 KiB at once
PATIENCE_SECONDS = 60.0  # for a server that imports still


class Forked:
    """A forked process, to be used as subprocess.Popen is. It is killed when this end is closed or dies."""

    def __init__(self, address: str, command: Sequence[str], environment: Mapping[str, str], output: int) -> None:
        """`command`: module and arguments, as after `python -m`; `output` takes both output streams. Raises OSError."""
        variables = (f"{name}={value}" for name, value in environment.items())
        request = b"\0".join(one.encode() for one in [*command, "", *variables])
        self._server = _connected(address)
        socket.send_fds(self._server, [request], [output])
        self.pid = int(self._server.recv(16))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Raises TimeoutError."""
        code = self._ended(timeout)
        if code is None:
            raise TimeoutError(f"process {self.pid} has not ended after {timeout} s")
        return code

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            try:
                self._server.send(str(int(number)).encode())
            except OSError:
                return  # it has ended

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def _ended(self, seconds: float | None) -> int | None:
        if self.returncode is None:
            self._server.settimeout(seconds)
            try:
                told = self._server.recv(16)
            except (BlockingIOError, TimeoutError):
                return None
            except OSError:
                told = b""
            self.returncode = int(told or -signal.SIGKILL)  # the server's children die with it
            self._server.close()
        return self.returncode


def _connected(address: str) -> socket.socket:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            server.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            server.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return server


def main() -> int:
    address, *command = sys.argv[1:]
    process = Forked(address, command, os.environ, sys.stderr.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _: process.send_signal(got))
    code = process.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
