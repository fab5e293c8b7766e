"""Live clients: a bounded queue and a writer per socket, so that a slow client holds up nobody but itself."""

import hashlib
import itertools
import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from shared.kernel.ids import now
from shared.web.request import Visit

QUEUE = 8  # messages; whoever is further behind gets the whole page instead
SEND_BUFFER = 128 * 1024  # bytes the kernel keeps for a stalled reader, where it would take megabytes by itself
STALLED_SECONDS = 30.0

# Close codes. live.js knocks again after each of them but the second.
GOING_AWAY = 1001
RIGHTS_GONE = 1008
TOKEN_OVER = 3000  # a renewed session may come again

_log = logging.getLogger(__name__)


class Channel:
    """What one scope of a tenant (its `source`) looks like in one language, and who is looking."""

    def __init__(self, source: str, draw: Callable[[], Mapping[str, str]]) -> None:
        self.source = source
        self.draw = draw
        self.readers: set[Reader] = set()
        self.sound = False
        self._shown: Mapping[str, str] = {}
        self._revision = ""
        self._at = now()

    @property
    def is_drawn(self) -> bool:
        return bool(self._revision)

    def show(self, fragments: Mapping[str, str], at: datetime) -> None:
        """Tells every reader the fragments that are not what they were."""
        changed = {id_: html for id_, html in fragments.items() if self._shown.get(id_) != html}
        self._shown, self._at, self.sound = fragments, at, True
        if changed:
            self._revision = _revision(fragments)
            message = self._message(changed)
            for reader in self.readers:
                reader.tell(message)

    def whole(self, known: str | None) -> str:
        """All that is shown; to a reader who has it already, only that it is still so."""
        return self._message({} if known == self._revision else self._shown)

    def beat(self, number: int, *, trusted: bool) -> None:
        """Says to each reader that it is up to date, if it is; and parts from those that cannot be reached any more."""
        message = _dumps({"beat": number})
        for reader in list(self.readers):
            if reader.is_stalled:
                reader.cut()
            elif trusted and self.sound:
                reader.beat(message)

    def _message(self, html: Mapping[str, str]) -> str:
        return _dumps({"revision": self._revision, "at": self._at, "html": html})


class Reader:
    """One open page. `check` raises once its caller may not look any more; `expires` is when the token ends."""

    def __init__(self, websocket: Any, visit: Visit, check: Callable[[], None]) -> None:
        self._websocket = websocket
        websocket.socket.settimeout(None)  # it need never say a word; one that takes none is found by `is_stalled`
        websocket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.check = check
        self.expires = visit.caller.expires if visit.caller else datetime.max.replace(tzinfo=now().tzinfo)
        self._known = visit.request.args.get("revision")
        self._waiting: deque[str] = deque()
        self._behind = True
        self._woken = threading.Event()
        self._woken.set()
        self._sending_since: float | None = None
        self._closing: int | None = None

    def tell(self, message: str) -> None:
        """Queues a message; where the queue is full, all of it gives way to the whole page as it will be then."""
        if len(self._waiting) == QUEUE:
            self._waiting.clear()
            self._behind = True
        if not self._behind:
            self._waiting.append(message)
        self._woken.set()

    def beat(self, message: str) -> None:
        if not self._behind and not self._waiting and self._sending_since is None:
            self.tell(message)

    def close(self, code: int) -> None:
        self._closing = code
        self._woken.set()

    @property
    def is_stalled(self) -> bool:
        return self._sending_since is not None and time.monotonic() - self._sending_since > STALLED_SECONDS

    def cut(self) -> None:
        """Parts at once: whoever waits on this socket, to read or to write, is woken by its end."""
        try:
            self._websocket.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def write(self, channel: Channel) -> None:
        """Sends what is queued until told to close; runs in a greenthread of its own."""
        try:
            while self._closing is None:
                self._woken.wait()
                self._woken.clear()
                while self._closing is None and (message := self._next(channel)) is not None:
                    self._send(message)
            self._websocket.close(close_data=(self._closing, ""))
        except Exception as fault:  # noqa: BLE001  (whatever befalls one reader is no fault of the service)
            _log.info("a reader was lost: %r", fault)
        self.cut()

    def wait_until_gone(self) -> None:
        """Returns when the socket has ended; what the reader says is not listened to."""
        try:
            while self._websocket.wait() is not None:
                pass
        except Exception as fault:  # noqa: BLE001  (as above)
            _log.info("a reader broke off: %r", fault)

    def _next(self, channel: Channel) -> str | None:
        if self._behind and channel.is_drawn:
            known, self._known, self._behind = self._known, None, False
            return channel.whole(known)
        return self._waiting.popleft() if self._waiting else None

    def _send(self, message: str) -> None:
        self._sending_since = time.monotonic()
        self._websocket.send(message)
        self._sending_since = None


def _revision(fragments: Mapping[str, str]) -> str:
    """Names exactly what is shown, in every replica alike: hours that pass change a page as events do."""
    said = "\0".join(itertools.chain.from_iterable(sorted(fragments.items())))
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def _dumps(message: Mapping[str, Any]) -> str:
    return orjson.dumps(message).decode()
