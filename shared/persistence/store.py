"""Store of one tenant: documents to dataclasses and back, the transaction, and the versioned save with its events."""

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

import pymongo
from bson.codec_options import CodecOptions
from cattrs.preconf.bson import make_converter
from pymongo import ASCENDING, IndexModel, InsertOne, MongoClient, ReplaceOne, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConnectionFailure,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern

from shared.crypto.field_encryption import Vault
from shared.crypto.sealed_boxes import Sealer
from shared.events.contracts import Fact
from shared.events.envelope import DISTRICT
from shared.kernel.command import Command, IdempotentReplay
from shared.kernel.errors import NotFound
from shared.persistence import job_failures
from shared.persistence.outbox import Entry, Journal
from shared.persistence.personal_data import Holding

T = TypeVar("T")
A = TypeVar("A")

POSITION = "position"  # among the revisions: how far the log goes, and the generation that its events are shown in
PATIENCE_MS = 10_000  # for one read, or one transaction with all its repetitions
KEPT_ANSWERS_SECONDS = 3 * 24 * 3600  # a phone that was off for a weekend may still repeat its last write

converter = make_converter()
# A sealed value is told from other bytes by its subtype: saved again without it, nobody would find it by equality.
converter.register_structure_hook(bytes, lambda value, _: value)
_tz_aware: CodecOptions[Any] = CodecOptions(tz_aware=True, tzinfo=UTC)

# 10107 NotWritablePrimary … are ConnectionFailure already; these are a full or read-only disk, and a shutdown:
_AWAY_CODES = {11600, 11601, 11602, 14031, 28, 30, 96}
DUPLICATE_KEY = 11000


class Kind(NamedTuple):
    """How an aggregate is kept: its collection, and the name its events carry (`shifts.shift`)."""

    collection: str
    aggregate: str


class _Known(NamedTuple):
    version: int
    sequence: int
    order: int


class StaleWrite(PyMongoError):
    """The document changed since it was loaded. Inside a transaction MongoDB notices first; this is the second line."""


class Store:
    """One tenant's documents. Outside a transaction it only reads; `transaction` hands its body a copy that also saves.

    A service's store names its `kinds` (aggregate class → Kind), its `indexes`, where it `holds` something of a person
    (shared/persistence/personal_data.py), and adds queries in the words of the field.
    """

    service: ClassVar[str]
    kinds: ClassVar[Mapping[type, Kind]] = {}
    indexes: ClassVar[Mapping[str, Sequence[IndexModel]]] = {}
    holds: ClassVar[Sequence[Holding]] = ()

    def __init__(
        self,
        database: Database[dict[str, Any]],
        community: str | None = None,
        master_keys: Path | None = None,
        sealing_key: Path | None = None,
    ) -> None:
        self.database = database.with_options(codec_options=_tz_aware)
        self.community = community
        self.source = f"/communities/{community}/{self.service}" if community else f"/district/{self.service}"
        self.journal = Journal(self.database, self.source)
        self._vault = Vault(self.database, master_keys) if master_keys else None
        self._sealer = Sealer(sealing_key) if sealing_key else None
        self.session: ClientSession | None = None
        self.act = Command()
        self._known: dict[tuple[str, str], _Known] = {}
        self._stated: list[Entry] = []

    @property
    def vault(self) -> Vault:
        """What seals and opens this tenant's fields; its service says that it has some (`Service.has_vault`)."""
        if self._vault is None:
            raise RuntimeError(f"{self.service} was given no master key")
        return self._vault

    def seal_for_notify(self, content: Mapping[str, Any]) -> str | None:
        """What only notify may open; None where notify's key was not given (SEALING_PUBLIC_KEY)."""
        return self._sealer.seal(content) if self._sealer else None

    def prepare(self) -> None:
        """Makes collections and indexes, however long it takes; may be called at every start."""
        with pymongo.timeout(0):
            self._prepare()

    def _prepare(self) -> None:
        self.journal.prepare()
        if self._vault is not None:
            self._vault.prepare()
        own: dict[str, list[IndexModel]] = {kind.collection: [] for kind in self.kinds.values()}
        for name, indexes in self.indexes.items():
            own.setdefault(name, []).extend(indexes)
        own["failing"] = job_failures.INDEXES
        own["answers"] = [IndexModel([("at", ASCENDING)], expireAfterSeconds=KEPT_ANSWERS_SECONDS)]
        existing = set(self.database.list_collection_names())
        for name, models in own.items():
            if name not in existing:
                self.database.create_collection(name, check_exists=False)
            if models:
                self.database[name].create_indexes(list(models))

    def transaction(self, act: Command, body: Callable[[Self], T]) -> T:
        """Runs `body` with a saving copy of this store; all it writes commits together or not at all.

        MongoDB may run the body again after a conflict: it must do nothing outside the database. Left to itself pymongo would
        go on for two minutes when the database is away.
        Raises IdempotentReplay when the act's Idempotency-Key has an answer on record.
        """

        def run(session: ClientSession) -> tuple[T, list[Entry]]:
            bound = self._bound(session, act)
            bound._recall()  # noqa: SLF001  (a copy of ourselves)
            result = body(bound)
            bound._remember(result)  # noqa: SLF001
            return result, bound._stated  # noqa: SLF001

        with pymongo.timeout(PATIENCE_MS / 1000), self.database.client.start_session() as session:
            result, stated = session.with_transaction(
                run, read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority")
            )
        if stated:
            self.journal.committed(stated)
        return result

    def get(self, cls: type[A], id_: str) -> A | None:
        document = self[cls].find_one({"_id": id_}, session=self.session)
        return None if document is None else self._structure(cls, document)

    def load(self, cls: type[A], id_: str) -> A:
        """Raises NotFound."""
        return self.the(cls, {"_id": id_})

    def the(self, cls: type[A], query: Mapping[str, Any]) -> A:
        """The one aggregate that answers to `query`. Raises NotFound."""
        found = self.find(cls, query, limit=1)
        if not found:
            raise NotFound
        return found[0]

    def load_with(self, cls: type[A], id_: str, *others: tuple[type, Mapping[str, Any]]) -> tuple[A, list[list[Any]]]:
        """The aggregate with what is decided about along with it, in one round trip: for each class and query of `others`
        all that answers. Raises NotFound."""
        lookups = [
            {
                "$lookup": {
                    "from": self.kinds[other].collection,
                    "pipeline": [{"$match": query}],
                    "as": f"others.{place}",
                }
            }
            for place, (other, query) in enumerate(others)
        ]
        found = next(self[cls].aggregate([{"$match": {"_id": id_}}, *lookups], session=self.session), None)
        if found is None:
            raise NotFound
        beside = found.pop("others").values()
        return self._structure(cls, found), [
            [self._structure(other, document) for document in documents]
            for (other, _), documents in zip(others, beside, strict=True)
        ]

    def find(
        self, cls: type[A], query: Mapping[str, Any], sort: Sequence[tuple[str, int]] = (), limit: int = 0
    ) -> list[A]:
        cursor = self[cls].find(query, session=self.session, sort=list(sort) or None, limit=limit)
        return [self._structure(cls, document) for document in cursor]

    def save(self, aggregate: Any, facts: Iterable[Fact] = (), *, community: str | None = None) -> None:
        """Writes the state, guarded by the version it was loaded at, and appends its events to the journal.

        `community` is whom the events concern where the store itself belongs to the whole district (default: nobody's).
        """
        self.save_all([(aggregate, facts)], community=community)

    def save_all(self, changes: Iterable[tuple[Any, Iterable[Fact]]], *, community: str | None = None) -> None:
        """`save` for many aggregates of any kinds, with one write per kind and one of the journal."""
        session, events = self._within, []
        writes = dict[str, list[InsertOne[dict[str, Any]] | ReplaceOne[dict[str, Any]]]]()
        for aggregate, facts in changes:
            kind = self.kinds[type(aggregate)]
            known = self._known.get((kind.collection, aggregate.id))
            stated = list(facts)
            last = known or _Known(0, 0, 0)
            order = max(last.order, _microseconds(self.act.at))
            events += self.journal.entries(
                stated,
                aggregate=kind.aggregate,
                subject=aggregate.id,
                after=last.sequence,
                order=order,
                community=self.community or community or DISTRICT,
                act=self.act,
            )
            now_known = _Known(last.version + 1, last.sequence + len(stated), order + len(stated))
            writes.setdefault(kind.collection, []).append(_write(aggregate, known, now_known))
            self._known[kind.collection, aggregate.id] = now_known
        for name, operations in writes.items():
            done = self.database[name].bulk_write(operations, session=session)
            if done.inserted_count + done.matched_count < len(operations):
                raise StaleWrite(f"a document of {name} changed since it was loaded")
        self._state(events)

    def state_alone(self, aggregate: str, stated: Iterable[tuple[str, Fact]]) -> None:
        """Within a transaction: appends events that are each the only one of their subject (their contracts are `single`), so
        that there is no document to save with them."""
        first = _microseconds(self.act.at)
        events = [
            entry
            for order, (subject, fact) in enumerate(stated, start=first)
            for entry in self.journal.entries(
                [fact],
                aggregate=aggregate,
                subject=subject,
                after=0,
                order=order,
                community=self.community or DISTRICT,
                act=self.act,
            )
        ]
        self._state(events)

    def move_position(self, by: int) -> dict[str, Any]:
        """Within a transaction: moves the end of the log of what was received; the log's own document, as it is after that."""
        position = self["revisions"].find_one_and_update(
            {"_id": POSITION}, {"$inc": {"last": by}}, upsert=True, return_document=True, session=self.session
        )
        return position or {}

    def forget_copies(self) -> None:
        """Within a transaction: gives up what is kept of an earlier state, for something in it has been taken back."""

    def __getitem__(self, cls: type | str) -> Collection[dict[str, Any]]:
        """The raw collection of an aggregate class, or one by name, for queries of a service's own store."""
        return self.database[cls if isinstance(cls, str) else self.kinds[cls].collection]

    def _structure(self, cls: type[A], document: dict[str, Any]) -> A:
        document["id"] = document.pop("_id")
        meta = document.pop("meta")
        if self.session is not None:
            key = (self.kinds[cls].collection, document["id"])
            self._known[key] = _Known(meta["version"], meta["sequence"], meta["order"])
        return converter.structure(document, cls)

    def _bound(self, session: ClientSession, act: Command) -> Self:
        bound = copy.copy(self)
        bound.session, bound.act, bound._known, bound._stated = session, act, {}, []  # noqa: SLF001  (a copy of ourselves)
        return bound

    @property
    def _within(self) -> ClientSession:
        if self.session is None:
            raise RuntimeError("a store writes only inside a transaction")
        return self.session

    def _state(self, entries: list[Entry]) -> None:
        self.journal.append(entries, self._within)
        self._stated += entries

    def _recall(self) -> None:
        if self.act.key is not None:
            answer = self["answers"].find_one({"_id": self.act.key}, session=self.session)
            if answer is not None:
                raise IdempotentReplay(answer["result"])

    def _remember(self, result: Any) -> None:
        if self.act.key is not None:
            kept = {"_id": self.act.key, "result": self.act.present(result), "at": self.act.at}
            self["answers"].insert_one(kept, session=self.session)


def connect(uri: str, app: str) -> MongoClient[dict[str, Any]]:
    """A client that gives up on an absent database within seconds; `app` names this process to its successor.

    Every read has an end, also where the database falls silent; `Store.transaction` sees to its own.
    """
    return MongoClient(
        uri, appname=app, timeoutMS=PATIENCE_MS, serverSelectionTimeoutMS=5_000, connectTimeoutMS=5_000, maxPoolSize=50
    )


def is_away(error: BaseException) -> bool:
    """Whether the fault is the database's absence (to be waited out), not the work's own."""
    if isinstance(
        error, (ConnectionFailure, AutoReconnect, ExecutionTimeout, WTimeoutError, WaitQueueTimeoutError, StaleWrite)
    ):
        return True
    if isinstance(error, OperationFailure):
        return error.code in _AWAY_CODES or error.has_error_label("TransientTransactionError")
    return isinstance(error, PyMongoError) and error.has_error_label("TransientTransactionError")


def is_repeat(error: BaseException) -> bool:
    """Whether some of the documents to be inserted are there already."""
    return isinstance(error, BulkWriteError) and any(
        one["code"] == DUPLICATE_KEY for one in error.details["writeErrors"]
    )


def end_sessions_of(client: MongoClient[dict[str, Any]], app: str) -> int:
    """Ends the transactions a dead or sleeping process left open, which would stall its successor until their lifetime limit.

    Returns how many there were. Without the right to look (a shared database) there is nothing to do but wait: 0.
    """
    return _end(client, [one for one in _operations(client, re.escape(app)) if "transaction" in one])


def end_orphans(client: MongoClient[dict[str, Any]], service: str) -> int:
    """Does the same for every process of a service that has left transactions but no connection: it is dead."""
    known = list(_operations(client, re.escape(service) + "-"))
    living = {one["appName"] for one in known if one["type"] == "op"}
    return _end(client, [one for one in known if "transaction" in one and one["appName"] not in living])


def _operations(client: MongoClient[dict[str, Any]], app: str) -> Iterator[dict[str, Any]]:
    """Connections and open transactions of the processes whose name begins so (a pattern)."""
    try:
        yield from client.admin.aggregate([
            {"$currentOp": {"allUsers": True, "idleConnections": True, "idleSessions": True}},
            {"$match": {"appName": {"$regex": f"^{app}"}}},
            {"$project": {"appName": 1, "type": 1, "lsid.id": 1, "transaction": 1}},
        ])  # fmt: skip
    except OperationFailure:
        return


def _end(client: MongoClient[dict[str, Any]], operations: list[dict[str, Any]]) -> int:
    sessions = [{"id": one["lsid"]["id"]} for one in operations]
    if sessions:
        client.admin.command({"killSessions": sessions})
    return len(sessions)


def _write(
    aggregate: Any, known: _Known | None, now_known: _Known
) -> InsertOne[dict[str, Any]] | ReplaceOne[dict[str, Any]]:
    """A new document, or the replacement of the version that was loaded and of no other."""
    document = converter.unstructure(aggregate)
    document["_id"] = document.pop("id")
    document["meta"] = now_known._asdict()
    if known is None:
        return InsertOne(document)
    return ReplaceOne({"_id": document["_id"], "meta.version": known.version}, document)


def _microseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)
