"""A TCP link that can be made slow, cut, shut or swallow everything, for standing between a service and a part."""

import contextlib
import socket
import struct
import threading
import time
from typing import Literal

Way = Literal["up", "down"]  # up: towards the part; down: its answers

BOTH: tuple[Way, Way] = ("up", "down")
CHUNK = 256 * 1024
RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class _Line:
    """One client's connection through the proxy; `lossy` once it lost a byte, for then it can never be whole again."""

    def __init__(self, client: socket.socket, part: socket.socket) -> None:
        self.ends: dict[Way, tuple[socket.socket, socket.socket]] = {"up": (client, part), "down": (part, client)}
        self.lossy = False
        self.answers = 0

    def cut(self) -> None:
        """Both ends are told at once, as by a machine that was switched off and on again."""
        for end in self.ends["up"]:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for end in self.ends["up"]:
            end.close()


class Proxy:
    """Listens on `port` of `host` (loopback) and passes everything on to `target`, until told otherwise; `close` ends it.

    A fault lasts until `heal`, but for `cut`, which is over at once.
    """

    def __init__(self, target: int, host: str = "127.0.0.1", port: int = 0) -> None:
        self._target = ("127.0.0.1", target)
        self._listener = socket.create_server((host, port), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._lines: set[_Line] = set()
        self._guard = threading.Lock()
        self._delay = 0.0
        self._swallowing: tuple[Way, ...] = ()
        self._held: tuple[Way, ...] = ()
        self._flowing = threading.Event()
        self._flowing.set()
        self._shut = False
        self._closed = False
        self._last_answer: int | None = None
        self.accepted = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def delay(self, seconds: float) -> None:
        """Every piece of data comes so much later."""
        self._delay = seconds

    def cut(self) -> None:
        """Every open connection breaks; new ones work."""
        with self._guard:
            lines = list(self._lines)
        for line in lines:
            line.cut()

    def shut(self) -> None:
        """Every open connection breaks and none is made any more."""
        self._shut = True
        self.cut()

    def black_hole(self, *ways: Way) -> None:
        """What is sent in these directions (default: both) vanishes, and nobody is told."""
        self._swallowing = ways or BOTH

    def fall_silent_after(self, answers: int) -> None:
        """On every connection the part's first so many pieces of data come, and all later ones vanish."""
        self._last_answer = answers

    def forge(self, data: bytes) -> None:
        """Says this in the part's name, on every open connection."""
        with self._guard:
            lines = list(self._lines)
        for line in lines:
            with contextlib.suppress(OSError):
                line.ends["up"][0].sendall(data)

    def hold(self, *ways: Way) -> None:
        """What is sent in these directions (default: both) waits; after `heal` it arrives."""
        self._flowing.clear()
        self._held = ways or BOTH

    def heal(self) -> None:
        """Everything passes again; a connection that lost data is cut."""
        self._delay, self._swallowing, self._held, self._shut, self._last_answer = 0.0, (), (), False, None
        self._flowing.set()
        with self._guard:
            lossy = [line for line in self._lines if line.lossy]
        for line in lossy:
            line.cut()

    def close(self) -> None:
        self._closed = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.heal()
        self.cut()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        try:
            if self._shut:
                raise ConnectionRefusedError
            part = socket.create_connection(self._target, timeout=5)
        except OSError:
            client.close()
            return
        part.settimeout(None)
        for end in (client, part):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = _Line(client, part)
        with self._guard:
            self._lines.add(line)
        answers = threading.Thread(target=self._pump, args=(line, "down"), daemon=True)
        answers.start()
        self._pump(line, "up")
        answers.join()
        with self._guard:
            self._lines.discard(line)
        line.close()

    def _pump(self, line: _Line, way: Way) -> None:
        source, sink = line.ends[way]
        try:
            while data := source.recv(CHUNK):
                if self._delay:
                    time.sleep(self._delay)
                if way in self._held:
                    self._flowing.wait()
                line.answers += way == "down"
                if self._vanishes(line, way):
                    line.lossy = True
                    if self._vanishes(line, way):  # else healed meanwhile, too late for `heal` to see the loss
                        continue
                    break
                sink.sendall(data)
        except OSError:
            pass
        line.cut()

    def _vanishes(self, line: _Line, way: Way) -> bool:
        silent = way == "down" and self._last_answer is not None and line.answers > self._last_answer
        return silent or way in self._swallowing
