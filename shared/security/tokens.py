"""Signed access tokens that every service verifies alone, what they grant, and how rights end early."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from shared.events.envelope import DISTRICT, Event
from shared.kernel.errors import NotSignedIn
from shared.persistence.store import Store

ALGORITHM = "EdDSA"
ISSUER = "lianfang"
TOKEN_LIFE = timedelta(minutes=15)
PASS_LIFE = timedelta(hours=12)  # of a token for a community's own address, which can renew none (docs/adr/0012)
DISTRICT_ROLES = frozenset({"officer", "operator"})
OUT_OF_REACH = timedelta(minutes=5)  # accounts is then taken to be away, not slow
GRACE = {"staff": timedelta(days=7), "captain": timedelta(hours=24), "volunteer": timedelta(hours=24)}


class Grant(NamedTuple):
    """`scope` is `district`, `community:<slug>`, `team:<id>` or `self`."""

    role: str
    scope: str

    def __str__(self) -> str:
        return f"{self.role}@{self.scope}"


def grant(text: str) -> Grant:
    role, _, scope = text.partition("@")
    return Grant(role, scope)


@dataclass(frozen=True)
class Principal:
    """A signed-in caller. `session` is the secret their forms prove themselves by (None for a program's token);
    `name` is what the caller signs in as, told to nobody else."""

    account: str
    grants: frozenset[Grant]
    issued: datetime
    expires: datetime
    session: str | None = None
    name: str = ""

    def may(self, role: str, community: str | None = None) -> bool:
        """Whether the caller has the role, and for this community if one is named; district roles reach everywhere."""
        return any(
            one.role == role and (community is None or role in DISTRICT_ROLES or one.scope == f"community:{community}")
            for one in self.grants
        )

    def communities(self) -> list[str]:
        """The communities any of the caller's grants is for."""
        return sorted(
            {one.scope.removeprefix("community:") for one in self.grants if one.scope.startswith("community:")}
        )


Silence = Callable[[], datetime | None]


class TokenReader:
    """Verifies tokens with accounts' public keys (a JWKS file, read again when it changes) for one audience."""

    def __init__(self, keys: Path, audience: str) -> None:
        self._path = keys
        self._audience = audience
        self._read_at = 0.0
        self._keys: dict[str, Any] = {}

    def read(
        self, token: str, at: datetime, *, community: str | None = None, accounts_silent_since: Silence | None = None
    ) -> Principal:
        """The caller a token names at this moment. Raises NotSignedIn when it is not genuine, not meant for us, or past
        its time.

        A community's own endpoints tell since when accounts is silent, asked of a token past its time only: a genuine one of that
        community lives on for a while.
        """
        try:
            key = self._key(jwt.get_unverified_header(token).get("kid", ""))
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=ISSUER,
                # A token from a clock ahead of ours is as genuine as one from a clock behind.
                options={"require": ["exp", "iat", "sub"], "verify_exp": False, "verify_iat": False},
            )
            principal = _principal(claims)
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise NotSignedIn from error
        if at < principal.expires:
            return principal
        return _in_grace(principal, at, community, accounts_silent_since() if accounts_silent_since else None)

    def _key(self, kid: str) -> Any:
        changed = self._path.stat().st_mtime
        if changed != self._read_at:
            jwks = json.loads(self._path.read_text())
            self._keys = {key["kid"]: jwt.PyJWK(key, algorithm=ALGORITHM).key for key in jwks["keys"]}
            self._read_at = changed
        return self._keys[kid]


class TokenMaker:
    """Signs tokens; accounts alone has the key. The key's id is its file's stem."""

    def __init__(self, key: Path) -> None:
        loaded = load_pem_private_key(key.read_bytes(), password=None)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise TypeError(f"{key} is not an Ed25519 key")
        self._key, self._kid = loaded, key.stem

    def make(
        self,
        account: str,
        grants: Sequence[Grant],
        at: datetime,
        *,
        name: str,
        audience: str,
        session: str | None = None,
        life: timedelta = TOKEN_LIFE,
    ) -> str:
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": audience,
            "sub": account,
            "name": name,
            "iat": at.timestamp(),
            "exp": at + life,
            "grants": [str(one) for one in grants],
        }
        if session is not None:
            claims["sid"] = session
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": self._kid})


def _principal(claims: dict[str, Any]) -> Principal:
    return Principal(
        account=str(claims["sub"]),
        grants=frozenset(grant(one) for one in claims["grants"]),
        issued=datetime.fromtimestamp(claims["iat"], UTC),
        expires=datetime.fromtimestamp(claims["exp"], UTC),
        session=claims.get("sid"),
        name=str(claims.get("name", "")),
    )


def _in_grace(principal: Principal, now: datetime, community: str | None, silent_since: datetime | None) -> Principal:
    """While accounts is out of reach, the rights a token gives in this one community outlive it for a limited time."""
    if community is None or silent_since is None or now - silent_since < OUT_OF_REACH:
        raise NotSignedIn
    kept = frozenset(
        one
        for one in principal.grants
        if one.scope == f"community:{community}" and now < principal.expires + GRACE.get(one.role, timedelta(0))
    )
    if not kept:
        raise NotSignedIn
    return replace(principal, grants=kept)


def end_rights(store: Store, account: str, valid_from: datetime) -> None:
    """Within a transaction: tokens of this account issued before `valid_from` no longer count at this store's endpoints."""
    store["rights"].update_one(
        {"_id": account}, {"$max": {"valid_from": valid_from}}, upsert=True, session=store.session
    )


def still_valid(store: Store, principal: Principal) -> bool:
    ended = store["rights"].find_one({"_id": principal.account})
    return ended is None or principal.issued >= ended["valid_from"]


def accounts_silent_since(store: Store) -> datetime | None:
    """When accounts was last heard here; None when it never was (then nothing is known of its absence)."""
    heard = store["heard"].find_one({"_id": f"/{DISTRICT}/accounts"})
    return heard["at"] if heard else None


def note_tokens_ended(store: Store, events: Sequence[Event]) -> None:
    for event in events:
        end_rights(store, event.data["account"], event.data["valid_from"])


REACTIONS = {"accounts.revocation.tokens-ended.v1": note_tokens_ended}
