"""One person twice: somebody a community brought in from a list, who later registered and applied by themselves."""

from dataclasses import dataclass

from services.volunteers.domain.volunteers import Introduced, NameWithdrawn, NotWaiting, Volunteer
from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken


@dataclass(frozen=True)
class AccountLinked:
    account: str


@dataclass(frozen=True)
class Folded:
    """The application is over: it was about the volunteer `into`."""

    into: str


class HasAccount(RuleBroken):
    code = "has-an-account"
    says = Text(
        "这名志愿者已经有自己的账号，不能再合并。", "This volunteer has an account of their own and cannot be joined."
    )


class NotApprovedYet(RuleBroken):
    code = "not-approved-yet"
    says = Text(
        "请先通过（或恢复）名单里的这名志愿者，再合并。",
        "Please approve (or reinstate) the volunteer on your list first.",
    )


def link(
    application: Volunteer, listed: Volunteer, spare: str
) -> tuple[list[Folded], list[AccountLinked | Introduced | NameWithdrawn]]:
    """The listed volunteer gets the applicant's account; the application keeps `spare`, with which nobody signs in.

    What the person themselves agreed to when they applied counts from now on. Raises NotWaiting, HasAccount, NotApprovedYet.
    """
    if application.standing != "applied":
        raise NotWaiting
    if listed.has_account:
        raise HasAccount
    if listed.standing != "approved":
        raise NotApprovedYet
    application.account, listed.account = spare, application.account
    application.has_account, listed.has_account = False, True
    application.standing = "folded"
    consent = listed.show_name() if application.name_shown else listed.withdraw_name()
    return [Folded(listed.id)], [AccountLinked(listed.account), *consent]
