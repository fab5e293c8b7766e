"""A person's own affairs: how they want to be told, by which addresses, and what they have read."""

from collections.abc import Mapping
from typing import Any

from services.notify.domain.people import Habits, Home, Person
from services.notify.store import NotifyStore
from shared.crypto.sealed_boxes import CannotOpen, Opener
from shared.kernel.command import Command
from shared.kernel.errors import NotFound

OWN_KEY = "district"  # addresses people gave without naming a community are sealed under the district's data key


def settle_habits(store: NotifyStore, act: Command, account: str, said: Mapping[str, Any]) -> Person:
    """How the caller wants to be told. An address left empty stays as it is; `forget` names the ways to forget."""
    home = said.get("community")
    key = home or OWN_KEY
    sealed = {way: store.vault.seal(key, said[way]) for way in ("sms", "email") if said.get(way)}

    def do(tx: NotifyStore) -> Person:
        person = tx.person(account) or Person(account, account)
        person.habits = Habits(said["lang"], said["quiet_from"], said["quiet_to"], said["digest"])
        person.over_60 = said["over_60"]
        person.home = Home.said(home, said["building"], said.get("unit", "")) if home and said.get("building") else None
        kept = {way: one for way, one in person.addresses.items() if way not in said["forget"]}
        person.addresses = {**kept, **sealed}
        person.regroup()
        tx.save(person)
        return person

    return store.transaction(act, do)


def open_box(store: NotifyStore, opener: Opener, person_id: str) -> bool:
    """Opens what came sealed and seals it again under the community's own key, outside of any transaction."""
    person = store.load(Person, person_id)
    if person.box is None or person.box_from is None:
        return False
    _open_box(store, opener, person.id, person.box, person.box_from)
    return True


def _open_box(store: NotifyStore, opener: Opener, person_id: str, box: str, community: str) -> None:
    """An address field that is missing is not known; one that is empty is taken back. A box nobody can open is put aside."""
    try:
        said = opener.open(box)
    except CannotOpen:
        said = {}
    ways = {"phone": "sms", "email": "email"}
    given = {way: str(said[name]) for name, way in ways.items() if said.get(name)}
    gone = [way for name, way in ways.items() if name in said and not said[name]]
    sealed = {way: store.vault.seal(community, text) for way, text in given.items()}

    def do(tx: NotifyStore) -> None:
        person = tx.load(Person, person_id)
        if person.box != box:  # a newer one came
            return
        person.box = person.box_from = None
        person.addresses = {way: one for way, one in {**person.addresses, **sealed}.items() if way not in gone}
        if said.get("building") and person.home is None:
            person.home = Home.said(community, str(said["building"])[:40], str(said.get("unit") or "")[:20])
        if said.get("lang") in ("zh", "en"):
            habits = person.habits
            person.habits = Habits(said["lang"], habits.quiet_from, habits.quiet_to, habits.digest)
        person.regroup()
        tx.save(person)

    store.transaction(Command(), do)


def read(store: NotifyStore, act: Command, account: str, delivery: str) -> str:
    """Notes that the caller has read it, and tells the notice. Raises NotFound for another's."""
    found = store.delivery(delivery)
    if found.person != account or found.way != "inbox":
        raise NotFound
    store.note_read(delivery, act.at)
    return found.notice
