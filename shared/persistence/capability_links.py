"""Capability links: whoever has one may read without signing in, until it is revoked. Only a digest of it is kept."""

import hashlib
import secrets
from datetime import datetime

from pymongo import ASCENDING, IndexModel

from shared.kernel.errors import NotFound
from shared.persistence.store import Store

INDEXES = (IndexModel([("kind", ASCENDING), ("subject", ASCENDING)]),)  # for the "links" of a store that gives them out


def new_token() -> str:
    """128 random bits as 22 characters of a URL; the ingress keeps such out of its log."""
    return secrets.token_urlsafe(16)


def give_link(store: Store, kind: str, subject: str, token: str) -> None:
    """Within a transaction: from now on `token` leads to `subject`, and what was given out for it before leads nowhere."""
    revoke_link(store, kind, subject)
    given = {"_id": _digest(token), "kind": kind, "subject": subject, "at": store.act.at, "by": store.act.actor}
    store["links"].insert_one(given, session=store.session)


def revoke_link(store: Store, kind: str, subject: str) -> None:
    store["links"].delete_many({"kind": kind, "subject": subject}, session=store.session)


def follow_link(store: Store, kind: str, token: str) -> str:
    """The subject a link of this kind leads to. Raises NotFound, also for one that was revoked."""
    given = store["links"].find_one({"_id": _digest(token), "kind": kind}, session=store.session)
    if given is None:
        raise NotFound
    return str(given["subject"])


def link_given(store: Store, kind: str, subject: str) -> datetime | None:
    """When the link that is good now was given out; None where there is none."""
    given = store["links"].find_one({"kind": kind, "subject": subject}, session=store.session)
    return given["at"] if given else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
