"""What people and events make happen to accounts: load, act, save."""

import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from services.accounts.domain import accounts as domain
from services.accounts.domain.accounts import DISTRICT, Account, Community, Right
from services.accounts.passwords import Passwords
from services.accounts.store import AccountsStore
from shared.events.contracts import registry
from shared.events.envelope import Event
from shared.kernel.command import Command, IdempotentReplay
from shared.kernel.errors import NotAllowed, NotFound, NotSignedIn
from shared.kernel.ids import new_id
from shared.security.tokens import PASS_LIFE, TOKEN_LIFE, Grant, TokenMaker, end_rights

Client = Literal["browser", "program"]

SESSION_LIFE: dict[Client, timedelta] = {"browser": timedelta(hours=12), "program": timedelta(days=30)}

publish = registry.publisher({
    domain.Registered: "accounts.account.registered.v1",
    domain.RightGranted: "accounts.account.right-granted.v1",
    domain.RightWithdrawn: "accounts.account.right-withdrawn.v1",
    domain.SessionsEnded: "accounts.account.sessions-ended.v1",
    domain.TokensEnded: "accounts.revocation.tokens-ended.v1",
    domain.CommunityRegistered: "accounts.community.registered.v1",
})  # fmt: skip


@dataclass(frozen=True)
class Session:
    """A session just opened or renewed: `access` is its token until `access_ends`; `refresh` gets the next until `ends`."""

    rights: Sequence[Right]
    access: str
    access_ends: datetime
    refresh: str
    ends: datetime


def register(store: AccountsStore, act: Command, passwords: Passwords, user: str, password: str) -> Account:
    """Raises UserTaken, CommonPassword, PasswordIsUser."""
    domain.check_password(user, password)
    hashed = passwords.hash(password)

    def do(tx: AccountsStore) -> Account:
        if tx.of_user(user) is not None:
            raise domain.UserTaken("user")
        account = Account(act.id, user, hashed, valid_from=act.at, last_issued=act.at)
        tx.save(account, publish([domain.Registered()]))
        return account

    try:
        return store.transaction(act, do)
    except IdempotentReplay as done:  # the same form sent twice: whoever waits for the second answer is registered, too
        return store.load(Account, done.result["id"])


def found_district(store: AccountsStore, act: Command, passwords: Passwords, user: str, password: str) -> None:
    """The first operator, from whom all rights come; nothing once there is any account."""
    if store.has_accounts():
        return
    hashed = passwords.hash(password)

    def do(tx: AccountsStore) -> None:
        if not tx.has_accounts():
            account = Account(act.id, user.lower(), hashed, valid_from=act.at, last_issued=act.at)
            first = account.grant(Right("operator", DISTRICT))
            tx.save(account, publish([domain.Registered(), *first]))

    store.transaction(act, do)


def sign_in(
    store: AccountsStore, act: Command, passwords: Passwords, tokens: TokenMaker, *, user: str, password: str,
    client: Client, audience: str = DISTRICT,
) -> Session:  # fmt: skip
    """Raises WrongSignIn, LockedOut, or NotAllowed for an audience that is not this person's."""
    account = store.of_user(user)
    if account is not None:
        account.check_open(act.at)
    matches = try_password(store, act, passwords, account, password)
    if account is None or not matches:
        raise domain.WrongSignIn
    return open_session(store, act, tokens, account.id, client=client, audience=audience)


def open_session(
    store: AccountsStore, act: Command, tokens: TokenMaker, account_id: str, *, client: Client, audience: str = DISTRICT
) -> Session:
    """For somebody who has just proved who they are. Raises NotAllowed for an audience that is not this person's."""
    refresh = secrets.token_urlsafe(32)
    session = {
        "_id": _digest(refresh), "account": account_id, "client": client, "audience": audience, "created": act.at,
        "last_used": act.at, "expires": act.at + SESSION_LIFE[client], "ended": None,
    }  # fmt: skip

    def do(tx: AccountsStore) -> Session:
        tx.add_session(session)
        return _issue(tx, tokens, session, refresh)

    return store.transaction(unrepeatable(act), do)


def make_pass(store: AccountsStore, act: Command, tokens: TokenMaker, account_id: str, community: str) -> str:
    """A token with which somebody signs in at a community's own address; it carries no right beyond it, and ends early by the
    same event as any other. Raises NotAllowed for who has nothing to do with the community."""
    audience = f"community:{community}"

    def do(tx: AccountsStore) -> str:
        account = tx.load(Account, account_id)
        rights = domain.rights_for(account.rights, audience)
        at = account.issue(act.at)
        tx.save(account)
        grants = [Grant(one.role, one.scope) for one in rights]
        return tokens.make(account.id, grants, at, name=account.user, audience=audience, life=PASS_LIFE)

    return store.transaction(unrepeatable(act), do)


def renew(store: AccountsStore, act: Command, tokens: TokenMaker, refresh: str) -> Session:
    """The next access token of a session, with the rights of now. Raises NotSignedIn once the session is over."""

    def do(tx: AccountsStore) -> Session:
        session = tx.use_session(_digest(refresh), act.at)
        if session is None:
            raise NotSignedIn
        return _issue(tx, tokens, session, refresh)

    return store.transaction(unrepeatable(act), do)


def sign_out(store: AccountsStore, act: Command, refresh: str) -> None:
    """Ends one session; its access token runs out by itself within minutes."""
    store.transaction(act, lambda tx: tx.end_session(_digest(refresh), act.at))


def sign_out_everywhere(store: AccountsStore, act: Command, account_id: str) -> None:
    """Ends every session of the account and every token it was ever given."""
    store.transaction(act, lambda tx: end_all(tx, account_id, lambda one: one.end_sessions(act.at)))


def change_password(
    store: AccountsStore, act: Command, passwords: Passwords, account_id: str, *, old: str, password: str
) -> None:
    """Ends every session, for a password is changed when somebody else may know it.

    Raises WrongPassword, LockedOut, CommonPassword, PasswordIsUser.
    """
    account = store.load(Account, account_id)
    account.check_open(act.at)
    domain.check_password(account.user, password)
    if not try_password(store, act, passwords, account, old):
        raise domain.WrongPassword("old")
    hashed = passwords.hash(password)
    store.transaction(act, lambda tx: end_all(tx, account_id, lambda one: one.change_password(hashed, act.at)))


def grant(store: AccountsStore, act: Command, held: Collection[Right], account_id: str, right: Right) -> Account:
    """Raises NotAllowed, WrongScope; NotFound for an account or a community that is not registered."""
    if not domain.may_change(held, right):
        raise NotAllowed
    domain.check_scope(right)

    def do(tx: AccountsStore) -> Account:
        kind, _, name = right.scope.partition(":")
        if kind == "community" and tx.get(Community, name) is None:
            raise NotFound("scope")
        return _grant(tx, tx.load(Account, account_id), right)

    return store.transaction(act, do)


def withdraw(store: AccountsStore, act: Command, held: Collection[Right], account_id: str, right: Right) -> Account:
    """Raises NotAllowed, NotYourself, NotFound."""
    if not domain.may_change(held, right):
        raise NotAllowed
    if right.role == "operator" and account_id == act.actor:
        raise domain.NotYourself
    return store.transaction(act, lambda tx: _withdraw(tx, tx.load(Account, account_id), right))


def register_community(
    store: AccountsStore,
    act: Command,
    *,
    slug: str,
    name: str,
    name_en: str,
    residents: int,
    street: str,
    street_en: str,
) -> Community:
    """Raises CommunityKnown."""

    def do(tx: AccountsStore) -> Community:
        if tx.get(Community, slug) is not None:
            raise domain.CommunityKnown("slug")
        community = Community(slug, name, name_en, residents, street or None, street_en or street or None)
        tx.save(community, publish([community.registered()]), community=slug)
        tx.keep_place(community)
        return community

    return store.transaction(act, do)


def let_help(tx: AccountsStore, events: Sequence[Event]) -> None:
    """A community approved these volunteers, took them back or found their account: they may do as volunteers do there."""
    for event in events:
        if (account := tx.get(Account, event.data["account"])) is not None:
            _grant(tx, account, _volunteer_of(event))


def let_rest(tx: AccountsStore, events: Sequence[Event]) -> None:
    """A community suspended these volunteers."""
    for event in events:
        if (account := tx.get(Account, event.data["account"])) is not None:
            _withdraw(tx, account, _volunteer_of(event))


def let_stay(tx: AccountsStore, events: Sequence[Event]) -> None:
    """These volunteers are lent to a community: for as long they may do there what its own may."""
    for event in events:
        if (account := tx.get(Account, event.data["account"])) is not None:
            tx.save(account, publish(account.host(event.subject, _volunteer_of(event))))


def let_leave(tx: AccountsStore, events: Sequence[Event]) -> None:
    """Their stay is over."""
    for event in events:
        if (account := tx.get(Account, event.data["account"])) is not None:
            _end_tokens(tx, account, account.see_off(event.subject, _volunteer_of(event), tx.act.at))


REACTIONS = {
    "volunteers.volunteer.approved.v1": let_help,
    "volunteers.volunteer.reinstated.v1": let_help,
    "volunteers.volunteer.account-linked.v1": let_help,
    "volunteers.volunteer.suspended.v1": let_rest,
    "volunteers.stay.begun.v1": let_stay,
    "volunteers.stay.ended.v1": let_leave,
}


def forms_secret(refresh: str) -> str:
    """What a session's forms prove themselves by: the same for its whole life, so a page outlives the token it came with."""
    return hashlib.sha256(b"forms " + refresh.encode()).hexdigest()


def try_password(
    store: AccountsStore, act: Command, passwords: Passwords, account: Account | None, password: str
) -> bool:
    """Compares outside the transaction, where it may take its time, and puts the outcome on record in one."""
    matches = passwords.match(account.password_hash if account else None, password)
    if account is None:
        return False
    seen = account

    def do(tx: AccountsStore) -> bool:
        present = tx.load(Account, seen.id)
        right = matches and present.password_hash == seen.password_hash
        present.show_password(act.at, right=right)
        tx.save(present)
        return right

    return store.transaction(unrepeatable(act), do)


def _issue(tx: AccountsStore, tokens: TokenMaker, session: Mapping[str, Any], refresh: str) -> Session:
    """Saving the account with each token makes it meet a withdrawal of the same moment, so neither misses the other."""
    account = tx.load(Account, session["account"])
    audience = session["audience"]
    rights = domain.rights_for(account.rights, audience)
    at = account.issue(tx.act.at)
    tx.save(account)
    grants = [Grant(one.role, one.scope) for one in rights]
    secret = forms_secret(refresh) if session["client"] == "browser" else None
    access = tokens.make(account.id, grants, at, name=account.user, audience=audience, session=secret)
    return Session(rights, access, at + TOKEN_LIFE, refresh, session["expires"])


def _grant(tx: AccountsStore, account: Account, right: Right) -> Account:
    tx.save(account, publish(account.grant(right)))
    return account


def _withdraw(tx: AccountsStore, account: Account, right: Right) -> Account:
    _end_tokens(tx, account, account.withdraw(right, tx.act.at))
    return account


def end_all(tx: AccountsStore, account_id: str, end: Callable[[Account], list[domain.SessionsEnded]]) -> None:
    account = tx.load(Account, account_id)
    _end_tokens(tx, account, end(account))
    tx.end_sessions(account.id, tx.act.at)


def _end_tokens(
    tx: AccountsStore, account: Account, happened: Sequence[domain.RightWithdrawn | domain.SessionsEnded]
) -> None:
    """Saves what ended the account's tokens: here they end at once, at every other service as soon as it hears."""
    tx.save(account, publish(happened))
    if happened:
        end_rights(tx, account.id, account.valid_from)
        (ended,) = publish([domain.TokensEnded(account.id, account.valid_from)])
        tx.state_alone("accounts.revocation", [(new_id(), ended)])


def _volunteer_of(event: Event) -> Right:
    return Right("volunteer", f"community:{event.community}")


def unrepeatable(act: Command) -> Command:
    """What carries a token, or the trial of a password, is never kept as the answer to a repeated request."""
    return replace(act, key=None)


def _digest(refresh: str) -> str:
    return hashlib.sha256(refresh.encode()).hexdigest()
