"""Keeping the gate log: one entry from a cold hand, ten thousand from a handheld, and what is heard of the gates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from services.grid.domain import gates as domain
from services.grid.domain.gates import Entry, FeverFound, Gate, GateRules, Refused
from services.grid.store import GridStore
from services.grid.store.gates import Passer
from shared.events.contracts import registry
from shared.events.envelope import Event
from shared.jobs.scheduler import Task
from shared.kernel.command import Command

AT_ONCE = 1_000  # entries in one transaction
TURNED = {"shifts.post.closed.v1": False, "shifts.post.reopened.v1": True}

publish = registry.publisher({
    domain.EntriesLogged: "grid.gate-log.entries-logged.v1",
    domain.FeverFound: "grid.gate-log.fever-found.v1",
})  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """What came of an upload: how many entries are new, how many were there before, and the rows that were refused."""

    logged: list[Entry]
    known: int
    refused: list[Refused]

    @property
    def fevers(self) -> list[Entry]:
        return [entry for entry in self.logged if entry.has_fever]

    def marked(self, flag: str) -> int:
        return sum(flag in entry.flags for entry in self.logged)


def log_entries(store: GridStore, act: Command, rows: Sequence[Any]) -> Taken:
    """Enters what a handheld kept. Whatever has come before, in whatever upload, counts once; a row that is refused costs none
    of the others. An upload may be sent again as a whole, so it needs no key: should the connection break in the middle,
    what was entered is entered."""
    found = domain.sort_out(rows, act.at, store.gates(), store.gate_rules().fever)
    logged = list[Entry]()
    for number, start in enumerate(range(0, len(found.entries), AT_ONCE)):
        part = replace(act, id=f"{act.id}-{number}", key=None)
        logged += _log(store, part, found.entries[start : start + AT_ONCE])
    return Taken(logged, len(found.entries) - len(logged), found.refused)


def log_entry(store: GridStore, act: Command, row: Mapping[str, Any]) -> Entry:
    """Enters one; sent twice it is the same. Raises the rules of `domain.read`."""
    entry = domain.read(row, act.at, store.gates(), store.gate_rules().fever)
    _log(store, replace(act, key=None), [entry])
    return entry


def change_rules(store: GridStore, act: Command, fever: float, keep_days: int) -> GateRules:
    """Decides from how many °C on it is a fever, and how long names and plates stay; what is older goes at once."""

    def do(tx: GridStore) -> GateRules:
        rules = tx.gate_rules()
        rules.fever, rules.keep_days = fever, keep_days
        tx.save(rules)
        return rules

    rules = store.transaction(act, do)
    store.keep_passers_for(keep_days)
    store.expire_passers(act.at)
    return rules


def erase_passer(store: GridStore, act: Command, name: str | None, plate: str | None) -> int:
    """Forgets that a person or a vehicle passed; the entries stay, of nobody. Returns how many there were."""
    told = {"name": name, "plate": domain.plate_of(plate)}
    sealed = {key: store.vault.seal_findable(_place(store), value) for key, value in told.items() if value}
    return store.transaction(act, lambda tx: tx.erase_passers(sealed) if sealed else 0)


def forget_passers(store: GridStore, _tenant: str) -> int:
    """Who passed long ago is forgotten; returns how many were."""
    return store.expire_passers(Command().at)


FORGET_PASSERS = Task("forget-passers", every=30, do=forget_passers)


def know_gates(tx: GridStore, events: Sequence[Event]) -> None:
    """Gates come from the posts of this community's shifts; one that becomes another kind of post is a closed gate."""
    gates = tx.gates()
    for event in events:
        gate = gates.get(event.subject)
        if event.type in TURNED:
            is_open = TURNED[event.type]
        elif event.data["kind"] == "gate":
            gate = gates[event.subject] = gate or Gate(event.subject, "", "")
            gate.name, gate.name_en, is_open = event.data["name"], event.data["name_en"], gate.is_open
        else:
            is_open = False
        if gate is not None:
            gate.is_open = is_open
    touched = {event.subject for event in events} & gates.keys()
    tx.save_all((gates[one], []) for one in sorted(touched))


REACTIONS = {
    "shifts.post.opened.v1": know_gates,
    "shifts.post.changed.v1": know_gates,
    "shifts.post.closed.v1": know_gates,
    "shifts.post.reopened.v1": know_gates,
}


def _log(store: GridStore, act: Command, entries: Sequence[Entry]) -> list[Entry]:
    """Those that were new. Names and plates are sealed before the transaction, for which is new is asked twice."""
    known = store.entries_known([entry.id for entry in entries])
    fresh = [entry for entry in entries if entry.id not in known]
    passers = {one.entry: one for one in _sealed(store, fresh)}

    def do(tx: GridStore) -> list[Entry]:
        known = tx.entries_known([entry.id for entry in fresh])
        new = [entry for entry in fresh if entry.id not in known]
        if new:
            fevers: list[FeverFound] = [entry.fever_found() for entry in new if entry.has_fever]
            tx.log_entries(new, [passers[entry.id] for entry in new if entry.id in passers])
            tx.tell_log(publish(domain.tell(new)), list(zip(fevers, publish(fevers), strict=True)))
        return new

    return store.transaction(act, do) if fresh else []


def _sealed(store: GridStore, entries: Iterable[Entry]) -> Iterable[Passer]:
    place, kept = _place(store), timedelta(days=store.gate_rules().keep_days)
    for entry in entries:
        if entry.name or entry.plate:
            name, plate = (
                store.vault.seal_findable(place, value) if value else None for value in (entry.name, entry.plate)
            )
            yield Passer(entry.id, entry.at, name, plate, entry.at + kept)


def _place(store: GridStore) -> str:
    return store.community or ""
