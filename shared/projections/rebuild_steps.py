"""Rebuild steps: project the log of received events into a new version of a read model, step by step, while the system runs."""

import heapq
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import pymongo
from pymongo import IndexModel

from shared.events.contracts import registry
from shared.events.envelope import Event, from_wire
from shared.kernel.command import Command
from shared.kernel.ids import now
from shared.messaging.inbox import Reaction
from shared.persistence.revision import note_change
from shared.persistence.store import POSITION, is_away
from shared.projections.versions import FoldedStore, Generation

FOLD_AT_ONCE = 500  # events in one transaction; also how many may be left for the consumer to wait for
LOOK_BACK_KEPT = timedelta(minutes=15)  # after it was last asked for
REPLACED_KEPT = timedelta(minutes=1)  # for whoever still reads it
ALIKE_MARGIN = timedelta(minutes=10)  # what expires while it is compared is no difference
STEP_SECONDS = 60.0  # MongoDB ends a transaction then
COMPARING_SECONDS = 40.0
READ_AT_ONCE = 500
DIFFERENCES_NAMED = 20

_log = logging.getLogger(__name__)


class _NotNear(Exception):
    """Too much came meanwhile for the consumer to wait."""


class Folding:
    """Brings unfinished generations forward. Every step is one transaction that begins where the last one ended, so it
    does not matter who takes it, nor how often it is broken off."""

    def __init__(self, store: FoldedStore, reactions: Mapping[str, Reaction]) -> None:
        self._store = store
        self._reactions = reactions

    def step(self) -> bool:
        """Whether there was anything to do. Looks back before it rebuilds: somebody waits for that."""
        wanted = ({"state": "folding", "purpose": purpose} for purpose in ("look-back", "show"))
        one = next(filter(None, map(self._store.generation_where, wanted)), None)
        if one is None:
            return False
        try:
            self._bring_forward(one)
        except Exception as fault:
            if is_away(fault):
                raise
            _log.exception("a generation cannot be folded", extra={"facts": {"generation": one.id}})
            if self._store.give_up(one, f"{type(fault).__name__}: {fault}"):
                self._store.drop(one.id)
        return True

    def sweep(self) -> None:
        """Drops what was replaced, and what nobody has looked back at for a while."""
        replaced = {"replaced": {"$ne": None}, "finished": {"$lt": now() - REPLACED_KEPT}}
        while one := self._store.generation_where(replaced):
            self._store.drop(str(one.replaced))
            one.replaced = None
            self._store.keep(one)
        generations = self._store["generations"]
        generations.update_many(
            {"purpose": "look-back", "asked": {"$lt": now() - LOOK_BACK_KEPT}}, {"$set": {"purpose": "gone"}}
        )
        while one := self._store.generation_where({"purpose": "gone"}):
            self._store.drop(one.id)
            generations.delete_one({"_id": one.id})

    def _bring_forward(self, one: Generation) -> None:
        if one.folded == 0:
            with pymongo.timeout(0):
                self._store.make(one.id, lasting=one.purpose == "look-back")
        if one.purpose == "look-back":
            step = self._fold_back
        elif self._store.last_position() - one.folded > FOLD_AT_ONCE:
            step = self._fold_on
        else:
            step = self._compare if one.compared_at is None else self._show
        try:
            with pymongo.timeout(STEP_SECONDS):
                self._store.transaction(Command(), lambda tx: step(tx, one.id))
        except _NotNear:
            return

    def _fold_back(self, tx: FoldedStore, id_: str) -> None:
        if one := _unfinished(tx, id_):
            self._fold(tx, one, one.total)
            if one.folded == one.total:
                one.state, one.finished = "ready", now()
            tx.keep(one)

    def _fold_on(self, tx: FoldedStore, id_: str) -> None:
        if one := _unfinished(tx, id_):
            self._fold(tx, one, tx.last_position())
            tx.keep(one)

    def _compare(self, tx: FoldedStore, id_: str) -> None:
        """One snapshot holds the generation that is shown and, once the rest is folded, its like of the same position."""
        if one := _unfinished(tx, id_):
            self._fold_rest(tx, one, tx.last_position())
            one.compared_at = one.folded
            found = _differences(tx.shown(), tx.aside(id_), until=time.monotonic() + COMPARING_SECONDS)
            with suppress(TimeoutError):
                one.differences = list(islice(found, DIFFERENCES_NAMED))
                one.differing = len(one.differences) + sum(1 for _ in found)
            tx.keep(one)

    def _show(self, tx: FoldedStore, id_: str) -> None:
        """Takes hold of the position first: from here to the commit the consumer's own transactions must wait."""
        change = {"$set": {"generation": id_}}
        position = tx["revisions"].find_one_and_update({"_id": POSITION}, change, session=tx.session) or {}
        one = _unfinished(tx, id_)
        if one is None:
            raise _NotNear
        self._fold_rest(tx, one, position["last"])
        one.state, one.finished, one.replaced = "shown", now(), position["generation"]
        tx.keep(one)
        note_change(tx)

    def _fold_rest(self, tx: FoldedStore, one: Generation, end: int) -> None:
        if end - one.folded > FOLD_AT_ONCE:
            raise _NotNear
        self._fold(tx, one, end)

    def _fold(self, tx: FoldedStore, one: Generation, end: int) -> None:
        """Within a transaction: the next entries of the log, through the reactions."""
        upto = min(end, one.folded + FOLD_AT_ONCE)
        entries = tx["received"].find({"_id": {"$gt": one.folded, "$lte": upto}}, sort=[("_id", 1)], session=tx.session)
        events = [_event_in(entry) for entry in entries]
        passed_over = _passed_over(tx, events)
        effects = [registry.read(event) for event in events if event.id not in passed_over]
        aside = tx.aside(one.id)
        for reaction, run in groupby(effects, key=lambda event: self._reactions.get(event.type)):
            if reaction is not None:
                reaction(aside, list(run))
        one.folded, one.total = upto, max(end, one.total)


def _unfinished(tx: FoldedStore, id_: str) -> Generation | None:
    return tx.generation_where({"_id": id_, "state": "folding", "purpose": {"$ne": "gone"}})


def _event_in(entry: dict[str, Any]) -> Event:
    wire = entry["event"]
    return from_wire({**wire, "time": wire["time"].isoformat()})


def _passed_over(tx: FoldedStore, events: list[Event]) -> set[str]:
    """What an operator discarded took its place in the log, but had no effect."""
    ids = {"_id": {"$in": [event.id for event in events]}}
    return {entry["_id"] for entry in tx["discarded"].find(ids, {"_id": 1}, session=tx.session)}


def _differences(one: FoldedStore, other: FoldedStore, *, until: float) -> Iterator[str]:
    """`<collection> <id>` of each document that is not the same in both, or in one only. Raises TimeoutError."""
    for name, indexes in one.folded.items():
        query = _lasting(indexes)
        both = (store[name].find(query, sort=[("_id", 1)], session=store.session) for store in (one, other))
        merged = heapq.merge(*(cursor.batch_size(READ_AT_ONCE) for cursor in both), key=itemgetter("_id"))
        for id_, documents in groupby(merged, key=itemgetter("_id")):
            if time.monotonic() > until:
                raise TimeoutError
            pair = list(documents)
            if len(pair) == 1 or pair[0] != pair[1]:
                yield f"{name} {id_}"


def _lasting(indexes: Sequence[IndexModel]) -> dict[str, Any]:
    """Leaves out what expires soon: it may be gone in one generation and still be there in the other."""
    expiring = [one for one in indexes if "expireAfterSeconds" in one.document]
    return {
        name: {"$gt": now() - timedelta(seconds=one.document["expireAfterSeconds"]) + ALIKE_MARGIN}
        for one in expiring
        for name in one.document["key"]
    }
