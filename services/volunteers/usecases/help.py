"""Help between neighbours: what a community's shifts ask for, and what the others and the district office answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.volunteers.domain import loans
from services.volunteers.domain.help import Request
from services.volunteers.domain.loans import Loan
from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.store import VolunteersStore
from services.volunteers.store.help import request_id
from services.volunteers.usecases.lending import keep_loan, keep_request
from shared.events.envelope import Event
from shared.kernel.command import Command
from shared.kernel.ids import new_id


def send(
    store: VolunteersStore, act: Command, community: str, asker: str, shift: str, *, volunteers: Sequence[str]
) -> Request:
    """A community names who of its own goes. Both staffs agree with that: one asked, one gives; whoever has not offered
    themselves for that day is asked. Raises NotFound and the rules of Request.send, lend and Away."""
    fresh = [(volunteer, new_id()) for volunteer in dict.fromkeys(volunteers)]

    def do(tx: VolunteersStore) -> Request:
        request = tx.request(asker, shift)
        request.check_answers(community, act.at)
        named = {loan.volunteer for loan in tx.open_loans(request=request.id)}
        given = [
            _lend(tx, request, tx.volunteer(community, volunteer), loan_id)
            for volunteer, loan_id in fresh
            if volunteer not in named
        ]
        keep_request(tx, request, request.send(community, [loan.id for loan in given], act.actor, act.at))
        for loan in given:
            agreed = loan.agree("home", act.actor, act.at)
            keep_loan(tx, loan, [*agreed, *loan.agree("borrower", None, act.at)])
        return request

    return store.transaction(act, do)


def send_team(store: VolunteersStore, act: Command, asker: str, shift: str, people: int) -> Request:
    """The district office sends so many. Raises NotFound and the rules of Request.send_team."""

    def do(tx: VolunteersStore) -> Request:
        request = tx.request(asker, shift)
        keep_request(tx, request, request.send_team(people, act.actor, act.at))
        return request

    return store.transaction(act, do)


def regret(store: VolunteersStore, act: Command, who: str, asker: str, shift: str) -> Request:
    """A community, or the district office, has nobody. Raises NotFound and the rules of Request.regret."""

    def do(tx: VolunteersStore) -> Request:
        request = tx.request(asker, shift)
        keep_request(tx, request, request.regret(who, act.actor, act.at))
        return request

    return store.transaction(act, do)


def note_requests(tx: VolunteersStore, events: Sequence[Event]) -> None:
    """A community could not fill a shift by itself. A second search for the same shift begins with no answers."""
    for event in events:
        facts = event.data
        request = _request(tx, event.community, event.subject, {**facts, "since": event.time})
        request.ask(facts["step"], event.time, facts["until"], facts["missing"])
        keep_request(tx, request)


def note_pointed(tx: VolunteersStore, events: Sequence[Event]) -> None:
    """The district office asks one community for people; it answers as it would answer the neighbour itself."""
    for event in events:
        facts = event.data
        told = {**facts, "since": event.time, "step": "neighbours", "until": facts["starts"]}
        request = _request(tx, facts["receiver"], facts["shift"], told)
        request.point_to(facts["giver"], event.time, facts["missing"])
        keep_request(tx, request)


def close_requests(tx: VolunteersStore, events: Sequence[Event]) -> None:
    """The search is over: nobody is waited for any more, and who has not said yes yet need not."""
    for event in events:
        request = tx.get(Request, request_id(event.community, event.subject))
        if request is None or request.over:
            continue
        request.close()
        keep_request(tx, request)
        for loan in tx.open_loans(request=request.id):
            if loan.state == "offered":
                keep_loan(tx, loan, loan.lapse())


def _request(tx: VolunteersStore, community: str, shift: str, facts: Mapping[str, Any]) -> Request:
    """The one for this shift, or a new one."""
    told = (
        "step", "since", "until", "post_name", "post_name_en", "kind", "skill", "starts", "ends", "missing",
    )  # fmt: skip
    id_ = request_id(community, shift)
    return tx.get(Request, id_) or Request(id_, community, shift, *(facts[one] for one in told))


def _lend(tx: VolunteersStore, request: Request, volunteer: Volunteer, loan_id: str) -> Loan:
    """The volunteer's own offer where it covers the shift, else a loan of that day which waits for their yes."""
    offered = tx.offer_for(request, volunteer)
    if offered is not None:
        offered.request = request.id
        return offered
    span = loans.whole_days(*request.span)
    tx.away(volunteer.account).check_free(*span)
    there = tx.of_account(request.community, volunteer.account)
    loan = loans.lend(loan_id, volunteer, request.community, span, there)
    loan.request = request.id
    return loan


REACTIONS = {
    "shifts.cover.escalated.v1": note_requests,
    "shifts.cover.ended.v1": close_requests,
    "district.help.people-asked.v1": note_pointed,
}
