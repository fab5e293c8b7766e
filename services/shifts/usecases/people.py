"""What shifts hears of the people who may take them, approvals and suspensions, what they can, when they are lent; and of the
buildings they live in.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from services.shifts.domain import claims
from services.shifts.domain.rosters import Loan, Roster
from services.shifts.store import ShiftsStore
from services.shifts.usecases.saving import people_of, publish, save_shifts
from shared.events.envelope import Event
from shared.i18n.timezone import SHANGHAI


def admit(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """Approved or reinstated volunteers may take shifts."""
    for event in events:
        roster = _roster(tx, event.subject, event.data["account"])
        roster.standing = "approved"
        for skill in event.data.get("skills", []):
            roster.skills.setdefault(skill, None)
        tx.save(roster)


def link_account(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """Who came from a list signs in from now on; their duties are theirs already."""
    for event in events:
        tx.save(_roster(tx, event.subject, event.data["account"]))


def suspend(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """Suspended volunteers give up the shifts ahead of them, and wait for none."""
    for event in events:
        roster = _roster(tx, event.subject, event.data["account"])
        _release(tx, roster, roster.ahead(tx.act.at), why="suspended", standing="suspended")


def note_abilities(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """What somebody can, until when it is certified, and when they have time; what they have taken already stays theirs."""
    for event in events:
        roster = _roster(tx, event.subject, "")
        roster.skills = _skills(event.data["skills"])
        roster.available = event.data["available"]
        tx.save(roster)


def lend(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """Home gives the days of a loan free, and says so; what the volunteer had there in these days is open again."""
    for event in events:
        roster = _roster(tx, event.data["volunteer"], "")
        loan = Loan(event.subject, event.data["starts"], event.data["ends"])
        released, lost = roster.release_dates(loan, tx.rules(), tx.act.at)
        if released:
            _release(tx, roster, lost, why="lent", standing=roster.standing, told=released)


def take_back(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """A loan is over: home may plan with this person again."""
    for event in events:
        roster = tx.get(Roster, event.data["volunteer"])
        if roster is not None:
            roster.come_back(event.subject)
            tx.save(roster)


def welcome(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """Somebody is lent to this community, for these days."""
    for event in events:
        roster = _roster(tx, event.data["volunteer"], event.data["account"])
        roster.standing = "approved"
        roster.stays.append(Loan(event.subject, event.data["starts"], event.data["ends"]))
        roster.skills = _skills(event.data["skills"])
        tx.save(roster)


def see_off(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """A stay is over; what this person still had ahead of them for it is open again."""
    for event in events:
        roster = _roster(tx, event.data["volunteer"], event.data["account"])
        if any(stay.id == event.subject for stay in roster.stays):
            lost = roster.leave(event.subject, tx.act.at)
            _release(tx, roster, lost, why="lent", standing="approved" if roster.stays else "left")


def note_names(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """Who agreed to be shown by name is."""
    for event in events:
        tx.note_name(event.data.get("volunteer", event.subject), event.data["display_name"])


def forget_names(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """Who no longer agrees is shown by a code again."""
    for event in events:
        tx.forget_name(event.data.get("volunteer", event.subject))


def note_buildings(tx: ShiftsStore, events: Sequence[Event]) -> None:
    """A post may say whose people pass there."""
    for event in events:
        tx.note_building(event.subject, event.data["name"])


def _release(
    tx: ShiftsStore, roster: Roster, shift_ids: Sequence[str], *, why: str, standing: Any, told: Sequence[object] = ()
) -> None:
    """These shifts, and all wishes for others where nothing more may be taken, are given up."""
    roster.standing = standing
    shifts = {shift.id: shift for shift in tx.shifts(shift_ids)}
    if standing != "approved":
        shifts |= {shift.id: shift for shift in tx.wished_for(roster.id, tx.act.at) if shift.id not in shifts}
    people = people_of(tx, shifts.values(), roster)
    lost = claims.release_all(roster, list(shifts.values()), people, tx.rules(), tx.act.at, why=why)
    tx.save(roster, publish(told))
    save_shifts(tx, lost, {id_: one for id_, one in people.items() if id_ != roster.id})


def _skills(said: Sequence[dict[str, Any]]) -> dict[str, datetime | None]:
    return {one["skill"]: _end_of(one["until"]) for one in said}


def _end_of(day: date | None) -> datetime | None:
    """A certificate is good for the whole of its last day."""
    return None if day is None else (datetime.combine(day, time(), SHANGHAI) + timedelta(days=1)).astimezone(UTC)


def _roster(tx: ShiftsStore, volunteer: str, account: str) -> Roster:
    """What is told of somebody may come before we have heard of them: then without an account, and not yet approved."""
    roster = tx.get(Roster, volunteer) or Roster(volunteer, account, standing="left")
    roster.account = account or roster.account
    return roster


REACTIONS = {
    "volunteers.volunteer.approved.v1": admit,
    "volunteers.volunteer.reinstated.v1": admit,
    "volunteers.volunteer.account-linked.v1": link_account,
    "volunteers.volunteer.suspended.v1": suspend,
    "volunteers.volunteer.abilities-changed.v1": note_abilities,
    "volunteers.volunteer.introduced.v1": note_names,
    "volunteers.volunteer.name-withdrawn.v1": forget_names,
    "volunteers.building.registered.v1": note_buildings,
    "volunteers.loan.agreed.v1": lend,
    "volunteers.loan.ended.v1": take_back,
    "volunteers.stay.begun.v1": welcome,
    "volunteers.stay.introduced.v1": note_names,
    "volunteers.stay.name-withdrawn.v1": forget_names,
    "volunteers.stay.ended.v1": see_off,
}
