"""Versioned projections (blue/green read models): each version is projected from the log into collections of its own; one is
live."""

import copy
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal, Self

import pymongo
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from shared.kernel.ids import new_id, now
from shared.persistence.store import POSITION, Store, converter

ALREADY_THERE = 48  # MongoDB's NamespaceExists
TIME_INDEX = "at_1__id_1"  # of the log, once

Purpose = Literal["show", "look-back", "gone"]
State = Literal["folding", "shown", "ready", "failed"]


@dataclass
class Generation:
    """A read model made from the log up to `folded`, of `total` entries.

    One to be shown goes on to the newest entry, is compared (`differing` None: not yet; `differences` names the first
    documents that are not alike) and takes the place of `replaced`. One to look back with ends at its `total`.
    """

    id: str
    purpose: Purpose
    started: datetime
    by: str | None
    folded: int = 0
    total: int = 0
    state: State = "folding"
    finished: datetime | None = None
    compared_at: int | None = None
    differing: int | None = None
    differences: list[str] = field(default_factory=list)
    replaced: str | None = None
    reason: str | None = None


class FoldedStore(Store):
    """A store whose `folded` collections (name → indexes) are made by its reactions to events alone, so that the log can
    make them again. Reactions write nothing else; what the service itself states is kept beside them (docs/adr/0024)."""

    folded: ClassVar[Mapping[str, Sequence[IndexModel]]] = {}

    _generation: str | None = None
    _is_aside = False

    def prepare(self) -> None:
        super().prepare()
        with pymongo.timeout(0):
            self._prepare_folded()

    def _prepare_folded(self) -> None:
        self._carry_over()
        showing = {"state": "folding", "purpose": "show"}
        self["generations"].create_indexes([
            IndexModel([("purpose", ASCENDING)], unique=True, partialFilterExpression=showing, name="one at a time"),
            IndexModel([("total", ASCENDING)], unique=True, partialFilterExpression={"purpose": "look-back"}),
        ])  # fmt: skip
        first = {"last": {"$ifNull": ["$last", 0]}, "generation": {"$ifNull": ["$generation", new_id()]}}
        self["revisions"].update_one({"_id": POSITION}, [{"$set": first}], upsert=True)
        self.make(self.generation)

    def _carry_over(self) -> None:
        """Before December 2026 the position stood in the log itself, which had an index by time, and read models were of another
        shape: they are made anew."""
        if position := self["received"].find_one({"_id": POSITION}):
            self["revisions"].replace_one({"_id": POSITION}, position, upsert=True)
            if not self.generation_where({"state": "folding", "purpose": "show"}):
                self.keep(Generation(new_id(), "show", now(), None, total=position["last"]))
            if TIME_INDEX in self["received"].index_information():
                self["received"].drop_index(TIME_INDEX)
            self["received"].delete_one({"_id": POSITION})

    def __getitem__(self, cls: type | str) -> Collection[dict[str, Any]]:
        if self._is_aside or cls in self.folded:
            return self.database[f"{cls}.{self.generation}"]
        return super().__getitem__(cls)

    @property
    def generation(self) -> str:
        """Which one this store reads and writes: the one that is shown, looked up once in a transaction, unless it was told."""
        if self._generation is not None:
            return self._generation
        position = self["revisions"].find_one({"_id": POSITION}, session=self.session)
        generation: str = (position or {})["generation"]
        if self.session is not None:
            self._generation = generation
        return generation

    def move_position(self, by: int) -> dict[str, Any]:
        """Tells the generation along with it, which then need not be asked for."""
        position = super().move_position(by)
        self._generation = position["generation"]
        return position

    def shown(self) -> Self:
        """What is shown at this moment, for all that one page asks."""
        return self.at(self.generation)

    def at(self, generation: str) -> Self:
        """The same store with that generation in the place of the one that is shown."""
        other = copy.copy(self)
        other._generation = generation  # noqa: SLF001  (a copy of ourselves)
        return other

    def aside(self, generation: str) -> Self:
        """For reactions that fold into a generation nobody sees yet: whatever they touch is kept apart."""
        other = self.at(generation)
        other._is_aside = True  # noqa: SLF001  (a copy of ourselves)
        return other

    def forget_copies(self) -> None:
        """Whoever looks back again sees it made from the log as it is now."""
        copies = {"purpose": "look-back"}
        self["generations"].update_many(copies, {"$set": {"purpose": "gone"}}, session=self.session)

    def make(self, generation: str, *, lasting: bool = False) -> None:
        """Makes its collections where they are not there yet; in a `lasting` one nothing expires."""
        for name, indexes in self.folded.items():
            own = f"{name}.{generation}"
            try:
                self.database.create_collection(own, check_exists=False)
            except OperationFailure as fault:
                if fault.code != ALREADY_THERE:
                    raise
            kept = [one for one in indexes if not (lasting and "expireAfterSeconds" in one.document)]
            if kept:
                self.database[own].create_indexes(kept)

    def drop(self, generation: str) -> None:
        own = {"name": {"$regex": rf"\.{re.escape(generation)}$"}}
        for name in self.database.list_collection_names(filter=own):
            self.database.drop_collection(name)

    def keep(self, generation: Generation) -> None:
        document = converter.unstructure(generation)
        document["_id"] = document.pop("id")
        self["generations"].update_one({"_id": document["_id"]}, {"$set": document}, upsert=True, session=self.session)

    def give_up(self, generation: Generation, reason: str) -> bool:
        """Whether nobody had finished it meanwhile."""
        failed = {"state": "failed", "finished": now(), "reason": reason}
        unfinished = {"_id": generation.id, "state": "folding"}
        return self["generations"].update_one(unfinished, {"$set": failed}).matched_count == 1

    def generation_where(self, query: Mapping[str, Any], *, newest: bool = False) -> Generation | None:
        """The oldest (or newest) that answers to the query."""
        order = DESCENDING if newest else ASCENDING
        found = self["generations"].find_one(query, sort=[("_id", order)], session=self.session)
        return generation_in(found) if found else None

    def rebuilds(self, limit: int) -> list[Generation]:
        """Those made to be shown, newest first."""
        found = self["generations"].find({"purpose": "show"}, sort=[("_id", DESCENDING)], limit=limit)
        return [generation_in(document) for document in found]

    def last_position(self) -> int:
        position = self["revisions"].find_one({"_id": POSITION}, session=self.session)
        return int((position or {})["last"])

    def received_at(self, position: int) -> datetime | None:
        """When the event at that position came; None: there is none."""
        entry = self["received"].find_one({"_id": position}, {"at": 1})
        return entry["at"] if entry else None

    def position_at(self, moment: datetime) -> int:
        """That of the newest event that had come by then; 0: none had. Found by halving the log, which is in order of time:
        an index would have to be written for every event."""
        positions = range(1, self.last_position() + 1)
        return bisect_right(positions, moment, key=lambda position: self.received_at(position) or moment)


def generation_in(document: dict[str, Any]) -> Generation:
    return converter.structure({**document, "id": document["_id"]}, Generation)
