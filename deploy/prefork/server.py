"""Pre-fork server: has imported every service, and forks one for each request on a unix socket.

`python -m deploy.prefork.server SOCKET`. A fork shares the memory of what was imported and is ready to work at once.
Nothing here may start a thread, the green scheduler or a connection: a fork would inherit half of it.
"""

import services.__main__  # noqa: F401  (patches the standard library, so it comes first)

# isort: split
import ctypes
import gc
import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from eventlet import hubs
from eventlet.patcher import original

from deploy.prefork.client import LARGEST_REQUEST
from services.catalogue import service_class, service_names

_socket: Any = original("socket")  # the loop below blocks for real: it is no greenthread
_select: Any = original("select")
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15  # <linux/prctl.h>

Run = Callable[[], None]


class Child(NamedTuple):
    """A forked process: `pidfd` tells of its end, `client` asked for it and hears of it."""

    pid: int
    pidfd: int
    client: Any


class Server:
    """One loop over the listening socket, the clients and the children's pidfds."""

    def __init__(self, address: str) -> None:
        Path(address).unlink(missing_ok=True)
        self._listener = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
        self._listener.bind(address)
        self._listener.listen(64)
        self._poll = _select.poll()
        self._poll.register(self._listener, _select.POLLIN)
        self._clients: dict[int, Any] = {}
        self._children: dict[int, Child] = {}  # by the file descriptors of both client and pidfd

    def serve(self) -> Run:
        """Serves for ever. It returns in a forked child only: what that child is to run."""
        while True:
            for descriptor, _ in self._poll.poll():
                if run := self._answer(descriptor):
                    return run

    def _answer(self, descriptor: int) -> Run | None:
        if descriptor == self._listener.fileno():
            client, _ = self._listener.accept()
            self._clients[client.fileno()] = client
            self._poll.register(client, _select.POLLIN)
        elif (child := self._children.get(descriptor)) is None:
            if client := self._clients.get(descriptor):
                return self._fork_for(client)
        elif descriptor == child.pidfd:
            self._bury(child)
        else:
            self._pass_on(child)
        return None

    def _fork_for(self, client: Any) -> Run | None:
        """Forks what the client asks for; in the child, returns what to run."""
        request, outputs, _, _ = _socket.recv_fds(client, LARGEST_REQUEST, 1)
        if not request:
            self._forget(client)
            return None
        ours = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._close_all()
            command, _, environment = request.partition(b"\0\0")
            pairs = (one.decode().partition("=") for one in environment.split(b"\0") if one)
            variables = {name: value for name, _, value in pairs}
            return partial(_become, command.decode().split("\0"), variables, outputs[0], ours)
        for output in outputs:
            os.close(output)
        child = Child(pid, os.pidfd_open(pid), client)
        self._children[child.pidfd] = self._children[client.fileno()] = child
        self._poll.register(child.pidfd, _select.POLLIN)
        with suppress(OSError):  # gone already: its end is heard of next
            client.send(str(pid).encode())
        return None

    def _pass_on(self, child: Child) -> None:
        """A signal that the client sends; a client that is gone takes its child with it."""
        try:
            asked = child.client.recv(16)
        except OSError:
            asked = b""
        if not asked:
            self._poll.unregister(child.client)
        signal.pidfd_send_signal(child.pidfd, int(asked or signal.SIGKILL))

    def _bury(self, child: Child) -> None:
        _, status = original("os").waitpid(child.pid, 0)
        self._poll.unregister(child.pidfd)
        del self._children[child.pidfd], self._children[child.client.fileno()]
        os.close(child.pidfd)
        with suppress(OSError):  # it did not wait
            child.client.send(str(os.waitstatus_to_exitcode(status)).encode())
        self._forget(child.client)

    def _forget(self, client: Any) -> None:
        del self._clients[client.fileno()]
        with suppress(KeyError):  # it was gone before its child
            self._poll.unregister(client)
        client.close()

    def _close_all(self) -> None:
        for one in (self._listener, *self._clients.values()):
            one.close()
        for descriptor in {child.pidfd for child in self._children.values()}:
            os.close(descriptor)


def _become(command: Sequence[str], environment: Mapping[str, str], output: int, parent: int) -> None:
    """In the child: runs module `command[0]` as `python -m` would, with this environment, until it ends."""
    prctl = ctypes.CDLL(None).prctl
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(_PR_SET_NAME, command[-1].encode())  # else all would be called alike
    if os.getppid() != parent:
        sys.exit("the pre-fork server is gone")
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(output)
    os.close(nothing)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    hubs.get_hub().poll.close()
    hubs.use_hub()  # patching made one, with an epoll that all forks would share
    sys.argv = list(command)
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)


def main(address: str) -> None:
    for name in service_names():
        service_class(name)
    if threading.active_count() > 1 or hubs.get_hub().running:
        sys.exit("an import started a thread or the green scheduler, which a fork must not inherit")
    gc.collect()
    gc.freeze()  # for good: a collection in a child would write to, and so copy, every page of what was imported
    server = Server(address)
    server.serve()()


if __name__ == "__main__":
    main(sys.argv[1])
