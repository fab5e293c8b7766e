"""Lending, from the volunteer's offer to the last day: what the three parties say, and what home's shifts and the clock do."""

from collections.abc import Callable, Sequence
from datetime import date

from services.volunteers.domain import loans as domain
from services.volunteers.domain.loans import Loan, LoanEvent, Party
from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.store import VolunteersStore
from services.volunteers.usecases.lending import book, keep_loan, keep_stay
from shared.events.envelope import Event
from shared.jobs.scheduler import Task
from shared.kernel.command import Command
from shared.kernel.errors import NotFound
from shared.kernel.ids import now


def offer(
    store: VolunteersStore, act: Command, account: str, home: str, *, borrower: str, first_day: date, last_day: date
) -> Loan:
    """Raises NotLendable for who is no volunteer of `home`, and the rules of days, lend and offer."""
    span = domain.days(first_day, last_day, act.at)

    def do(tx: VolunteersStore) -> Loan:
        volunteer = tx.of_account(home, account)
        if volunteer is None:
            raise domain.NotLendable
        loan = domain.lend(act.id, volunteer, borrower, span, tx.of_account(borrower, account))
        keep_loan(tx, loan, book(tx, loan))
        return loan

    return store.transaction(act, do)


def consent(store: VolunteersStore, act: Command, account: str, loan_id: str) -> Loan:
    """The volunteer says yes to what they were asked. Raises NotFound and the rules of domain.offer."""

    def do(tx: VolunteersStore) -> Loan:
        loan = _own(tx, loan_id, account)
        keep_loan(tx, loan, book(tx, loan))
        return loan

    return store.transaction(act, do)


def withdraw(store: VolunteersStore, act: Command, account: str, loan_id: str) -> Loan:
    """The volunteer says no, or ends it early. Raises NotFound or LoanOver."""

    def do(tx: VolunteersStore) -> Loan:
        loan = _own(tx, loan_id, account)
        keep_loan(tx, loan, loan.stop("volunteer", None, act.actor, act.at))
        return loan

    return store.transaction(act, do)


def agree(store: VolunteersStore, act: Command, community: str, loan_id: str) -> Loan:
    """Staff of home or of the borrower say yes. Raises NotFound, LoanDecided or DaysPast."""
    return _decide(store, act, community, loan_id, lambda loan, party: loan.agree(party, act.actor, act.at))


def stop(store: VolunteersStore, act: Command, community: str, loan_id: str, reason: str) -> Loan:
    """Staff of home or of the borrower say no, or end it early. Raises NotFound or LoanOver."""
    return _decide(store, act, community, loan_id, lambda loan, party: loan.stop(party, reason, act.actor, act.at))


def let_go(tx: VolunteersStore, volunteer: Volunteer) -> None:
    """Within a transaction: who is suspended at home helps nowhere else either."""
    for loan in tx.open_loans(volunteer=volunteer.id):
        keep_loan(tx, loan, loan.stop("home", None, tx.act.actor, tx.act.at))


def make_own(tx: VolunteersStore, volunteer: Volunteer) -> None:
    """Within a transaction: whom a community takes in as its own volunteer need not be lent to it any more."""
    for loan in tx.open_loans(account=volunteer.account, borrower=volunteer.community):
        keep_loan(tx, loan, loan.stop("borrower", None, tx.act.actor, tx.act.at))


def tell_name(tx: VolunteersStore, volunteer: Volunteer) -> None:
    """Within a transaction: where this volunteer stays, they are called as they agreed to."""
    for stay in tx.stays(volunteer.id, over=False):
        keep_stay(tx, stay, stay.introduce(volunteer.display_name))


def withdraw_name(tx: VolunteersStore, volunteer: Volunteer) -> None:
    """Within a transaction: wherever this volunteer stayed, their name is taken back too."""
    for stay in tx.stays(volunteer.id, name_told=True):
        keep_stay(tx, stay, stay.withdraw_name())


def begin_stays(tx: VolunteersStore, events: Sequence[Event]) -> None:
    """Home has released the days: from now on the borrower may plan with this volunteer."""
    for event in events:
        loan = tx.get(Loan, event.data["loan"])
        if (
            loan is None
            or loan.home != event.community
            or (begun := loan.begin(tx.load(Volunteer, loan.volunteer))) is None
        ):
            continue
        stay, happened = begun
        keep_loan(tx, loan, [])
        keep_stay(tx, stay, happened)


def watch(store: VolunteersStore, loan_id: str) -> bool:
    """Ends a loan that is past its last day, or an offer that nobody took up; whether it was not over."""
    act = Command()

    def do(tx: VolunteersStore) -> bool:
        loan = tx.load(Loan, loan_id)
        if loan.over:
            return False
        keep_loan(tx, loan, loan.pass_time(act.at))
        return True

    return store.transaction(act, do)


WATCH_LOANS = Task("watch-loans", every=10, do=watch, due=lambda store: store.loans_past(now()))


def _own(tx: VolunteersStore, loan_id: str, account: str) -> Loan:
    loan = tx.load(Loan, loan_id)
    if loan.account != account:
        raise NotFound
    return loan


def _decide(
    store: VolunteersStore, act: Command, community: str, loan_id: str, decide: Callable[[Loan, Party], list[LoanEvent]]
) -> Loan:
    def do(tx: VolunteersStore) -> Loan:
        loan = tx.loan(community, loan_id)
        keep_loan(tx, loan, decide(loan, loan.part_of(community)))
        return loan

    return store.transaction(act, do)


REACTIONS = {"shifts.roster.dates-released.v1": begin_stays}
