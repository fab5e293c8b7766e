"""Who applies, who may help, and what becomes of them."""

from dataclasses import dataclass
from typing import Literal

from shared.errors import RuleBroken
from shared.words import Text

Standing = Literal["applied", "approved", "refused", "suspended"]


@dataclass(frozen=True)
class Applied:
    account: str


@dataclass(frozen=True)
class Introduced:
    display_name: str


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
    """A person who offered to help in one community. `name_shown`: they agreed to be shown by name to those they work with."""

    id: str
    account: str
    community: str
    display_name: str
    name_shown: bool
    home: str
    skills: tuple[str, ...]
    standing: Standing = "applied"
    reason: str | None = None

    def approve(self) -> list[Approved | Introduced]:
        """Staff of the community accept the application; from now on this person may take shifts."""
        if self.standing != "applied":
            raise NotWaiting
        self.standing = "approved"
        introduction = [Introduced(self.display_name)] if self.name_shown else []
        return [Approved(self.account, self.skills), *introduction]

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
