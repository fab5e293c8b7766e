"""The rules of accounts: who signs in, what each may do, who may change that, and when a wrong password locks the door."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from shared.i18n.text import Text
from shared.kernel.errors import NotAllowed, NotSignedIn, RuleBroken, TooMany

DISTRICT = "district"
TRIES = 5  # wrong passwords in a row before the door is locked
FIRST_LOCK, LONGEST_LOCK = timedelta(minutes=1), timedelta(hours=1)
TICK = timedelta(milliseconds=1)  # what the database keeps of a moment

# Those of the usual lists of leaked passwords that are long enough to pass otherwise.
_WORST = """
    0123456789 1234567890 12345678910 123456789a a123456789 aa123456789 qq123456789 123456789abc abc123456789 abcd123456
    0987654321 9876543210 1234512345 1231231234 1111111111 0000000000 8888888888 6666666666 5201314520 woaini1314
    woaini520520 woaini1314520 qwertyuiop 1q2w3e4r5t 1qaz2wsx3edc qazwsxedcrfv qwerty12345 qwerty123456 asdfghjkl123
    password12 password123 password1234 passw0rd123 iloveyou123 admin12345 admin123456 administrator
"""
WORST_PASSWORDS = frozenset(_WORST.split())


@dataclass(frozen=True)
class Right:
    """A role and where it holds: `district`, `community:<slug>`, `team:<id>` or `self`."""

    role: str
    scope: str


@dataclass(frozen=True)
class Registered:
    pass


@dataclass(frozen=True)
class RightGranted:
    role: str
    scope: str


@dataclass(frozen=True)
class RightWithdrawn:
    role: str
    scope: str
    valid_from: datetime


@dataclass(frozen=True)
class SessionsEnded:
    valid_from: datetime


@dataclass(frozen=True)
class TokensEnded:
    """What every service must know of an account whose rights are fewer: tokens issued before that no longer count."""

    account: str
    valid_from: datetime


@dataclass(frozen=True)
class CommunityRegistered:
    name: str
    name_en: str
    residents: int
    street: str | None = None
    street_en: str | None = None


class UserTaken(RuleBroken):
    code = "user-taken"
    says = Text("这个用户名已有人使用，请换一个。", "This user name is taken; please choose another.")


class CommonPassword(RuleBroken):
    code = "common-password"
    status = 422
    says = Text("这个密码太常见，容易被猜到，请换一个。", "This password is too easy to guess; please choose another.")


class PasswordIsUser(RuleBroken):
    code = "password-is-user"
    status = 422
    says = Text("密码不能与用户名相同。", "The password must not be the user name.")


class WrongSignIn(NotSignedIn):
    """Says the same whether it was the user or the password."""

    code = "wrong-user-or-password"
    says = Text("用户名或密码不对。", "The user name or the password is not right.")


class WrongPassword(RuleBroken):
    code = "wrong-password"
    status = 422
    says = Text("现在的密码不对。", "This is not your present password.")


class LockedOut(TooMany):
    code = "locked-out"
    says = Text(
        "密码连续输错多次，请在 {retry_after} 秒后再试。",
        "Too many wrong passwords in a row: please try again in {retry_after} seconds.",
    )


class WrongScope(RuleBroken):
    code = "wrong-scope"
    status = 422
    says = Text("这个角色不能用于该范围。", "This role does not go with this scope.")


class NotYourself(RuleBroken):
    code = "not-yourself"
    says = Text(
        "不能撤销自己的运维角色，请由另一位运维人员操作。",
        "You cannot withdraw your own operator role; another operator can.",
    )


class CommunityKnown(RuleBroken):
    code = "community-known"
    says = Text("这个社区代号已经登记。", "A community of this name in links is registered already.")


@dataclass(frozen=True)
class Stay:
    """A loan, and the right that is held for its length only."""

    loan: str
    right: Right


@dataclass
class Account:
    """Somebody who signs in. Tokens issued before `valid_from` no longer count; the newest is of `last_issued`.

    `stays`: what is held as a guest. Who holds the same right for themselves has no stay beside it.
    """

    id: str
    user: str
    password_hash: str
    valid_from: datetime
    last_issued: datetime
    rights: list[Right] = field(default_factory=list)
    failures: int = 0
    locked_until: datetime | None = None
    stays: list[Stay] = field(default_factory=list)

    def check_open(self, at: datetime) -> None:
        """Raises LockedOut with the seconds left."""
        if self.locked_until is not None and at < self.locked_until:
            raise LockedOut(retry_after=ceil((self.locked_until - at).total_seconds()))

    def show_password(self, at: datetime, *, right: bool) -> None:
        """Somebody tried a password: five wrong ones in a row lock the door for a minute, each further one for twice as long."""
        self.check_open(at)
        if right:
            self.failures, self.locked_until = 0, None
            return
        self.failures += 1
        if self.failures >= TRIES:
            doublings = min(self.failures - TRIES, 10)
            self.locked_until = at + min(FIRST_LOCK * 2**doublings, LONGEST_LOCK)

    def issue(self, at: datetime) -> datetime:
        """A token is made out: returns its moment, which no clock that runs behind can put before the rights it carries."""
        moment = max(at, self.valid_from)
        self.last_issued = max(moment, self.last_issued)
        return moment

    def grant(self, right: Right) -> list[RightGranted]:
        """What is held already changes nothing, but that a guest's right is their own from now on."""
        self.stays = [one for one in self.stays if one.right != right]
        return self._hold(right)

    def host(self, loan: str, right: Right) -> list[RightGranted]:
        """A guest holds the right until the loan ends; who holds it for themselves is no guest."""
        if right in self.rights and all(one.right != right for one in self.stays):
            return []
        self.stays.append(Stay(loan, right))
        return self._hold(right)

    def see_off(self, loan: str, right: Right, at: datetime) -> list[RightWithdrawn]:
        """A loan ended: the right goes with the last one it was held for, and stays with whom it belongs to."""
        if Stay(loan, right) not in self.stays:
            return []
        self.stays.remove(Stay(loan, right))
        held_still = any(one.right == right for one in self.stays)
        return [] if held_still else self.withdraw(right, at)

    def withdraw(self, right: Right, at: datetime) -> list[RightWithdrawn]:
        """Every token issued so far ends with it, for each lists the rights of its time."""
        if right not in self.rights:
            return []
        self.rights.remove(right)
        return [RightWithdrawn(right.role, right.scope, self._end_tokens(at))]

    def _hold(self, right: Right) -> list[RightGranted]:
        if right in self.rights:
            return []
        self.rights.append(right)
        return [RightGranted(right.role, right.scope)]

    def change_password(self, password_hash: str, at: datetime) -> list[SessionsEnded]:
        """The door is open again, however often the old one was missed."""
        self.password_hash, self.failures, self.locked_until = password_hash, 0, None
        return self.end_sessions(at)

    def end_sessions(self, at: datetime) -> list[SessionsEnded]:
        return [SessionsEnded(self._end_tokens(at))]

    def _end_tokens(self, at: datetime) -> datetime:
        self.valid_from = max(at, self.valid_from, self.last_issued + TICK)
        return self.valid_from


@dataclass
class Community:
    """A community of the district; its id is the slug that stands in addresses, routing keys and scopes; `street`: the
    street office it belongs to."""

    id: str
    name: str
    name_en: str
    residents: int
    street: str | None = None
    street_en: str | None = None

    def registered(self) -> CommunityRegistered:
        return CommunityRegistered(self.name, self.name_en, self.residents, self.street, self.street_en)


def check_password(user: str, password: str) -> None:
    """Raises CommonPassword or PasswordIsUser; its length is a matter of shape."""
    lowered = password.lower()
    if lowered == user.lower():
        raise PasswordIsUser("password")
    if lowered in WORST_PASSWORDS:
        raise CommonPassword("password")


def check_scope(right: Right) -> None:
    """Each role holds in one kind of place. Raises WrongScope."""
    kind, _, name = right.scope.partition(":")
    fits = {
        "officer": right.scope == DISTRICT,
        "operator": right.scope == DISTRICT,
        "staff": kind == "community" and name,
        "captain": kind == "community" and name,
        "volunteer": kind == "community" and name,
        "rescuer": kind == "team" and name,
        "donor": right.scope == "self",
    }
    if not fits[right.role]:
        raise WrongScope("scope")


def may_change(held: Collection[Right], right: Right) -> bool:
    """Operators change every right, officers all but officers' and operators', staff who is captain in their own community."""
    roles = {one.role for one in held}
    if "operator" in roles:
        return True
    if "officer" in roles and right.role not in ("officer", "operator"):
        return True
    return right.role == "captain" and Right("staff", right.scope) in held


def rights_for(rights: Collection[Right], audience: str) -> list[Right]:
    """What a token for this audience carries: a community's own services never hold a right that reaches beyond it.

    Raises NotAllowed for who has nothing to do with that community.
    """
    if audience == DISTRICT:
        return list(rights)
    own = [one for one in rights if one.scope == audience]
    if not own:
        raise NotAllowed
    return own
