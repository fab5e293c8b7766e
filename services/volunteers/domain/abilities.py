"""What a volunteer can do, until when, at which times of the week, and which of the six roles they take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

SOON = timedelta(days=30)  # how long before its end a certificate is asked for anew


@dataclass(frozen=True)
class Certificate:
    """A paper that staff have seen: of which kind, for which skill, its last day (None: it does not end). Never its number."""

    skill: str
    kind: str
    until: date | None

    def is_over(self, today: date) -> bool:
        return self.until is not None and self.until < today

    def ends_soon(self, today: date) -> bool:
        """Over already, or within 30 days."""
        return self.until is not None and self.until <= today + SOON


@dataclass(frozen=True)
class Skill:
    """`until`: the last day on which it counts; None where nothing that ends stands behind it."""

    skill: str
    until: date | None


@dataclass(frozen=True)
class AbilitiesChanged:
    skills: tuple[Skill, ...]
    available: tuple[str, ...]


@dataclass(frozen=True)
class RolesTaken:
    roles: tuple[str, ...]


class NotYetHelping(RuleBroken):
    code = "not-yet-helping"
    says = Text("报名通过的志愿者才可以。", "Only an approved volunteer can.")


class NoSuchCertificate(RuleBroken):
    code = "no-such-certificate"
    says = Text("没有这份证书的记录，可能已经删除。", "There is no such certificate on record; it may be gone already.")


def told(skills: Iterable[str], certificates: Sequence[Certificate]) -> tuple[Skill, ...]:
    """Each skill with the last day it counts: a skill that staff have seen papers for counts as long as the longest of them."""
    return tuple(Skill(skill, _until([one for one in certificates if one.skill == skill])) for skill in sorted(skills))


def _until(papers: Sequence[Certificate]) -> date | None:
    ends = [one.until for one in papers if one.until is not None]
    return max(ends) if papers and len(ends) == len(papers) else None
