"""Passes: tokens made for a community's own address, by which people sign in there while nothing else can be asked."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from nameko.extensions import DependencyProvider

from shared.auth import GRACE, Principal, TokenReader, accounts_silent_since, still_valid
from shared.events.envelope import DISTRICT
from shared.kernel.errors import NotSignedIn
from shared.mongo import Store
from shared.settings import Settings


class Gatekeeper:
    """Reads passes; `is_own_address` tells whether this is a community's own address at all."""

    def __init__(self, tokens: TokenReader, *, is_own_address: bool) -> None:
        self._tokens = tokens
        self.is_own_address = is_own_address

    def read(self, store: Store, token: str, at: datetime) -> Principal:
        """Whom a pass lets in at this moment. Raises NotSignedIn."""
        silence = partial(accounts_silent_since, store)
        caller = self._tokens.read(token, at, community=store.community, accounts_silent_since=silence)
        if not still_valid(store, caller):
            raise NotSignedIn
        return caller


def seconds_kept(caller: Principal, at: datetime) -> int:
    """How long a browser keeps a pass: as long as it may be good while accounts is away."""
    longest = max((GRACE.get(one.role, timedelta()) for one in caller.grants), default=timedelta())
    return max(int((caller.expires + longest - at).total_seconds()), 1)


class Passes(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    def setup(self) -> None:
        settings: Settings = self.container.config["settings"]
        reader = TokenReader(settings.token_public_keys, settings.token_audience)
        self.gatekeeper = Gatekeeper(reader, is_own_address=settings.token_audience != DISTRICT)

    def get_dependency(self, _worker: Any) -> Gatekeeper:
        return self.gatekeeper
