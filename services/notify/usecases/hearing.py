"""What others say, taken down: who helps where, who may do what, who stands on duty, who cares for which door."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from services.notify.domain.people import Duty, Person
from services.notify.domain.posters import Building, Care
from services.notify.domain.rules import Occasion, trigger_for
from services.notify.store import NotifyStore
from services.notify.usecases import ending
from shared.events.envelope import Event
from shared.messaging.inbox import Reaction

Change = Callable[[Person, Event], None]


def _of_account(change: Change) -> Reaction:
    """The subject is an account."""

    def react(tx: NotifyStore, events: Sequence[Event]) -> None:
        for event in events:
            _save(tx, tx.person(event.subject) or Person(event.subject, event.subject), change, event)

    return react


def _of_volunteer(change: Change, named: Callable[[Event], str] = lambda event: event.subject) -> Reaction:
    """The subject, or what `named` says, is a volunteer; whom nobody knows yet becomes known."""

    def react(tx: NotifyStore, events: Sequence[Event]) -> None:
        for event in events:
            volunteer = named(event)
            account = event.data.get("account")
            person = tx.person_of_volunteer(volunteer)
            if account and (person is None or person.account is None):
                person = _with_account(tx, person, account)
            _save(tx, person or Person(volunteer), change, event)

    return react


def _with_account(tx: NotifyStore, known: Person | None, account: str) -> Person:
    """Somebody taken in without an account has one now: from now on they are one person."""
    person = tx.person(account) or Person(account, account)
    if known is not None:
        person.take_over(known)
        tx[Person].delete_one({"_id": known.id}, session=tx.session)
    return person


def link_account(tx: NotifyStore, events: Sequence[Event]) -> None:
    """Who came from a list, with an account that nobody signs in with, has one of their own now."""
    for event in events:
        known = tx.person_of_volunteer(event.subject)
        if known is None or known.account != event.data["account"]:
            _save(tx, _with_account(tx, known, event.data["account"]), _same, event)


def _save(tx: NotifyStore, person: Person, change: Change, event: Event) -> None:
    change(person, event)
    person.regroup()
    tx.save(person)


def _grant(person: Person, event: Event) -> None:
    person.rights = sorted({*person.rights, f"{event.data['role']}@{event.data['scope']}"})


def _withdraw(person: Person, event: Event) -> None:
    person.rights = [one for one in person.rights if one != f"{event.data['role']}@{event.data['scope']}"]


def _stand(standing: Any) -> Change:
    def change(person: Person, event: Event) -> None:
        person.help_in(event.subject, event.community).standing = standing

    return change


def _fold(person: Person, event: Event) -> None:
    """The application was about somebody who helps there already."""
    person.stop_helping(event.subject, event.community)


def _abilities(person: Person, event: Event) -> None:
    one = person.help_in(event.subject, event.community)
    one.skills = [held["skill"] for held in event.data["skills"]]
    one.available = list(event.data["available"])


def _roles(person: Person, event: Event) -> None:
    person.help_in(event.subject, event.community).roles = list(event.data["roles"])


def _introduce(person: Person, event: Event) -> None:
    person.name(event.data.get("volunteer", event.subject), event.community, event.data["display_name"])


def _blank(person: Person, event: Event) -> None:
    person.name(event.data.get("volunteer", event.subject), event.community, None)


def _take_box(person: Person, event: Event) -> None:
    """Sealed until the background opens it: inside a transaction there is no time for keys."""
    person.box, person.box_from = event.data["sealed"], event.community


def _same(_person: Person, _event: Event) -> None:
    """Only whom it is about was news."""


def _visit(person: Person, event: Event) -> None:
    """Lent: they help in the borrower's community as well."""
    one = person.help_in(event.data["volunteer"], event.community)
    one.standing, one.home = "approved", event.data["home"]
    one.stays = sorted({*one.stays, event.subject})
    one.skills = [held["skill"] for held in event.data["skills"]]


def _end_visit(person: Person, event: Event) -> None:
    """Lent for two spans of days, they stay for the other."""
    one = person.help_in(event.data["volunteer"], event.community)
    one.stays = [stay for stay in one.stays if stay != event.subject]
    if not one.stays:
        person.stop_helping(event.data["volunteer"], event.community)


def _join(person: Person, event: Event) -> None:
    one = person.help_in(event.data["volunteer"], event.community)
    one.teams = sorted({*one.teams, event.subject})


def _part(person: Person, event: Event) -> None:
    one = person.help_in(event.data["volunteer"], event.community)
    one.teams = [team for team in one.teams if team != event.subject]


def note_team(tx: NotifyStore, events: Sequence[Event]) -> None:
    for event in events:
        tx.note("teams", event.subject, {"community": event.community, **event.data})


def end_team(tx: NotifyStore, events: Sequence[Event]) -> None:
    for event in events:
        tx.note("teams", event.subject, {"dissolved": True})


def note_building(tx: NotifyStore, events: Sequence[Event]) -> None:
    for event in events:
        building = tx.get(Building, event.subject) or Building(event.subject, event.community, "", [])
        building.name, building.units = event.data["name"], list(event.data["units"])
        tx.save(building)


def note_care(tx: NotifyStore, events: Sequence[Event]) -> None:
    for event in events:
        building = tx.get(Building, event.subject) or Building(event.subject, event.community, event.subject, [])
        building.care[event.data["unit"] or ""] = Care(event.data["owner"], event.data["deputy"])
        tx.save(building)


def note_post(tx: NotifyStore, events: Sequence[Event]) -> None:
    for event in events:
        tx.note("posts", f"{event.community}/{event.subject}", event.data)


def note_shift(tx: NotifyStore, events: Sequence[Event]) -> None:
    for event in events:
        tx.note("duties", _duty(event), {"community": event.community, "holders": [], **event.data})


def note_changed_shift(tx: NotifyStore, events: Sequence[Event]) -> None:
    for event in events:
        tx.note("duties", _duty(event), event.data)


def note_holder(tx: NotifyStore, events: Sequence[Event]) -> None:
    for event in events:
        tx["duties"].update_one(
            {"_id": _duty(event)}, {"$addToSet": {"holders": event.data["volunteer"]}}, session=tx.session
        )
    note_occasions(tx, events)


def note_leaver(tx: NotifyStore, events: Sequence[Event]) -> None:
    for event in events:
        tx["duties"].update_one(
            {"_id": _duty(event)}, {"$pull": {"holders": event.data["volunteer"]}}, session=tx.session
        )
    note_occasions(tx, events)


def note_arrival(tx: NotifyStore, events: Sequence[Event]) -> None:
    for event in events:
        person = tx.person_of_volunteer(event.data["volunteer"]) or Person(event.data["volunteer"])
        ends: datetime = tx.noted("duties", _duty(event)).get("ends", event.data["at"])
        person.arrive(Duty(event.subject, event.community, ends))
        tx.save(person)


def note_departure(tx: NotifyStore, events: Sequence[Event]) -> None:
    for event in events:
        person = tx.person_of_volunteer(event.data["volunteer"])
        if person is not None:
            person.leave(event.subject)
            tx.save(person)


def note_occasions(tx: NotifyStore, events: Sequence[Event]) -> None:
    """Keeps what rules may answer to, and what ends it. Nothing is told from here: what is heard late, or in a replay, must stay
    without effect."""
    ending.note(tx, [(event.type, _occasion(event, tx.act.at)) for event in events])


def _occasion(event: Event, heard: datetime) -> Occasion:
    trigger = trigger_for(event.type, event.data)
    return Occasion(event.id, trigger, event.community, event.subject, event.time, heard, dict(event.data))


def note_item(tx: NotifyStore, events: Sequence[Event]) -> None:
    for event in events:
        told = {name: event.data[name] for name in ("name", "name_en", "unit", "unit_en")}
        tx.note("items", event.subject, told)


def note_mission(tx: NotifyStore, events: Sequence[Event]) -> None:
    """What is to be disinfected, for the words of what follows."""
    for event in events:
        told = {name: event.data[name] for name in ("place", "kind", "due")}
        tx.note("missions", _duty(event), told)
    note_occasions(tx, events)


def note_gift(tx: NotifyStore, events: Sequence[Event]) -> None:
    for event in events:
        account = event.data["account"]
        if account is not None:
            person = tx.person(account) or Person(account, account)
            person.gave = sorted({*person.gave, event.data["item"]})
            person.regroup()
            tx.save(person)
    note_occasions(tx, events)


def _duty(event: Event) -> str:
    return f"{event.community}/{event.subject}"


def _named(event: Event) -> str:
    return str(event.data["volunteer"])


REACTIONS: dict[str, Reaction] = {
    "accounts.account.registered.v1": _of_account(_same),
    "accounts.account.right-granted.v1": _of_account(_grant),
    "accounts.account.right-withdrawn.v1": _of_account(_withdraw),
    "volunteers.volunteer.applied.v1": _of_volunteer(_stand("applied")),
    "volunteers.volunteer.approved.v1": _of_volunteer(_stand("approved")),
    "volunteers.volunteer.reinstated.v1": _of_volunteer(_stand("approved")),
    "volunteers.volunteer.suspended.v1": _of_volunteer(_stand("suspended")),
    "volunteers.volunteer.refused.v1": _of_volunteer(_stand("refused")),
    "volunteers.volunteer.account-linked.v1": link_account,
    "volunteers.volunteer.folded.v1": _of_volunteer(_fold),
    "volunteers.volunteer.abilities-changed.v1": _of_volunteer(_abilities),
    "volunteers.volunteer.roles-taken.v1": _of_volunteer(_roles),
    "volunteers.volunteer.introduced.v1": _of_volunteer(_introduce),
    "volunteers.volunteer.name-withdrawn.v1": _of_volunteer(_blank),
    "volunteers.volunteer.reachable.v1": _of_volunteer(_take_box),
    "volunteers.stay.introduced.v1": _of_volunteer(_introduce, _named),
    "volunteers.stay.name-withdrawn.v1": _of_volunteer(_blank, _named),
    "volunteers.stay.begun.v1": _of_volunteer(_visit, _named),
    "volunteers.stay.ended.v1": _of_volunteer(_end_visit, _named),
    "volunteers.team.founded.v1": note_team,
    "volunteers.team.member-joined.v1": _of_volunteer(_join, _named),
    "volunteers.team.member-left.v1": _of_volunteer(_part, _named),
    "volunteers.team.dissolved.v1": end_team,
    "volunteers.building.registered.v1": note_building,
    "volunteers.building.care-taken.v1": note_care,
    "shifts.post.opened.v1": note_post,
    "shifts.post.changed.v1": note_post,
    "shifts.post.closing-planned.v1": note_occasions,
    "shifts.post.closing-withdrawn.v1": note_occasions,
    "shifts.post.closed.v1": note_occasions,
    "shifts.post.reopened.v1": note_occasions,
    "shifts.shift.planned.v1": note_shift,
    "shifts.shift.moved.v1": note_changed_shift,
    "shifts.shift.claimed.v1": note_holder,
    "shifts.shift.released.v1": note_leaver,
    "shifts.shift.checked-in.v1": note_arrival,
    "shifts.shift.checked-out.v1": note_departure,
    "shifts.shift.gap-opened.v1": note_occasions,
    "shifts.shift.gap-closed.v1": note_occasions,
    "shifts.shift.reminder-due.v1": note_occasions,
    "shifts.cover.asked.v1": note_occasions,
    "shifts.cover.ended.v1": note_occasions,
    "rescue.mission.opened.v1": note_mission,
    "rescue.mission.offered.v1": note_occasions,
    "rescue.mission.accepted.v1": note_occasions,
    "rescue.mission.handed-back.v1": note_occasions,
    "rescue.mission.finished.v1": note_occasions,
    "rescue.mission.confirmed.v1": note_occasions,
    "rescue.mission.found-wanting.v1": note_occasions,
    "rescue.mission.escalated.v1": note_occasions,
    "rescue.mission.cancelled.v1": note_occasions,
    "district.alert.raised.v1": note_occasions,
    "district.alert.cleared.v1": note_occasions,
    "district.alert.closed.v1": note_occasions,
    "supplies.item.registered.v1": note_item,
    "supplies.stock.shortage-raised.v1": note_occasions,
    "supplies.stock.shortage-cleared.v1": note_occasions,
    "supplies.donation.received.v1": note_gift,
}
