"""Every shim nameko 2.14.1 needs on today's Python, each with its reason; the only place that knows (docs/adr/0007).

Import it before anything of nameko's web part. The pins beside it stand in pyproject.toml: eventlet (nameko asks for less),
setuptools below 81 (nameko imports pkg_resources).
"""

import importlib.metadata
import logging
import socket
import sys
import urllib.parse
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import werkzeug
import werkzeug.urls

warnings.filterwarnings("ignore", message="pkg_resources is deprecated")

# nameko.web.websocket and its test helpers read these; werkzeug dropped url_join in 3.0 and __version__ in 3.1.
if not hasattr(werkzeug, "__version__"):
    werkzeug.__version__ = importlib.metadata.version("werkzeug")  # type: ignore[attr-defined]
if not hasattr(werkzeug.urls, "url_join"):
    werkzeug.urls.url_join = urllib.parse.urljoin  # type: ignore[attr-defined]

from eventlet import Timeout, listen, wsgi  # noqa: E402  (after the shims above)
from nameko.web.server import HttpOnlyProtocol, WebServer, WsgiApp  # noqa: E402
from werkzeug.exceptions import HTTPException  # noqa: E402
from werkzeug.wrappers import Request  # noqa: E402

from shared.observability.metrics import GREENTHREADS  # noqa: E402

ACCEPT_BACKLOG = 1024
IDLE_SECONDS = 75  # for the next request of a connection: longer than the ingress (65 s), so that it is not we who part
HEADERS_SECONDS = 15  # for all of them together
SILENT_SECONDS = 20  # between two pieces of a body or of an answer, and for 64 KiB of a body together
NAME_SECONDS = 2.5  # for one question to the name servers; a connection asks two, or four for a name without a dot
MOST_NAME_SERVERS = 3  # that a resolv.conf may name
_log = logging.getLogger("nameko.web.server")
WordsFault = Callable[[Request, HTTPException], Any]


def _asking_anew(greendns: Any) -> Any:
    """The resolver of eventlet with its memory taken away, so that a part which comes back under another address is found.

    The stock one keeps an answer for as long as the name server said, also when the connection to that address fails, and reads
    once for good which name servers there are. It stays in use: the system's own would stop the whole process while a name
    server is silent.
    """

    class Resolver(greendns.ResolverProxy):  # type: ignore[misc]  # eventlet has no types
        @property
        def _resolver(self) -> Any:
            resolver = greendns.dns.resolver.Resolver(filename=self._filename)
            resolver.timeout, resolver.lifetime = NAME_SECONDS / MOST_NAME_SERVERS, NAME_SECONDS
            return resolver

        def clear(self) -> None:
            """There is nothing to forget."""

    return Resolver(greendns.HostsResolver(interval=0))


# Not loaded where EVENTLET_NO_GREENDNS is set, which is for tests alone.
if (_greendns := sys.modules.get("eventlet.support.greendns")) is not None:
    _greendns.resolver = _asking_anew(_greendns)  # type: ignore[attr-defined]


class _Patient(HttpOnlyProtocol):  # type: ignore[misc]  # nameko has no types
    """One connection, which may be slow but not for ever: a request that drips in holds a file, a greenthread and memory.

    A TimeoutError ends it. A websocket, once open, may be silent as long as it likes (shared/web/live_clients.py).
    """

    def _read_request_line(self) -> Any:
        with Timeout(IDLE_SECONDS, TimeoutError):
            return super()._read_request_line()

    def parse_request(self) -> Any:
        with Timeout(HEADERS_SECONDS, TimeoutError):
            return super().parse_request()


class _Body:
    """A request's body, of which no piece (werkzeug asks for 64 KiB at a time) may be too long in coming."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int | None = None) -> bytes:
        with Timeout(SILENT_SECONDS, TimeoutError):
            piece: bytes = self._stream.read(size)
            return piece


class Server(WebServer):  # type: ignore[misc]  # nameko has no types
    """nameko's web server with the faults we met mended.

    - A wrong URL or method comes out of the router as werkzeug's HTML: `on_routing_fault` words it instead.
    - The stock listener has a backlog of 50 and dies with its accept loop when files run out: it goes on here.
    - It waits for a slow client for ever, and tells one stack traces.
    - It shares its port with any other process of ours that is given the same one, and each answers some of the requests.
    - The last piece of a page waited 40 ms until the reader's system had acknowledged the one before (Nagle's algorithm).
    """

    on_routing_fault: WordsFault | None = None
    _starting: bool

    @property
    def sharing_key(self) -> type:
        return Server

    def start(self) -> None:
        if not self._starting:
            self._starting = True
            self._sock = listen(self.bind_addr, backlog=ACCEPT_BACKLOG, reuse_port=False)
            self._sock.settimeout(None)
            self._serv = self.get_wsgi_server(self._sock, self.get_wsgi_app())
            self._gt = self.container.spawn_managed_thread(self.run)
            GREENTHREADS.set_function(lambda: len(self.container._managed_threads))  # noqa: SLF001

    def run(self) -> None:
        while self._is_accepting:
            try:
                super().run()
            except OSError as fault:
                _log.warning("no connection can be taken for the moment: %r", fault)
                _pause()

    def process_request(self, sock: Any, address: Any) -> None:
        """One reader's broken connection must not reach the container, which would stop the whole service."""
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            super().process_request(sock, address)
        except OSError:
            return
        except Exception:  # noqa: BLE001  (as above)
            _log.exception("a connection broke off")

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, **_: Any) -> Any:
        return wsgi.Server(
            sock, sock.getsockname(), wsgi_app, protocol=_Patient, debug=False, log=_log, socket_timeout=SILENT_SECONDS
        )

    def get_wsgi_app(self) -> Callable[..., Iterable[bytes]]:
        return _App(self)


class _App(WsgiApp):  # type: ignore[misc]  # nameko has no types
    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["wsgi.input"] = _Body(environ["wsgi.input"])
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            environ["wsgi.input_terminated"] = True  # eventlet ends such a body itself; else werkzeug reads none of it
        request = Request(environ, shallow=True)
        adapter = self.url_map.bind_to_environ(environ)
        response: Any
        try:
            provider, values = adapter.match()
        except HTTPException as fault:
            request.shallow = False
            worded = self.server.on_routing_fault
            response = worded(request, fault) if worded else fault
        else:
            request.path_values = values  # type: ignore[attr-defined]
            response = provider.handle_request(request)
        answer: Iterable[bytes] = response(environ, start_response)
        return answer


def _pause() -> None:
    import time  # noqa: PLC0415  (after monkey patching, so that it yields)

    time.sleep(0.05)
