"""Signing in by a code to one's phone: linking the number, asking for a code, showing it. The code goes out by notify."""

import secrets

from services.accounts.domain import accounts
from services.accounts.domain import phones as domain
from services.accounts.domain.accounts import DISTRICT, Account
from services.accounts.domain.phones import Phone
from services.accounts.passwords import Passwords
from services.accounts.store import AccountsStore
from services.accounts.usecases.accounts import Session, end_all, open_session, try_password, unrepeatable
from shared.events.contracts import registry
from shared.i18n.text import Lang
from shared.kernel.command import Command
from shared.kernel.ids import new_id
from shared.kernel.phone_numbers import e164, spoken
from shared.security.tokens import TokenMaker

publish = registry.publisher({domain.CodeAsked: "accounts.phone.code-asked.v1"})


def ask_to_sign_in(store: AccountsStore, act: Command, passwords: Passwords, phone: str, lang: Lang) -> None:
    """Sends a code, if the number leads to somebody; whoever asks cannot tell. Raises NotAPhone, TooSoon, NoCodes."""
    _ask(store, act, passwords, phone, lang, wanted_by=None)


def ask_to_link(
    store: AccountsStore, act: Command, passwords: Passwords, account_id: str, phone: str, password: str, lang: Lang
) -> None:  # fmt: skip
    """Sends a code to a number one wants to sign in with. Raises WrongPassword, LockedOut, NotAPhone, TooSoon, NoCodes."""
    account = store.load(Account, account_id)
    account.check_open(act.at)
    if not try_password(store, act, passwords, account, password):
        raise accounts.WrongPassword("present")
    domain.check_pace(store.codes_asked_by(account_id, act.at - domain.DAY), act.at)
    _ask(store, act, passwords, phone, lang, wanted_by=account_id)


def link(store: AccountsStore, act: Command, passwords: Passwords, account_id: str, phone: str, code: str) -> None:
    """The number is this account's from now on, and no other number. Raises NotAPhone, WrongCode."""
    shown = _show(store, act, passwords, phone, code, wanted_by=account_id)

    def do(tx: AccountsStore) -> None:
        for other in tx.phones_of(account_id):
            if other.id != shown:
                other.unlink(act.at)
                tx.save(other)
        one = tx.load(Phone, shown)
        one.link(account_id)
        tx.save(one)

    store.transaction(unrepeatable(act), do)


def unlink(store: AccountsStore, act: Command, account_id: str) -> None:
    """Raises NoPhone."""

    def do(tx: AccountsStore) -> None:
        found = tx.phones_of(account_id)
        if not found:
            raise domain.NoPhone
        for one in found:
            one.unlink(act.at)
            tx.save(one)

    store.transaction(act, do)


def sign_in(
    store: AccountsStore, act: Command, passwords: Passwords, tokens: TokenMaker, *, phone: str, code: str,
    password: str | None = None,
) -> Session:  # fmt: skip
    """A session for whoever has the phone in hand; with a new password, if they forgot theirs, and every other session ends.

    Raises NotAPhone, WrongCode, CommonPassword, PasswordIsUser.
    """
    if password is not None:
        accounts.check_password("", password)  # before the code is used up; whose it is must not be told yet
    shown = store.load(Phone, _show(store, act, passwords, phone, code, wanted_by=None))
    account = store.get(Account, shown.account) if shown.account else None
    if account is None:
        raise domain.WrongCode("code")
    if password is not None:
        accounts.check_password(account.user, password)
        hashed = passwords.hash(password)
        store.transaction(
            unrepeatable(act), lambda tx: end_all(tx, account.id, lambda one: one.change_password(hashed, act.at))
        )
    return open_session(store, act, tokens, account.id, client="browser")


def linked_phone(store: AccountsStore, account_id: str) -> str | None:
    """The number one signs in with, all but its ends hidden. Raises SealLost."""
    found = store.phones_of(account_id)
    if not found:
        return None
    number = spoken(store.vault.open(found[0].number))
    return f"{number[:3]} **** {number[-4:]}"


def _ask(
    store: AccountsStore, act: Command, passwords: Passwords, phone: str, lang: Lang, *, wanted_by: str | None
) -> None:  # fmt: skip
    number = e164(phone)
    code = f"{secrets.randbelow(1_000_000):06}"
    box = store.seal_for_notify({"phone": number, "code": code, "lang": lang})
    if box is None:
        raise domain.NoCodes
    sealed, hashed, fresh = _sealed(store, phone), passwords.hash(code), new_id()

    def do(tx: AccountsStore) -> None:
        one = tx.phone_of(sealed) or Phone(fresh, sealed)
        one.ask(act.at, wanted_by=wanted_by, code_hash=hashed)
        goes_out = wanted_by is not None or one.account is not None
        tx.save(one, publish([domain.CodeAsked(box, act.at + domain.CODE_LIFE)]) if goes_out else [])

    store.transaction(unrepeatable(act), do)


def _show(
    store: AccountsStore, act: Command, passwords: Passwords, phone: str, code: str, *, wanted_by: str | None
) -> str:  # fmt: skip
    """The phone whose code it is; compared outside the transaction, where that may take its time. Raises NotAPhone, WrongCode."""
    seen = store.phone_of(_sealed(store, phone))
    good = seen.code_for(act.at, wanted_by) if seen else None
    matches = passwords.match(good, code)
    if seen is None or good is None:
        raise domain.WrongCode("code")
    id_ = seen.id

    def do(tx: AccountsStore) -> bool:
        present = tx.load(Phone, id_)
        right = matches and present.code_for(act.at, wanted_by) == good
        present.show(right=right)
        tx.save(present)
        return right

    if not store.transaction(unrepeatable(act), do):
        raise domain.WrongCode("code")
    return id_


def _sealed(store: AccountsStore, phone: str) -> bytes:
    return store.vault.seal_findable(DISTRICT, e164(phone))
