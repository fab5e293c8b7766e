"""Service records: duties as shifts verified them, deeds as staff saw them."""

from collections.abc import Sequence
from typing import Any

from services.volunteers.domain.records import Deed
from services.volunteers.store import VolunteersStore
from shared.events.envelope import Event
from shared.kernel.command import Command

CHECKED_IN = "shifts.shift.checked-in.v1"
CHECKED_OUT = "shifts.shift.checked-out.v1"
MISSED = "shifts.shift.missed.v1"
PLANNED = "shifts.shift.planned.v1"
MOVED = "shifts.shift.moved.v1"
POST_OPENED = "shifts.post.opened.v1"
POST_CHANGED = "shifts.post.changed.v1"


def record_deed(store: VolunteersStore, act: Command, community: str, volunteer: str, told: dict[str, Any]) -> Deed:
    def do(tx: VolunteersStore) -> Deed:
        tx.volunteer(community, volunteer)
        deed = Deed(act.id, community, volunteer, **told)
        tx.save(deed)
        return deed

    return store.transaction(act, do)


def withdraw_deed(store: VolunteersStore, act: Command, community: str, volunteer: str, deed_id: str) -> Deed:
    """It was a mistake. Raises NotFound."""

    def do(tx: VolunteersStore) -> Deed:
        deed = tx.the(Deed, {"_id": deed_id, "community": community, "volunteer": volunteer})
        deed.withdrawn = True
        tx.save(deed)
        return deed

    return store.transaction(act, do)


def note_duties(tx: VolunteersStore, events: Sequence[Event]) -> None:
    """Who came, how late, for how long, and who did not, in whichever community it was."""
    duties: dict[tuple[str, str, str], dict[str, Any]] = {}
    for event in events:
        key = (event.community, event.subject, event.data["volunteer"])
        duties.setdefault(key, {}).update(_of_duty(event))
    tx.note_duties(duties)


def note_turns(tx: VolunteersStore, events: Sequence[Event]) -> None:
    """At which post a shift is."""
    tx.note_places({(one.community, one.subject): _of_turn(one) for one in events}, into="turns")


def note_posts(tx: VolunteersStore, events: Sequence[Event]) -> None:
    """How posts are called."""
    names = {(one.community, one.subject): {"name": one.data["name"], "name_en": one.data["name_en"]} for one in events}
    tx.note_places(names, into="posts")


def _of_duty(event: Event) -> dict[str, Any]:
    if event.type == MISSED:
        return {"at": event.time, "missed": True}
    if event.type == CHECKED_IN:
        return {"at": event.data["at"], "late": event.data["late"], "missed": False}
    return {"at": event.data["at"], "minutes": event.data["minutes"], "missed": False}


def _of_turn(event: Event) -> dict[str, Any]:
    return {"community": event.community, "post": event.data["post"]}


REACTIONS = {
    CHECKED_IN: note_duties,
    CHECKED_OUT: note_duties,
    MISSED: note_duties,
    PLANNED: note_turns,
    MOVED: note_turns,
    POST_OPENED: note_posts,
    POST_CHANGED: note_posts,
}
