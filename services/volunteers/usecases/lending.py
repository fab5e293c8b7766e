"""Keeping a loan with all that hangs on it: the person's days, their stay, and the request they were named for."""

from collections.abc import Sequence

from services.volunteers.domain import help as help_rules
from services.volunteers.domain import loans as domain
from services.volunteers.domain.help import Request
from services.volunteers.domain.loans import Loan, LoanEvent, Stay
from services.volunteers.store import VolunteersStore
from shared.events.contracts import registry

publish = registry.publisher({
    domain.Agreed: "volunteers.loan.agreed.v1",
    domain.Ended: "volunteers.loan.ended.v1",
    domain.StayBegun: "volunteers.stay.begun.v1",
    domain.StayIntroduced: "volunteers.stay.introduced.v1",
    domain.StayNameWithdrawn: "volunteers.stay.name-withdrawn.v1",
    domain.StayEnded: "volunteers.stay.ended.v1",
    help_rules.Answered: "volunteers.help.answered.v1",
})  # fmt: skip


def keep_loan(tx: VolunteersStore, loan: Loan, happened: Sequence[LoanEvent]) -> None:
    """Loan and stay are two aggregates, since all events of one go to one community; they are written together."""
    tx.save(loan, publish(happened), community=loan.home)
    if not loan.over:
        return
    away, stay = tx.away(loan.account), tx.get(Stay, loan.id)
    ended = domain.settle(loan, away, stay)
    tx.save(away)
    if stay is not None:
        keep_stay(tx, stay, ended)
    if loan.request is not None:
        request = tx.load(Request, loan.request)
        keep_request(tx, request, request.lose(loan.home, loan.id, tx.act.actor, tx.act.at))


def keep_stay(tx: VolunteersStore, stay: Stay, happened: Sequence[domain.StayEvent]) -> None:
    if happened:
        tx.save(stay, publish(happened), community=stay.borrower)


def keep_request(tx: VolunteersStore, request: Request, happened: Sequence[help_rules.Answered] = ()) -> None:
    tx.save(request, publish(happened), community=request.community)


def book(tx: VolunteersStore, loan: Loan) -> list[LoanEvent]:
    """The volunteer's own yes. Raises the rules of domain.offer."""
    away = tx.away(loan.account)
    happened = domain.offer(loan, away, tx.act.actor, tx.act.at)
    tx.save(away)
    return happened
