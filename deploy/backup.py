"""A district's backup and its restore: `make backup TO=folder`, `make restore FROM=folder`.

In the folder, which is its owner's alone: `secrets/`, all keys and passwords (whoever has them is the district), and
`databases/`, every collection as it was at one and the same moment, in the layout of `mongodump --gzip`; `manifest.json`
counts them. Not in it: indexes, which services make as they start; leases; and the broker, where only copies are under way:
what a subscriber had not taken by then is marked, when it is restored, for the relays to send again.

It is all or nothing: a database restored alone would number new events as others have been numbered elsewhere already.
"""

import gzip
import json
import os
import shlex
import shutil
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

import bson
from bson.codec_options import CodecOptions
from bson.errors import InvalidBSON
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError

from deploy.definitions import subscriptions
from deploy.local.lock import hold
from deploy.local.parts import MongoDB
from deploy.local.ports import choose_ports
from deploy.local.programs import NotReadyError, wait_until
from deploy.local.say import Step, line
from shared.events.contracts import registry
from shared.events.envelope import DISTRICT
from shared.kernel.ids import now
from shared.messaging.inbox import KEEP_SINGLES_SECONDS
from shared.messaging.topology import Subscription

Client = MongoClient[dict[str, Any]]

KEPT = ("secrets", "demo-loaded")  # of the run's folder; the demo is not loaded a second time
LEFT_OUT = ("leases",)
SNAPSHOT_UNAVAILABLE = 246  # a collection was made or indexed since the moment chosen; the next moment will do
ATTEMPTS = 5
INSERT_AT_ONCE = 1_000
RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


def save(client: Client, prefix: str, folder: Path) -> dict[str, int]:
    """Write all databases whose names begin with `prefix`_ as they are at one moment. Returns documents by collection."""
    for attempt in range(ATTEMPTS):
        try:
            counts = _save_all(client, prefix, folder)
            break
        except OperationFailure as fault:
            if fault.code != SNAPSHOT_UNAVAILABLE or attempt == ATTEMPTS - 1:
                raise
    manifest = {"made": now().isoformat(), "prefix": prefix, "documents": counts}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1))
    return counts


def _save_all(client: Client, prefix: str, folder: Path) -> dict[str, int]:
    shutil.rmtree(folder / "databases", ignore_errors=True)
    with client.start_session(snapshot=True) as moment:
        return {
            f"{name}/{collection}": _save(client[name], collection, folder, moment)
            for name in _databases(client, prefix)
            for collection in _collections(client[name])
        }


def restore(client: Client, prefix: str, folder: Path) -> int:
    """Write all of it back where there is nothing yet. Returns how many events will be sent again; NotReadyError."""
    manifest = json.loads((folder / "manifest.json").read_text())
    if manifest["prefix"] != prefix:
        raise NotReadyError(f"{folder} holds databases named {manifest['prefix']}_…, not {prefix}_…")
    if there := _databases(client, prefix):
        raise NotReadyError(
            f"There is a district already ({', '.join(there)}); a backup is restored where there is none."
        )
    for place, expected in manifest["documents"].items():
        database, collection = place.split("/")
        try:
            found = _restore(client[database], collection, folder)
        except (OSError, EOFError, zlib.error, InvalidBSON) as fault:
            raise NotReadyError(f"{folder} is damaged: {place} cannot be read: {fault}") from fault
        if found != expected:
            raise NotReadyError(f"{folder} is damaged: {found} of {expected} documents in {place}")
    return owe(client, prefix)


def owe(client: Client, prefix: str) -> int:
    """Mark as unpublished, in every journal, what a subscriber has not taken; what others have has no effect on them.

    Returns how many events that are.
    """
    names = set(_databases(client, prefix))
    for publisher in names:
        service, community = _parts_of(publisher, prefix)
        source = f"/communities/{community}/{service}" if community else f"/{DISTRICT}/{service}"
        for subscription in subscriptions():
            for subscriber in names:
                listening, place = _parts_of(subscriber, prefix)
                if listening == subscription.service:
                    _owe_to(client[subscriber], place, subscription, client[publisher], source)
    return sum(client[name]["journal"].count_documents({"unpublished": True}) for name in names)


def _owe_to(
    subscriber: Database[dict[str, Any]],
    place: str | None,
    subscription: Subscription,
    publisher: Database[dict[str, Any]],
    source: str,
) -> None:
    """What one publisher owes one subscriber, by aggregate: all after the last event it took."""
    own = [one for one in subscription.aggregates if one.split(".")[0] == source.rsplit("/", 1)[1]]
    for aggregate in own:
        key = f"{source}|{aggregate}|"
        taken = {
            one["_id"]: one["last"] for one in subscriber["inbox"].find({"_id": {"$gte": key, "$lt": key + "\uffff"}})
        }
        heard: dict[str, Any] = {"aggregate": aggregate}
        if place is not None:
            heard["community"] = {"$in": [place, DISTRICT]}
        if any(one.single for one in registry.contracts() if one.type.startswith(f"{aggregate}.")):
            heard["time"] = {
                "$gt": now() - timedelta(seconds=KEEP_SINGLES_SECONDS)
            }  # older ones are no longer known as taken
        last = [{"$match": heard}, {"$group": {"_id": "$subject", "sequence": {"$max": "$sequence"}}}]
        for subject in publisher["journal"].aggregate(last, allowDiskUse=True):
            known = taken.get(key + subject["_id"], 0)
            if subject["sequence"] > known:
                rest = {**heard, "subject": subject["_id"], "sequence": {"$gt": known}}
                publisher["journal"].update_many(rest, {"$set": {"unpublished": True}})


def _parts_of(database: str, prefix: str) -> tuple[str, str | None]:
    service, _, community = database.removeprefix(f"{prefix}_").partition("_")
    return service, community or None


def _databases(client: Client, prefix: str) -> list[str]:
    return sorted(name for name in client.list_database_names() if name.startswith(f"{prefix}_"))


def _collections(database: Database[dict[str, Any]]) -> list[str]:
    names = database.list_collection_names(filter={"type": "collection"})
    return sorted(name for name in names if name not in LEFT_OUT and not name.startswith("system."))


def _file(folder: Path, database: str, collection: str) -> Path:
    return folder / "databases" / database / f"{collection}.bson.gz"


def _save(database: Database[dict[str, Any]], collection: str, folder: Path, moment: ClientSession) -> int:
    path = _file(folder, database.name, collection)
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with gzip.open(path, "wb", compresslevel=1) as out:
        found: Any = database.get_collection(collection, codec_options=RAW).find({}, session=moment)
        for document in found:
            out.write(document.raw)
            count += 1
    return count


def _restore(database: Database[dict[str, Any]], collection: str, folder: Path) -> int:
    into = database.create_collection(collection, check_exists=False).with_options(codec_options=RAW)
    count = 0
    with gzip.open(_file(folder, database.name, collection), "rb") as kept:
        documents = bson.decode_file_iter(cast("IO[bytes]", kept), RAW)
        while batch := list(islice(documents, INSERT_AT_ONCE)):
            into.insert_many(batch, ordered=False)
            count += len(batch)
    return count


def _back_up(home: Path, folder: Path, prefix: str) -> None:
    if folder.exists():
        raise NotReadyError(f"{folder} is there already; a backup is made into a folder of its own.")
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    with _reachable(home) as client, Step(f"back up to {folder}"):
        counts = save(client, prefix, unfinished)
    _copy_kept(home, unfinished)
    unfinished.rename(folder)
    line(
        f"{sum(counts.values())} documents in {len(counts)} collections, and the secrets: keep {folder} as you keep keys."
    )


def _put_back(home: Path, folder: Path, prefix: str) -> None:
    with hold(home):
        if any((home / name).exists() for name in (*KEPT, "rabbitmq", "mongodb")):
            raise NotReadyError(f"There is a district already in {home}; make clean forgets it.")
        with Client(_given()) if _given() else _private(home) as client, Step(f"restore from {folder}"):
            owed = restore(client, prefix, folder)
        _copy_kept(folder, home)
    line(f"Restored; make run goes on with it. {owed} events are sent again to those who had not taken them.")


def _copy_kept(source: Path, target: Path) -> None:
    for path in (source / name for name in KEPT):
        if path.is_dir():
            shutil.copytree(path, target / path.name)
        elif path.exists():
            shutil.copy2(path, target / path.name)


@contextmanager
def _reachable(home: Path) -> Iterator[Client]:
    """Yours where its address is given, else that of the run, else the private one, started for this alone."""
    if uri := _given() or _running(home):
        with Client(uri) as client:
            yield client
    else:
        with hold(home), _private(home) as client:
            yield client


def _given() -> str:
    return os.environ.get("MONGODB_URI") or ""


def _running(home: Path) -> str:
    """The address in the run's env file, if anything answers there."""
    if not (home / "env").exists():
        return ""
    told = dict(word.split("=", 1) for word in shlex.split((home / "env").read_text()))
    try:
        with Client(told["MONGODB_URI"], serverSelectionTimeoutMS=1_000) as client:
            client.admin.command("ping")
    except PyMongoError:
        return ""
    return told["MONGODB_URI"]


@contextmanager
def _private(home: Path) -> Iterator[Client]:
    mongodb = MongoDB(home / "mongodb", choose_ports(["mongodb"], home / "ports.json")["mongodb"])
    mongodb.prepare()
    program = mongodb.program()
    process = program.start()
    try:
        wait_until(mongodb.is_ready, program, lambda: process.poll() is None)
        with Client(mongodb.uri) as client:
            yield client
    finally:
        process.terminate()
        process.wait()


def main(words: list[str]) -> int:
    os.umask(0o077)
    home = Path(os.environ.get("LIANFANG_HOME") or ".local").absolute()
    prefix = os.environ.get("DATABASE_PREFIX") or "lianfang"
    try:
        match words:
            case ["save", folder] if folder:
                _back_up(home, Path(folder).absolute(), prefix)
            case ["restore", folder] if folder:
                _put_back(home, Path(folder).absolute(), prefix)
            case _:
                line("usage: make backup TO=folder, make restore FROM=folder")
                return 2
    except (NotReadyError, PyMongoError, OSError) as fault:
        line(str(fault))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
