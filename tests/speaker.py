"""Publishers as far as the backbone hears them: facts said through a real journal and relay, without their service."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.events.contracts import registry
from shared.kernel.command import Command
from shared.kernel.ids import new_id, now
from shared.messaging.outbox_relay import Relay
from shared.messaging.topology import broker_login
from shared.persistence.lease import Lease
from shared.persistence.store import Kind, Store
from tests.stack import Stack


@dataclass
class Community:
    id: str


@dataclass
class Account:
    id: str


@dataclass
class Volunteer:
    id: str


@dataclass
class Team:
    id: str


@dataclass
class Building:
    id: str


@dataclass
class Post:
    id: str


@dataclass
class Shift:
    id: str


@dataclass
class Cover:
    id: str


@dataclass
class Roster:
    id: str


@dataclass
class Item:
    id: str


@dataclass
class Stock:
    id: str


@dataclass
class Donation:
    id: str


@dataclass
class Mission:
    id: str


@dataclass
class Request:
    id: str


@dataclass
class Transfer:
    id: str


@dataclass
class Alert:
    id: str


@dataclass
class Help:
    id: str


@dataclass
class Need:
    id: str


@dataclass
class Notice:
    id: str


@dataclass
class Poster:
    id: str


@dataclass
class Cell:
    id: str


@dataclass
class Disinfection:
    id: str


@dataclass
class GateLog:
    id: str


@dataclass
class Round:
    id: str


SPEAKS = {
    "accounts": {
        Community: Kind("communities", "accounts.community"),
        Account: Kind("accounts", "accounts.account"),
    },
    "volunteers": {
        Volunteer: Kind("volunteers", "volunteers.volunteer"),
        Team: Kind("teams", "volunteers.team"),
        Building: Kind("buildings", "volunteers.building"),
        Request: Kind("requests", "volunteers.help"),
    },
    "supplies": {
        Item: Kind("items", "supplies.item"),
        Stock: Kind("stocks", "supplies.stock"),
        Donation: Kind("donations", "supplies.donation"),
        Transfer: Kind("transfers", "supplies.transfer"),
        Need: Kind("needs", "supplies.need"),
    },
    "notify": {Notice: Kind("notices", "notify.notice"), Poster: Kind("posters", "notify.poster")},
    "rescue": {Mission: Kind("missions", "rescue.mission")},
    "district": {Alert: Kind("alerts", "district.alert"), Help: Kind("helps", "district.help")},
    "grid": {
        GateLog: Kind("gate_log", "grid.gate-log"),
        Round: Kind("rounds", "grid.round"),
        Cell: Kind("cells", "grid.cell"),
        Building: Kind("buildings", "grid.building"),
        Disinfection: Kind("disinfections", "grid.disinfection"),
    },
    "shifts": {
        Post: Kind("posts", "shifts.post"),
        Shift: Kind("shifts", "shifts.shift"),
        Cover: Kind("covers", "shifts.cover"),
        Roster: Kind("rosters", "shifts.roster"),
    },
}


class Speaker:
    """Speaks as one service, or as one community's: `say("shifts.shift.claimed", shift, {"volunteer": who})`."""

    def __init__(self, stack: Stack, service: str, community: str | None = None) -> None:
        made = type("SpeakerStore", (Store,), {"service": service, "kinds": SPEAKS[service]})
        self._store = made(stack.database(service, community), community)
        self._store.prepare()
        at = broker_login(stack.amqp_uri, community or service, stack.passwords)
        self._relay = Relay(
            self._store.journal, service, at, Lease(self._store.database, "relay", new_id()), self._store.source
        )
        self._thread = threading.Thread(target=self._relay.run, daemon=True)
        self._thread.start()

    def say(
        self,
        what: str,
        subject: str,
        data: Mapping[str, Any] | None = None,
        *,
        at: datetime | None = None,
        community: str | None = None,
    ) -> None:
        self.say_all([(what, subject, data or {})], at=at, community=community)

    def say_all(
        self,
        facts: list[tuple[str, str, Mapping[str, Any]]],
        *,
        at: datetime | None = None,
        community: str | None = None,
        actor: str = "a-test",
    ) -> None:
        """All of it as one act."""
        kinds = {kind.aggregate: cls for cls, kind in self._store.kinds.items()}

        def do(tx: Store) -> None:
            for what, subject, data in facts:
                cls = kinds[what.rsplit(".", 1)[0]]
                aggregate = tx.get(cls, subject) or cls(subject)
                tx.save(aggregate, [registry.fact(f"{what}.v1", data)], community=community)

        self._store.transaction(Command(at=at or now(), actor=actor), do)

    def stop(self) -> None:
        self._relay.stop()
        self._thread.join(10)
