"""Live hub: watches the revision of what a service shows, renders it once per scope and language, and pushes changes to every
client."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from eventlet.websocket import WebSocketWSGI
from nameko.extensions import SharedExtension, register_entrypoint
from pymongo.errors import PyMongoError
from werkzeug.routing import Rule
from werkzeug.wrappers import Request

from shared.configuration.settings import Settings
from shared.i18n.text import Lang
from shared.jobs.loop import Background
from shared.kernel.errors import Fault, NotFound
from shared.kernel.ids import now
from shared.observability.metrics import LIVE_READERS
from shared.persistence.revision import revisions_of
from shared.persistence.store import Store
from shared.runtime.open_files import open_more_files
from shared.web import responses
from shared.web.access import Access
from shared.web.entrypoint import WebEntrypoint
from shared.web.live_bounds import Bounds, Seats
from shared.web.live_clients import GOING_AWAY, RIGHTS_GONE, TOKEN_OVER, Channel, Reader
from shared.web.request import Visit

BEAT_SECONDS = 2.0
BEATS_PER_CHECK = 2  # how often a reader's rights are looked at
REDRAW_SECONDS = 5.0  # shifts begin and communities fall silent without any event
PAUSE_SECONDS = 0.2  # a burst of events is drawn five times a second at most
LOOK_MS = 1_000
TRUSTED_SECONDS = 4.0  # since the database was last asked; a frozen one answers nothing, not even a fault
MOST_READERS = 5_000  # some 60 KB each
LONGEST_FRAME = 1_024  # readers have nothing to tell us

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LiveViewContext:
    """What a live endpoint's method is given: whose data to draw, in which language, for all readers alike."""

    store: Any
    lang: Lang


class Hub(SharedExtension):  # type: ignore[misc]  # nameko has no types
    """One per process: follows the revisions of the tenants that are looked at, has that drawn again, and tends the readers."""

    def __init__(self) -> None:
        super().__init__()
        self._channels: dict[Any, Channel] = {}
        self._drawing = Background("drawing live pages", self._draw_all, rest_seconds=REDRAW_SECONDS)
        self._tending = Background("tending live pages", self._tend_all, rest_seconds=BEAT_SECONDS)
        self._looked: dict[str, float] = {}
        self._beats = 0

    def setup(self) -> None:
        settings: Settings = self.container.config["settings"]
        everybody = min(MOST_READERS, open_more_files() // 2)  # ordinary requests need files too
        self.seats = Seats(Bounds(settings.live_per_account, settings.live_per_address, everybody))

    def start(self) -> None:
        for one in (self._drawing, self._tending):
            self.container.spawn_managed_thread(one.run, identifier="live pages")

    def stop(self) -> None:
        for one in (self._drawing, self._tending):
            one.stop()
        for reader in self._readers():
            reader.close(GOING_AWAY)

    def serve(self, reader: Reader, store: Store, key: Any, draw: Callable[[], Mapping[str, str]]) -> None:
        """Keeps one reader told until it leaves; runs in its connection's own greenthread."""
        channel = self._channels.setdefault(key, Channel(store.source, draw))
        if store.source not in self._looked:
            self._looked[store.source] = time.monotonic()
            self.container.spawn_managed_thread(partial(self._follow, store), identifier="live follower")
        writing = self.container.spawn_managed_thread(partial(reader.write, channel), identifier="live writer")
        LIVE_READERS.inc()
        channel.readers.add(reader)
        if not channel.is_drawn:
            self._drawing.wake()
        try:
            reader.wait_until_gone()
        finally:
            LIVE_READERS.dec()
            writing.kill()
            channel.readers.discard(reader)
            if not channel.readers and self._channels.get(key) is channel:
                del self._channels[key]

    def _follow(self, store: Store) -> None:
        """Wakes the drawer at each new revision, and notes when the database was last asked; for as long as anybody looks."""
        while self._is_looked_at(store):
            try:
                with revisions_of(store).watch(max_await_time_ms=LOOK_MS) as stream:
                    self._drawing.wake()  # for what was missed before we looked
                    while self._is_looked_at(store):
                        if stream.try_next() is not None:
                            self._drawing.wake()
                        self._looked[store.source] = time.monotonic()
            except Exception as fault:  # noqa: BLE001  (whatever it is, readers wait for what follows)
                log = _log.warning if isinstance(fault, PyMongoError) else _log.exception
                log("live pages are cut off: %r", fault, extra={"facts": {"source": store.source}})
                time.sleep(1)
        del self._looked[store.source]

    def _is_looked_at(self, store: Store) -> bool:
        return not self._drawing.stopping and any(channel.source == store.source for channel in self._channels.values())

    def _draw_all(self) -> bool:
        for channel in list(self._channels.values()):
            _draw(channel)
        time.sleep(PAUSE_SECONDS)
        return False

    def _tend_all(self) -> bool:
        self._beats += 1
        for channel in list(self._channels.values()):
            channel.beat(self._beats, trusted=self._is_fresh)
        if self._beats % BEATS_PER_CHECK == 0:
            self._check_rights()
        return False

    @property
    def _is_fresh(self) -> bool:
        """While the database cannot be asked nobody is told that all is well."""
        return all(time.monotonic() - looked < TRUSTED_SECONDS for looked in self._looked.values())

    def _check_rights(self) -> None:
        for reader in self._readers():
            try:
                reader.check()
            except Fault:
                reader.close(TOKEN_OVER if reader.expires <= now() else RIGHTS_GONE)
            except PyMongoError:
                return  # nothing can be known now; readers get no beats either
            except Exception:  # noqa: BLE001  (whatever it is, it is no right to look)
                _log.exception("a reader's rights could not be looked at")
                reader.close(RIGHTS_GONE)

    def _readers(self) -> list[Reader]:
        return [reader for channel in self._channels.values() for reader in channel.readers]


class Live(WebEntrypoint):
    """A websocket beside a page: its method draws `{element id: html}` from a LiveViewContext and the URL's values."""

    hub = Hub()

    def __init__(self, url: str, *, who: Access) -> None:
        super().__init__("GET", url, who=who)

    def get_url_rule(self) -> Rule:
        return Rule(self.url, methods=["GET"], websocket=True)

    def handle_request(self, request: Request) -> Any:
        """The handshake: whoever may not look, or looks at too much already, gets an ordinary refusal."""
        visit = Visit(request, self.origin)
        path: Mapping[str, Any] = request.path_values  # type: ignore[attr-defined]
        try:
            store = self.store_of(path)
            if store is None:
                raise NotFound
            self.admit(visit, store, path)
            visit.check_own_page()
            give_back = self.hub.seats.take(visit.caller.account if visit.caller else "", visit.address)
        except Exception as error:  # noqa: BLE001  (the last line: nobody is shown a stack trace)
            return responses.finish(visit, responses.refused(visit, responses.as_fault(error)), {})
        draw = partial(self.run, self, LiveViewContext(store, visit.lang), path)
        key = (self.url, tuple(sorted(path.items())), visit.lang)
        check = partial(self.admit, visit, store, path)
        # Compressing anew for each reader would cost more than the bytes it saves in a district's own network.
        request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        websocket = WebSocketWSGI(
            lambda socket: self.hub.serve(Reader(socket, visit, check), store, key, draw),
            max_frame_length=LONGEST_FRAME,
        )
        websocket.support_legacy_versions = False  # drafts of 2010, which no browser speaks any more

        def seated(environ: dict[str, Any], start_response: Any) -> Any:
            """Returns when the page has gone, or at once where the handshake fails."""
            try:
                return websocket(environ, start_response)
            finally:
                give_back()

        return seated


def live(url: str, *, who: Access) -> Callable[[Any], Any]:
    """Marks a service's method as what a live page follows: `@live("/district/live", who=only("officer"))`."""

    def mark(function: Any) -> Any:
        register_entrypoint(function, Live(url, who=who))
        return function

    return mark


def _draw(channel: Channel) -> None:
    try:
        channel.show(channel.draw(), now())
    except Fault:
        for reader in list(channel.readers):
            reader.close(RIGHTS_GONE)  # what they look at is not there
    except Exception as fault:  # noqa: BLE001  (one page that cannot be drawn must not stop the others)
        channel.sound = False
        log = _log.warning if isinstance(fault, PyMongoError) else _log.exception
        log("a live page could not be drawn: %r", fault)
