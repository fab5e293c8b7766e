"""Operator's command line for a tenant's database: parked events listed, shown, retried, discarded; a journal republished to one
queue; the master key of sealed fields rotated, or a community's data key destroyed.

python -m shared.ops.cli --help
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from pymongo import ASCENDING, MongoClient
from pymongo.database import Database

from shared.crypto.field_encryption import Vault
from shared.messaging.dead_letter_admin import discard, parked, retry, show
from shared.messaging.outbox_relay import READ_AT_ONCE, in_messages
from shared.messaging.topology import Publisher, broker_login
from shared.persistence.outbox import Journal

Document = dict[str, Any]


def replay(database: Database[Document], source: str, queue: str, amqp_uri: str) -> int:
    """Sends a publisher's whole journal to one subscriber's queue, in order; what it has already taken has no further effect.

    `amqp_uri` is the administrator's. Returns how many events were sent.
    """
    journal = Journal(database, source)
    publisher = Publisher(broker_login(amqp_uri, "", {}), exchange="")
    sent = 0
    try:
        for entries in _pages(journal):
            events = [journal.event(entry) for entry in entries]
            publisher.publish([one._replace(routing_key=queue) for one in in_messages(events)])
            sent += len(events)
    finally:
        publisher.close()
    return sent


def _pages(journal: Journal) -> Iterator[list[Document]]:
    """The published part of the journal in pages, by id: nearly by time; the inbox keeps each aggregate's exact order."""
    last = ""
    while True:
        query = {"_id": {"$gt": last}, "unpublished": {"$exists": False}}
        page = list(journal.collection.find(query).sort("_id", ASCENDING).limit(READ_AT_ONCE))
        if not page:
            return
        yield page
        last = page[-1]["_id"]


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m shared.ops.cli", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--database", required=True, help="lianfang_district, lianfang_shifts_yueran, …")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("parked", help="list parked, waiting and raw events")
    for name in ("show", "retry", "discard"):
        command = commands.add_parser(name)
        command.add_argument("id")
        if name == "discard":
            command.add_argument("--by", required=True, help="your name, for the record")
            command.add_argument("--reason", required=True)
    command = commands.add_parser("replay", help="send this publisher's journal to one subscriber's queue")
    command.add_argument("--to", required=True, metavar="QUEUE")
    commands.add_parser(
        "rotate-field-key", help="wrap all data keys under a new master key, added to the file FIELD_KEY"
    )
    command = commands.add_parser("destroy-data-key", help="make all that a community ever sealed unreadable, for good")
    command.add_argument("community")
    chosen = parser.parse_args(words)
    database: Database[Document] = MongoClient[Document](os.environ["MONGODB_URI"], tz_aware=True)[chosen.database]
    try:
        _run(chosen, database)
    except LookupError as fault:
        sys.exit(str(fault))


def _run(chosen: argparse.Namespace, database: Database[Document]) -> None:
    match chosen.command:
        case "parked":
            for one in parked(database):
                _print(one)
        case "show":
            _print(show(database, chosen.id))
        case "retry":
            retry(database, chosen.id)
        case "discard":
            discard(database, chosen.id, by=chosen.by, reason=chosen.reason)
        case "replay":
            sent = replay(database, _source_of(database.name), chosen.to, os.environ["AMQP_URI"])
            print(f"{sent} events sent to {chosen.to}")
        case "rotate-field-key":
            print(
                f"{_vault(database).rotate()} data keys are wrapped anew; keep the file's older lines for older backups"
            )
        case "destroy-data-key":
            if not _vault(database).destroy(chosen.community):
                raise LookupError(f"{chosen.community} has no data key here")


def _vault(database: Database[Document]) -> Vault:
    return Vault(database, Path(os.environ["FIELD_KEY"]))


def _source_of(database: str) -> str:
    """`lianfang_shifts_yueran` → `/communities/yueran/shifts`."""
    _, service, *community = database.split("_")
    return f"/communities/{community[0]}/{service}" if community else f"/district/{service}"


def _print(document: Document) -> None:
    print(orjson.dumps(document, default=str, option=orjson.OPT_INDENT_2).decode())


if __name__ == "__main__":
    main(sys.argv[1:])
