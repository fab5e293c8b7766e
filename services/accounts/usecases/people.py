"""Who sees whose account: operators and officers everybody's, a community's staff those of the people who help there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from services.accounts.domain.accounts import DISTRICT, Account, Right, may_change
from services.accounts.store import AccountsStore
from shared.kernel.errors import NotFound

HISTORY_LENGTH = 50


@dataclass(frozen=True)
class Happening:
    """One entry of an account's history; `what` is the event type's last word: `registered`, `right-granted`, …"""

    at: datetime
    what: str
    role: str | None
    scope: str | None
    actor: str | None


@dataclass(frozen=True)
class Person:
    id: str
    user: str
    rights: list[Right]
    history: list[Happening]


def scopes_seen(held: Collection[Right]) -> list[str] | None:
    """The scopes whose people the holder of these rights may look at; None: all."""
    if any(one.role in ("officer", "operator") for one in held):
        return None
    return sorted(one.scope for one in held if one.role == "staff")


def page_of(
    store: AccountsStore, held: Collection[Right], community: str | None, user: str, after: str, limit: int
) -> list[Account]:
    """People the holder of `held` may look at, with what they may see of each; `community` narrows it."""
    seen = scopes_seen(held)
    wanted = seen if community is None else [one for one in [f"community:{community}"] if seen is None or one in seen]
    found = store.people(wanted, user, after, limit)
    for one in found:
        one.rights = _visible(one.rights, seen)
    return found


def person(store: AccountsStore, held: Collection[Right], account_id: str) -> Person:
    """One account with its history. Raises NotFound, also for somebody the holder of `held` has nothing to do with."""
    seen = scopes_seen(held)
    account = store.load(Account, account_id)
    rights = _visible(account.rights, seen)
    if seen is not None and not rights:
        raise NotFound
    return Person(account.id, account.user, rights, _history(store, account_id, seen))


def grantable(store: AccountsStore, held: Collection[Right]) -> list[Right]:
    """The rights a form offers the holder of `held` to grant or withdraw."""
    scopes = [f"community:{one.id}" for one in store.communities()]
    offered = [Right(role, scope) for scope in scopes for role in ("captain", "staff")]
    offered += [Right(role, DISTRICT) for role in ("officer", "operator")]
    return [one for one in offered if may_change(held, one)]


def _visible(rights: Collection[Right], seen: Collection[str] | None) -> list[Right]:
    return [one for one in rights if seen is None or one.scope in seen]


def _history(store: AccountsStore, account_id: str, seen: Collection[str] | None) -> list[Happening]:
    entries = store.history(account_id, HISTORY_LENGTH)
    users = store.users({entry["actor"] for entry in entries if entry["actor"]})
    return [
        Happening(
            entry["time"], entry["type"].split(".")[2], entry["data"].get("role"), entry["data"].get("scope"),
            users.get(entry["actor"]),
        )
        for entry in entries
        if seen is None or entry["data"].get("scope") in seen
    ]  # fmt: skip
