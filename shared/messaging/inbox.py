"""Inbox: every event takes effect exactly once and in its aggregate's order; one that fails is parked, and those behind it are
deferred."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from typing import Any, NamedTuple

import pymongo
from pymongo import ASCENDING, IndexModel, ReplaceOne, UpdateOne, WriteConcern

from shared.events.contracts import BreaksContract, Registry, registry
from shared.events.envelope import CONTENT_TYPE, Event, NotAnEvent, decode_batch, to_wire
from shared.kernel.command import Command
from shared.kernel.ids import new_id, now
from shared.messaging.dead_letters import Deadly, Delivery, Parking, key_of
from shared.messaging.read_ahead import ahead
from shared.observability.metrics import EVENTS_HANDLED, EVENTS_REPEATED, new_traceparent
from shared.persistence.redaction import log_indexes, redact_received
from shared.persistence.store import Store, is_away, is_repeat

OPERATOR = "admin"  # the broker user that replays journals; it may repeat what any publisher said
SUSPECT_AFTER = 3  # deliveries after which a message is suspected of killing its process, and its events tried alone
LIVES_FOR_ONE = 2  # how many processes may have died over an event
EVENTS_AT_ONCE = 5_000  # in one transaction; fewer after one that took too long
EVENTS_READ_AT_ONCE = 100  # before whoever waits for the database is let on
KEEP_SUSPECTS_SECONDS = 24 * 3600  # a sleeper killed as it woke leaves a note of what its successor has long finished
LOGGED_ID = "event.id"
KEEP_SINGLES_SECONDS = 40 * 24 * 3600  # a handheld may bring an entry that late, not later

Reaction = Callable[[Any, Sequence[Event]], None]


class Arrival(NamedTuple):
    """An event as it came, and as its contract reads it: its effect, or why it has none."""

    event: Event
    effect: Event | BreaksContract


class Untrusted(ValueError):
    """The message says something its sender may not say."""


@dataclass
class _Progress:
    """One aggregate's place in the inbox; `held` counts its parked and waiting events."""

    key: str
    last: int = 0
    held: int = 0
    parked: bool = False
    known: bool = False

    def write(self) -> ReplaceOne[dict[str, Any]]:
        document = {"_id": self.key, "last": self.last, "held": self.held, "parked": self.parked}
        return ReplaceOne({"_id": self.key}, document, upsert=not self.known)


@dataclass
class _Plan:
    """What a batch comes to: events that take their place now (as they came), their effects (as read), and the others."""

    progress: dict[str, _Progress]
    taken: list[Event] = field(default_factory=list)
    effects: list[Event] = field(default_factory=list)
    held: list[Event] = field(default_factory=list)
    broken: list[tuple[Event, BreaksContract]] = field(default_factory=list)
    repeated: list[Event] = field(default_factory=list)


class Inbox:
    """The inbox of one queue in one tenant's database. `reactions` maps an event type to what it makes happen here:
    a function of the store, inside the transaction, and consecutive events; one that answers to several types gets them mixed,
    as they came."""

    def __init__(
        self,
        store: Store,
        queue: str,
        reactions: Mapping[str, Reaction],
        *,
        check_users: bool,
        keep_log: bool = False,
        contracts: Registry = registry,
    ) -> None:
        self._store = store
        self._queue = queue
        self._reactions = reactions
        self._check_users = check_users
        self._keep_log = keep_log
        self._contracts = contracts
        self._life = new_id()
        self._at_once = EVENTS_AT_ONCE
        self._expects_repeats = True  # what was given to a process before us may come again
        self.parking = Parking(store, queue)

    def prepare(self) -> None:
        """Makes collections and indexes, however long it takes: a long log's index takes longer than one answer may."""
        with pymongo.timeout(0):
            self._prepare()

    def _prepare(self) -> None:
        existing = set(self._store.database.list_collection_names())
        remembered = ("received", "revisions") if self._keep_log else ("singles",)
        for name in ("inbox", "held", "discarded", "raw", "suspects", "heard", *remembered):
            if name not in existing:
                self._store.database.create_collection(name, check_exists=False)
        self.parking.prepare()
        if self._keep_log:
            once = IndexModel([(LOGGED_ID, ASCENDING)], unique=True)
            self._store["received"].create_indexes([once, *log_indexes(self._contracts)])
        else:
            self._store["singles"].create_index("at", expireAfterSeconds=KEEP_SINGLES_SECONDS)
        self._store["suspects"].create_index("at", expireAfterSeconds=KEEP_SUSPECTS_SECONDS)

    def take(self, deliveries: Sequence[Delivery]) -> None:
        """Lets all that has arrived take effect. Raises only when a part is away: then the same may be handed over again."""
        calm = [one for one in deliveries if one.redeliveries < SUSPECT_AFTER]
        lots = self._lots(calm)
        self._take_arrivals(chain.from_iterable(ahead(lots) if len(calm) > 1 else lots))
        for one in deliveries:
            if one.redeliveries >= SUSPECT_AFTER:
                self._take_alone(one)
        self._at_once = min(self._at_once * 2, EVENTS_AT_ONCE)

    def retry_due(self) -> None:
        """Tries parked events again whose time has come, then whatever had waited behind them."""
        for event in self.parking.take_due():
            self._follow(self._apply([self._arrival(event)], again=True))

    def _lots(self, deliveries: Iterable[Delivery]) -> Iterator[list[Arrival]]:
        """What the deliveries hold, read, in lots that do not take long."""
        lot = list[Arrival]()
        for delivery in deliveries:
            lot += map(self._arrival, self._open(delivery))
            if len(lot) >= EVENTS_READ_AT_ONCE:
                yield lot
                lot = []
        yield lot

    def _arrival(self, event: Event) -> Arrival:
        """A pulse has no contract: it is no fact."""
        if _is_pulse(event):
            return Arrival(event, event)
        try:
            return Arrival(event, self._contracts.read(event))
        except BreaksContract as broken:
            return Arrival(event, broken)

    def _open(self, delivery: Delivery) -> list[Event]:
        try:
            if delivery.content_type != CONTENT_TYPE:
                raise NotAnEvent(f"content type {delivery.content_type!r} is not {CONTENT_TYPE}")
            events = decode_batch(delivery.body)
            for event in events:
                self._check_trust(delivery, event)
        except (NotAnEvent, Untrusted) as fault:
            self.parking.raw(delivery, str(fault))
            return []
        return events

    def _check_trust(self, delivery: Delivery, event: Event) -> None:
        replayed = delivery.exchange == "" and (delivery.user == OPERATOR or not self._check_users)
        if not replayed and delivery.routing_key != event.routing_key:
            raise Untrusted(f"came under {delivery.routing_key!r} but says {event.routing_key!r}")
        if self._check_users and delivery.user not in (event.publisher, OPERATOR):
            raise Untrusted(f"{delivery.user!r} may not speak for {event.source!r}")

    def _take_alone(self, delivery: Delivery) -> None:
        """Takes a suspect message whole, for most have only lain beside a culprit or behind a broken line; once somebody died of
        it alone, event by event, and parks the one that was fatal a few times. Who tries is noted durably before."""
        events = self._open(delivery)
        if self._lives_spent_on(delivery.digest) == 1:
            self._take_arrivals(map(self._arrival, events))
        else:
            for event in events:
                if self._lives_spent_on(event.id) > LIVES_FOR_ONE:
                    self._park(event, Deadly(f"its process died {LIVES_FOR_ONE} times while it was handled alone"))
                else:
                    self._take_arrivals([self._arrival(event)])
                self._store["suspects"].delete_one({"_id": event.id})
        self._store["suspects"].delete_one({"_id": delivery.digest})

    def _lives_spent_on(self, suspect: str) -> int:
        """How many processes have tried this one, with ourselves."""
        tries = {"$addToSet": {"lives": self._life}, "$set": {"at": now()}}
        noted = self._store["suspects"].find_one_and_update({"_id": suspect}, tries, upsert=True, return_document=True)
        return len(noted["lives"]) if noted else 1

    def _take_arrivals(self, arrivals: Iterable[Arrival]) -> None:
        pulses, coming = list[Event](), iter(arrivals)
        while some := list(islice(coming, self._at_once)):
            heard = [one.event for one in some if _is_pulse(one.event)]
            if facts := [one for one in some if not _is_pulse(one.event)] if heard else some:
                self._follow(self._apply(facts))
            pulses += heard
        if pulses:
            self._hear(pulses)

    def _hear(self, pulses: Sequence[Event]) -> None:
        """Keeps, for each source, when it was last heard and how far behind its journal was then; the next one repeats it, so
        nobody waits until it is on disk."""
        newest = {pulse.source: pulse for pulse in pulses}
        writes = [
            UpdateOne({"_id": source}, {"$set": {"at": now(), "community": pulse.community, **pulse.data}}, upsert=True)
            for source, pulse in newest.items()
        ]
        heard = self._store["heard"].with_options(write_concern=WriteConcern(w=1))
        heard.bulk_write(writes, ordered=False)

    def _follow(self, keys: Sequence[str]) -> None:
        """Takes the events that had waited for the ones just taken."""
        if not keys:
            return
        open_again = self._store["inbox"].find({"_id": {"$in": list(keys)}, "held": {"$gt": 0}, "parked": False})
        for progress in list(open_again):
            ready = self.parking.next_in_line(progress["_id"], progress["last"])
            if ready:
                self._apply([self._arrival(event) for event in ready], again=True)

    def _apply(self, arrivals: Sequence[Arrival], *, again: bool = False) -> list[str]:
        """One transaction for all; when one of them fails, halves until the culprit is alone, and parks that one.

        Returns the keys of the aggregates of which others are held.
        """
        act = Command(traceparent=new_traceparent(arrivals[0].event.traceparent))
        try:
            plan = self._store.transaction(act, lambda store: self._take_in(store, arrivals, again=again))
        except Exception as fault:
            if is_away(fault):
                self._at_once = max(len(arrivals) // 2, 1)
                raise
            if is_repeat(fault) and not self._expects_repeats:
                self._expects_repeats = True
                return self._apply(arrivals, again=again)
            if len(arrivals) == 1:
                self._park(arrivals[0].event, fault)
                return []
            middle = len(arrivals) // 2
            return self._apply(arrivals[:middle], again=again) + self._apply(arrivals[middle:], again=again)
        self._expects_repeats = bool(plan.repeated)
        EVENTS_HANDLED.labels(self._queue).inc(len(plan.taken))
        EVENTS_REPEATED.labels(self._queue).inc(len(plan.repeated))
        return sorted(key for key, progress in plan.progress.items() if progress.held)

    def _take_in(self, store: Store, arrivals: Sequence[Arrival], *, again: bool) -> _Plan:
        events = [one.event for one in arrivals]
        plan = _Plan(self._progress(store, events))
        singles = self._singles_known(store, events)
        discarded = self.parking.discarded(store, events) if again else set[str]()
        for one in arrivals:
            if self._contracts.is_single(one.event.type):
                self._place_single(plan, one, singles, discarded)
            else:
                self._place(plan, one, discarded, again=again)
        self._remember(store, plan.taken)
        for reaction, run in groupby(plan.effects, key=lambda event: self._reactions.get(event.type)):
            if reaction is not None:
                reaction(store, list(run))
        self._write(store, plan, again=again)
        return plan

    def _place(self, plan: _Plan, arrival: Arrival, discarded: set[str], *, again: bool) -> None:
        event = arrival.event
        at = plan.progress[key_of(event)]
        if event.sequence <= at.last:
            plan.repeated.append(event)
        elif event.sequence > at.last + 1 or (at.parked and not again):
            if not again:
                plan.held.append(event)
        elif self._takes(plan, arrival, discarded):
            at.last = event.sequence
            at.parked = False
        else:
            at.parked = True

    def _place_single(self, plan: _Plan, arrival: Arrival, known: set[str], discarded: set[str]) -> None:
        if arrival.event.id in known:
            plan.repeated.append(arrival.event)
        elif self._takes(plan, arrival, discarded):
            known.add(arrival.event.id)

    def _takes(self, plan: _Plan, arrival: Arrival, discarded: set[str]) -> bool:
        """Whether the event takes its place: with effect, or without when it was discarded; not when it breaks its contract."""
        event, effect = arrival
        if event.id not in discarded:
            if isinstance(effect, BreaksContract):
                plan.broken.append((event, effect))
                return False
            plan.effects.append(effect)
        plan.taken.append(event)
        return True

    def _write(self, store: Store, plan: _Plan, *, again: bool) -> None:
        released = list[Event]()
        if again or any(progress.held for progress in plan.progress.values()):
            released = self.parking.release(store, [*plan.taken, *plan.repeated])
        self._count(plan, released, -1)
        early = [event for event in plan.held if event.sequence > plan.progress[key_of(event)].last]
        self._count(plan, self.parking.hold(store, early), 1)
        self._count(plan, [event for event, broken in plan.broken if self.parking.park(store, event, broken)], 1)
        placed = {key_of(event) for event in (*plan.taken, *released, *plan.held, *(event for event, _ in plan.broken))}
        writes = [plan.progress[key].write() for key in sorted(placed & plan.progress.keys())]
        if writes:
            store["inbox"].bulk_write(writes, session=store.session, ordered=False)
        if redact_received(store, [*plan.taken, *plan.held], self._contracts):
            store.forget_copies()

    def _park(self, event: Event, fault: Exception) -> None:
        def park(store: Store) -> None:
            plan = _Plan(self._progress(store, [event]))
            if any(event.sequence <= progress.last for progress in plan.progress.values()):
                return  # it took effect meanwhile
            if self.parking.park(store, event, fault):
                self._count(plan, [event], 1)
            for progress in plan.progress.values():
                progress.parked = True
                store["inbox"].bulk_write([progress.write()], session=store.session)

        self._store.transaction(Command(), park)

    def _count(self, plan: _Plan, events: Sequence[Event], by: int) -> None:
        for event in events:
            if key_of(event) in plan.progress:
                plan.progress[key_of(event)].held += by

    def _progress(self, store: Store, events: Sequence[Event]) -> dict[str, _Progress]:
        keys = {key_of(event) for event in events if not self._contracts.is_single(event.type)}
        progress = {key: _Progress(key) for key in keys}
        if keys:
            for entry in store["inbox"].find({"_id": {"$in": list(keys)}}, session=store.session):
                progress[entry["_id"]] = _Progress(
                    entry["_id"], entry["last"], entry["held"], entry["parked"], known=True
                )
        return progress

    def _singles_known(self, store: Store, events: Sequence[Event]) -> set[str]:
        """Asked for only while some are repeated; otherwise it is told, rarely, by what cannot be written twice."""
        ids = [event.id for event in events if self._contracts.is_single(event.type)] if self._expects_repeats else []
        if not ids:
            return set()
        if self._keep_log:
            logged = store["received"].find({LOGGED_ID: {"$in": ids}}, {LOGGED_ID: 1}, session=store.session)
            return {entry["event"]["id"] for entry in logged}
        return {entry["_id"] for entry in store["singles"].find({"_id": {"$in": ids}}, session=store.session)}

    def _remember(self, store: Store, taken: Sequence[Event]) -> None:
        """By what a single event is known when it comes again: the log, or where there is none its id for a while."""
        if self._keep_log:
            _log_received(store, taken)
        elif singles := [{"_id": one.id, "at": store.act.at} for one in taken if self._contracts.is_single(one.type)]:
            store["singles"].insert_many(singles, session=store.session, ordered=False)


def _is_pulse(event: Event) -> bool:
    return ".pulse." in event.type


def _log_received(store: Store, events: Sequence[Event]) -> None:
    """Logs what took effect, in that order, for rebuilding read models and for looking back."""
    if not events:
        return
    first = store.move_position(len(events))["last"] - len(events) + 1
    entries = [
        {"_id": place, "at": store.act.at, "event": to_wire(event)} for place, event in enumerate(events, start=first)
    ]
    store["received"].insert_many(entries, session=store.session)
