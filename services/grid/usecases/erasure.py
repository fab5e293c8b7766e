"""Finding a person, and erasing all that the grid keeps of them when they ask for it."""

from typing import Any

import orjson

from services.grid.domain.households import Household
from services.grid.store import GridStore
from services.grid.usecases.households import Asker, Opened, keep, note_looks, opened, plain
from shared.crypto.field_encryption import SealLost
from shared.kernel.command import Command
from shared.kernel.cooperative import yielding
from shared.kernel.errors import NotFound
from shared.kernel.phone_numbers import NotAPhone, e164


def search(
    store: GridStore, act: Command, asker: Asker, name: str | None, phone: str | None
) -> list[tuple[Household, Opened]]:
    """Staff look for a person by phone or by their full name; whom they find is on record as looked at."""
    found = list[tuple[Household, Opened]]()
    if phone:
        sealed = store.vault.seal_findable(str(store.community), phone)
        found = [
            (at, opened(store, one))
            for at in store.with_phones([sealed])
            for one in at.residents
            if one.phone == sealed
        ]
    elif name:
        for at in yielding(store.every_household()):
            people = [opened(store, one) for one in at.residents]
            found += [(at, one) for one in people if one.name and plain(one.name) == plain(name)]
    note_looks(store, act, asker, [at for at, _ in found])
    return found


def erase(store: GridStore, act: Command, household: str, resident: str) -> None:
    """All that is kept of a person goes: in their household, in files of residents, in the gate log, in what they asked for.

    On record stays when and by whom, not whose. Raises NotFound.
    """
    person = next((one for one in store.load(Household, household).residents if one.id == resident), None)
    if person is None:
        raise NotFound
    told = opened(store, person)
    rows = [id_ for id_, typed in yielding(store.typed_rows()) if _is_of(told, _read(store, typed))]
    requests = [id_ for id_, sealed in yielding(store.all_words()) if _is_of(told, _read(store, sealed))]
    name = store.vault.seal_findable(str(store.community), told.name) if told.name else None

    def do(tx: GridStore) -> None:
        found = tx.load(Household, household)
        if not found.part_with(resident):
            raise NotFound
        keep(tx, [found])
        tx.forget_rows(resident, rows)
        tx.erase_words(requests, person.phone)
        if name is not None:
            tx.erase_passers({"name": name})
        tx.note_erasure({"_id": act.id, "at": act.at, "by": act.actor})

    store.transaction(act, do)


def _read(store: GridStore, sealed: bytes) -> dict[str, Any]:
    """Nothing where its key is lost: then nobody can read it any more."""
    try:
        said: dict[str, Any] = orjson.loads(store.vault.open(sealed))
    except SealLost:
        return {}
    return said


def _is_of(told: Opened, said: dict[str, Any]) -> bool:
    """Whether this phone or this very name stands in it."""
    phone, names = said.get("phone"), (said.get("name"), said.get("who"))
    return _same_phone(told.phone, phone) or any(told.name and one and plain(one) == plain(told.name) for one in names)


def _same_phone(known: str | None, written: str | None) -> bool:
    if not known or not written:
        return False
    try:
        return e164(written) == known
    except NotAPhone:
        return False
