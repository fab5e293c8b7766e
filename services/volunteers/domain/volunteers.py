"""Who applies, who may help, and what becomes of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from services.volunteers.domain.abilities import (
    AbilitiesChanged,
    Certificate,
    NoSuchCertificate,
    NotYetHelping,
    RolesTaken,
    told,
)
from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

Standing = Literal["applied", "approved", "refused", "suspended", "folded"]


@dataclass(frozen=True)
class Applied:
    account: str


@dataclass(frozen=True)
class Introduced:
    display_name: str


@dataclass(frozen=True)
class NameWithdrawn:
    pass


@dataclass(frozen=True)
class Reachable:
    """`sealed`: for notify's eyes only."""

    sealed: str


@dataclass(frozen=True)
class Approved:
    account: str
    skills: tuple[str, ...]


@dataclass(frozen=True)
class Refused:
    account: str


@dataclass(frozen=True)
class Suspended:
    account: str


@dataclass(frozen=True)
class Reinstated:
    account: str


class AlreadyApplied(RuleBroken):
    code = "already-applied"
    says = Text("您已经在本社区报名。", "You have applied in this community already.")


class NotWaiting(RuleBroken):
    code = "application-not-waiting"
    says = Text("这份报名已经处理过了。", "This application has been decided already.")


class NotHelping(RuleBroken):
    code = "not-an-approved-volunteer"
    says = Text("只有已通过的志愿者才能暂停。", "Only an approved volunteer can be suspended.")


class NotSuspended(RuleBroken):
    code = "not-suspended"
    says = Text("这名志愿者没有被暂停。", "This volunteer is not suspended.")


@dataclass
class Volunteer:
    """A person who offered to help in one community. `name_shown`: they agreed to be shown by name to those they work with.

    Whoever came from a list has no account: nobody signs in with the one that is reserved for them.
    """

    id: str
    account: str
    community: str
    display_name: str
    name_shown: bool
    home: str
    skills: tuple[str, ...]
    standing: Standing = "applied"
    reason: str | None = None
    certificates: tuple[Certificate, ...] = ()
    available: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    has_account: bool = True

    @property
    def introduced(self) -> bool:
        """Whether others have been told the name."""
        return self.name_shown and self.standing in ("approved", "suspended")

    def rename(self, display_name: str) -> list[Introduced]:
        if display_name == self.display_name:
            return []
        self.display_name = display_name
        return [Introduced(display_name)] if self.introduced else []

    def show_name(self) -> list[Introduced]:
        """Agrees to be shown by name; before approval nobody is told yet."""
        if self.name_shown:
            return []
        self.name_shown = True
        return [Introduced(self.display_name)] if self.introduced else []

    def withdraw_name(self) -> list[NameWithdrawn]:
        """Takes that back; whoever was told forgets it."""
        told = self.introduced
        self.name_shown = False
        return [NameWithdrawn()] if told else []

    def approve(self) -> list[Approved | Introduced | AbilitiesChanged]:
        """Staff of the community accept the application; from now on this person may take shifts."""
        if self.standing != "applied":
            raise NotWaiting
        self.standing = "approved"
        introduction = [Introduced(self.display_name)] if self.name_shown else []
        return [Approved(self.account, self.skills), *introduction, *self._abilities()]

    def refuse(self, reason: str) -> list[Refused]:
        if self.standing != "applied":
            raise NotWaiting
        self.standing, self.reason = "refused", reason
        return [Refused(self.account)]

    def suspend(self, reason: str) -> list[Suspended]:
        if self.standing != "approved":
            raise NotHelping
        self.standing, self.reason = "suspended", reason
        return [Suspended(self.account)]

    def reinstate(self) -> list[Reinstated]:
        if self.standing != "suspended":
            raise NotSuspended
        self.standing, self.reason = "approved", None
        return [Reinstated(self.account)]

    def state_abilities(self, skills: Iterable[str], available: Iterable[str]) -> list[AbilitiesChanged]:
        """What the person can do and when they have time, as they say themselves."""
        before = self.skills, self.available
        self.skills, self.available = tuple(sorted(set(skills))), tuple(sorted(set(available)))
        return self._abilities() if before != (self.skills, self.available) else []

    def certify(self, certificate: Certificate) -> list[AbilitiesChanged]:
        """Staff have seen the paper. One of the same kind for the same skill takes the older one's place."""
        if certificate in self.certificates:
            return []
        others = [one for one in self.certificates if (one.skill, one.kind) != (certificate.skill, certificate.kind)]
        self.certificates = (*others, certificate)
        self.skills = tuple(sorted({*self.skills, certificate.skill}))
        return self._abilities()

    def withdraw_certificate(self, skill: str, kind: str) -> list[AbilitiesChanged]:
        """It was put on record by mistake, or counts no more. Raises NoSuchCertificate."""
        left = tuple(one for one in self.certificates if (one.skill, one.kind) != (skill, kind))
        if left == self.certificates:
            raise NoSuchCertificate
        self.certificates = left
        return self._abilities()

    def take_roles(self, roles: Iterable[str]) -> list[RolesTaken]:
        """These of the six roles from now on, and no other. Raises NotYetHelping."""
        if self.standing != "approved":
            raise NotYetHelping
        wanted = tuple(sorted(set(roles)))
        if wanted == self.roles:
            return []
        self.roles = wanted
        return [RolesTaken(wanted)]

    def _abilities(self) -> list[AbilitiesChanged]:
        """Told of those who were approved once: before, nobody else knows them."""
        if self.standing not in ("approved", "suspended"):
            return []
        return [AbilitiesChanged(told(self.skills, self.certificates), self.available)]
