"""Common base of HTTP and live endpoints: URL, tenant, caller, and running the method."""

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from eventlet.event import Event as GreenEvent
from nameko.extensions import Entrypoint

from shared.configuration.settings import Settings
from shared.events.envelope import DISTRICT, is_slug
from shared.kernel.errors import NotFound, NotSignedIn
from shared.kernel.ids import now
from shared.observability.metrics import HTTP_OLDEST
from shared.persistence.store import Store
from shared.runtime.nameko_compat import Server
from shared.runtime.tenants import stores_in
from shared.security.tokens import Principal, TokenReader, accounts_silent_since, still_valid
from shared.web.access import Access
from shared.web.request import Visit

_at_work: dict[object, float] = {}  # requests in their services' methods, since when
HTTP_OLDEST.set_function(lambda: time.monotonic() - min(_at_work.values(), default=time.monotonic()))


class WebEntrypoint(Entrypoint):  # type: ignore[misc]  # nameko has no types
    """A service's method behind a URL; subclasses add `get_url_rule` and `handle_request`, which answers every fault and logs those
    that nobody foresaw."""

    server = Server()
    answers_faults = True  # nameko's own word on them is left out of the log (shared/observability/metrics.py)

    def __init__(self, method: str, url: str, *, who: Access) -> None:
        super().__init__()
        self.method, self.url, self.who = method, url, who

    def setup(self) -> None:
        settings: Settings = self.container.config["settings"]
        self.origin = settings.public_origin
        self.tokens = TokenReader(settings.token_public_keys, settings.token_audience)
        self.is_own_address = settings.token_audience != DISTRICT
        self.stores = stores_in(self.container)
        self.per_community = bool(settings.communities)
        self.server.register_provider(self)

    def stop(self) -> None:
        self.server.unregister_provider(self)
        super().stop()

    def store_of(self, path: Mapping[str, Any]) -> Store | None:
        """The tenant a URL is about; None at a community service's endpoints that name no community. Raises NotFound."""
        community = path.get("community")
        if community is not None and (community == DISTRICT or not is_slug(community)):
            raise NotFound
        if self.per_community and not community:
            return None
        store: Store = self.stores.tenants.of(community if self.per_community else None)
        return store

    def own_home(self, path: Mapping[str, Any]) -> str | None:
        """Where the pages of a community that runs its own address begin; None behind the district's ingress."""
        if not self.is_own_address or "community" not in path:
            return None
        prefix: str = self.container.service_cls.url_prefix
        return prefix.replace("<community>", path["community"])

    def admit(self, visit: Visit, store: Store | None, path: Mapping[str, Any]) -> None:
        """Learns the visit's caller from bearer token or session cookie. Raises NotSignedIn or NotAllowed."""
        community = path.get("community")
        visit.caller = self._caller(visit, store, community)
        self.who.check(visit.caller, community)

    def run(self, entrypoint: Entrypoint, argument: Any, path: Mapping[str, Any]) -> Any:
        """Runs the service's method in a worker of the container, which counts and limits them."""
        done = GreenEvent()

        def note(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send(result, exc_info)
            return result, exc_info

        _at_work[done] = time.monotonic()
        try:
            self.container.spawn_worker(entrypoint, (argument,), dict(path), handle_result=note)
            return done.wait()
        finally:
            del _at_work[done]

    def _caller(self, visit: Visit, store: Store | None, community: str | None) -> Principal | None:
        token = visit.bearer or visit.session_token
        if token is None or store is None:
            return None
        local = community if self.per_community else None
        silence = partial(accounts_silent_since, store) if local else None
        try:
            caller = self.tokens.read(token, now(), community=local, accounts_silent_since=silence)
            if not still_valid(store, caller):
                raise NotSignedIn
        except NotSignedIn:
            if visit.bearer is not None or self.who.roles is not None:
                raise
            return None
        return caller
