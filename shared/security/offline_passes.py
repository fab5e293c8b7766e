"""Offline passes: tokens for a community's own address, by which people sign in there while accounts is out of reach."""

from datetime import datetime, timedelta
from functools import partial

from shared.kernel.errors import NotSignedIn
from shared.persistence.store import Store
from shared.security.tokens import GRACE, Principal, TokenReader, accounts_silent_since, still_valid


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
