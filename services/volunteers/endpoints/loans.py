"""Lending: the volunteer's offer, and what staff of both communities say to it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.volunteers.domain.loans import LONGEST_DAYS, Loan
from services.volunteers.schemas import applications as words
from services.volunteers.schemas import loans as schemas
from services.volunteers.usecases import loans
from shared.i18n.domain_labels import SKILL_WORDS
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.kernel.ids import now
from shared.replicas.communities import check_known, name_of, names
from shared.web import Call, Reply, endpoint, only, signed_in

PAGE_LENGTH = 50
LATE = timedelta(hours=24)  # an offer is to be answered within a day: people plan their week by it


class LoanDoors:
    @endpoint("GET", "/volunteers/<community>/loans", who=only("staff"), query=schemas.LoanList, out=schemas.LoanShape,
          many=True, page="volunteers/loans.html")  # fmt: skip
    def list_loans(self, call: Call, community: str) -> Reply:
        """The community's loans, in and out, by `show`: waiting (the longest first), running, over (the latest first)."""
        show = call.query["show"]
        found = call.store.loans(
            community, schemas.SHOWN[show], call.query["after"], PAGE_LENGTH + 1, newest_first=show == "over"
        )
        shown, more = found[:PAGE_LENGTH], found[PAGE_LENGTH:]
        counts = call.store.count_loans(community)
        page = {
            **_lending_page(call, community),
            "show": show,
            "asking": call.store.count_requests(call.act.at, community={"$ne": community}),
            "counts": {name: sum(counts.get(one, 0) for one in states) for name, states in schemas.SHOWN.items()},
            "listing": {"next": shown[-1].id if more else None},
        }
        return Reply(_seen(call, shown, community), page=page)

    @endpoint("GET", "/volunteers/<community>/loans/mine", who=signed_in, out=schemas.LoanShape, many=True,
          page="volunteers/my_loans.html")  # fmt: skip
    def my_loans(self, call: Call, community: str) -> Reply:
        """The caller's own loans, the latest first, with the form to offer help elsewhere."""
        own = call.store.of_account(community, call.account)
        mine = call.store.loans_of(call.account, PAGE_LENGTH)
        places = names(call.store)
        page = {
            **_lending_page(call, community),
            "may_offer": own is not None and own.standing == "approved",
            "others": [(slug, name) for slug, name in places.items() if slug != community],
            "today": f"{now().astimezone(SHANGHAI):%Y-%m-%d}",
            "longest": LONGEST_DAYS,
            "requests": call.store.requests_of(mine),
        }
        return Reply(_seen(call, mine, None), page=page)

    @endpoint("POST", "/volunteers/<community>/loans", who=signed_in, body=schemas.LoanOffer, out=schemas.LoanShape,
          again="my_loans")  # fmt: skip
    def offer_loan(self, call: Call, community: str) -> Reply:
        """A volunteer of this community offers to help in another for some days; both communities' staff decide."""
        check_known(call.store, call.body["borrower"])
        loan = loans.offer(call.store, call.act, call.account, community, **call.body)
        says = Text("已报名支援，等两边社区同意。", "Your offer is in; both communities will answer.")
        return Reply(_one(call, loan, None), status=201, then=_mine(community), says=says)

    @endpoint("POST", "/volunteers/<community>/loans/<loan>/consent", who=signed_in, out=schemas.LoanShape)
    def consent_to_loan(self, call: Call, community: str, loan: str) -> Reply:
        """The volunteer who was asked says yes."""
        agreed = loans.consent(call.store, call.act, call.account, loan)
        says = Text("谢谢您！正在为您腾出这几天。", "Thank you! Your days are being cleared.")
        return Reply(_one(call, agreed, None), then=_mine(community), says=says)

    @endpoint("POST", "/volunteers/<community>/loans/<loan>/withdrawal", who=signed_in, out=schemas.LoanShape)
    def withdraw_loan(self, call: Call, community: str, loan: str) -> Reply:
        """The volunteer says no, takes an offer back, or ends a loan early."""
        ended = loans.withdraw(call.store, call.act, call.account, loan)
        says = Text("已告诉两边社区。", "Both communities are told.")
        return Reply(_one(call, ended, None), then=_mine(community), says=says)

    @endpoint("POST", "/volunteers/<community>/loans/<loan>/agreement", who=only("staff"), out=schemas.LoanShape)
    def agree_to_loan(self, call: Call, community: str, loan: str) -> Reply:
        """Staff of the lending or of the borrowing community say yes."""
        agreed = loans.agree(call.store, call.act, community, loan)
        says = Text("已同意。", "Agreed.") if agreed.missing else Text("三方都已同意。", "All three agree.")
        return Reply(_one(call, agreed, community), then=_list(community), says=says)

    @endpoint("POST", "/volunteers/<community>/loans/<loan>/end", who=only("staff"), body=words.Reason,
          out=schemas.LoanShape)  # fmt: skip
    def end_loan(self, call: Call, community: str, loan: str) -> Reply:
        """Staff of either community decline an offer, or end a loan early, with the reason the others are told."""
        ended = loans.stop(call.store, call.act, community, loan, call.body["reason"])
        return Reply(
            _one(call, ended, community), then=_list(community), says=Text("已告诉对方和本人。", "The others are told.")
        )


def _lending_page(call: Call, community: str) -> dict[str, Any]:
    return {
        "community": community,
        "place": name_of(call.store, community),
        "places": names(call.store),
        "skill_words": SKILL_WORDS,
        "late": LATE,
    }


def _seen(call: Call, found: Sequence[Loan], community: str | None) -> list[dict[str, Any]]:
    """Loans as they are shown to staff of a community (None: to the volunteer)."""
    volunteers = call.store.by_id([loan.volunteer for loan in found])
    return [_row(loan, volunteers[loan.volunteer], community) for loan in found]


def _one(call: Call, loan: Loan, community: str | None) -> dict[str, Any]:
    return _seen(call, [loan], community)[0]


def _row(loan: Loan, volunteer: Any, community: str | None) -> dict[str, Any]:
    told = community is None or community == loan.home or volunteer.name_shown
    return {
        **vars(loan),
        "display_name": volunteer.display_name if told else None,
        "skills": list(volunteer.skills),
        "missing": loan.missing,
        "reason": loan.reason,
        "agreed": [one.party for one in loan.said if one.answer == "yes"],
        "since": loan.said[0].at,
        "last": loan.ends - timedelta(minutes=1),
    }


def _list(community: str) -> str:
    return f"/volunteers/{community}/loans"


def _mine(community: str) -> str:
    return f"/volunteers/{community}/loans/mine"
