"""Proves what is left of persons in the district's databases; ends with 1 where something is left that should not be.

python -m deploy.remains [COMMUNITY]            what is kept of persons, and whether any of it is past its time
python -m deploy.remains [COMMUNITY] --person   whether anything at all is left of the names and phones on standard input, one a
                                                line; it looks in every database, whoever the person was to the district

COMMUNITY: only what is its own and the whole district's; with --person, the community whose databases must be among those read.
MONGODB_URI and DATABASE_PREFIX say where; SECRETS is the folder with the instances' master keys (.local/secrets). Ends with 2
where nothing was found but not everything could be read; what was not is named.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError

from deploy.instances import service_classes
from shared.crypto.field_encryption import Vault
from shared.crypto.sealed_boxes import Opener
from shared.kernel.ids import now
from shared.persistence.person_search import Keys, Person, Search, search
from shared.persistence.personal_data import held, overdue
from shared.persistence.store import Store
from shared.runtime.tenants import Stores
from shared.web.service import Service

LEFT, NOT_ALL_READ = 1, 2
BESIDE = (
    "Beside the databases a person may stand in backups until they are thrown away, in MongoDB's own log of writes and the "
    "broker's queues until these have moved on, and in a community's own part at another address."
)
Client = MongoClient[dict[str, Any]]


@dataclass(frozen=True)
class Place:
    """A database of the district: of which service, of which community; `service` None: of none that we know."""

    database: str
    service: str | None
    community: str | None = None


def places(client: Client, prefix: str) -> list[Place]:
    """Every database whose name begins with the prefix."""
    return [_place(name, prefix) for name in sorted(client.list_database_names()) if name.startswith(f"{prefix}_")]


def missing(client: Client, prefix: str, there: Iterable[Place], community: str | None) -> list[str]:
    """The databases that there must be and are not: those of a community that runs its own part stand elsewhere."""
    known = {one["_id"] for one in client[f"{prefix}_accounts"]["communities"].find({}, {"_id": 1})}
    wanted = {
        "_".join([prefix, name, *([place] if place else [])])
        for name, cls in service_classes().items()
        for place in (sorted(known | ({community} if community else set())) if cls.per_community else [None])
    }
    return sorted(wanted - {one.database for one in there})


def report(client: Client, prefix: str, community: str | None) -> int:
    """Prints what is kept, collection by collection; LEFT where any of it is past its time."""
    late = 0
    for place in places(client, prefix):
        if place.service is None or (community and place.community not in (None, community)):
            continue
        store = _store_class(service_classes()[place.service])(client[place.database], place.community)
        if not store.holds:
            print(f"{place.database}: does not say what it holds of persons, so that nothing of it was counted")
        at = now()
        for one in store.holds:
            past = overdue(store.database, one, at)
            late += past
            print(f"{place.database}.{one.collection}: {held(store.database, one)} kept, {past} past their time")
    return LEFT if late else 0


def report_person(
    client: Client, prefix: str, community: str | None, words: Sequence[str], secrets: Path | None
) -> int:
    """Prints where the words stand, and by name what could not be read; only where there is neither, that nothing is left."""
    person, opener = Person(words), _opener(secrets)
    there = places(client, prefix)
    left = pictures = 0
    unread = [f"{name}: there is no such database here" for name in missing(client, prefix, there, community)]
    for place in there:
        try:
            seen = search(client[place.database], person, Keys(_vaults(client, place, secrets), opener))
        except PyMongoError as fault:
            unread.append(f"{place.database}: {str(fault).partition(', full error')[0]}")
            continue
        left += sum(seen.found.values())
        pictures += seen.pictures
        unread += _tell(place, seen)
    for one in unread:
        print(f"not read: {one}")
    if pictures:
        print(f"{pictures} pictures were searched for words; whom they show no program can tell")
    if not left and not unread:
        print(f"nothing is left: {len(there)} databases were read")
    print(BESIDE)
    return LEFT if left else NOT_ALL_READ if unread else 0


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.remains", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("community", nargs="?")
    parser.add_argument("--person", action="store_true", help="names and phones on standard input, one a line")
    chosen = parser.parse_args(words)
    prefix = os.environ.get("DATABASE_PREFIX") or "lianfang"
    said = [line.strip() for line in sys.stdin if line.strip()] if chosen.person else []
    if chosen.person and not said:
        parser.error("write a name or a phone a line on standard input")
    if "MONGODB_URI" not in os.environ:
        parser.error("MONGODB_URI says where the databases are")
    with Client(os.environ["MONGODB_URI"], tz_aware=True) as client:
        if not chosen.person:
            return report(client, prefix, chosen.community)
        secrets = Path(os.environ["SECRETS"]) if os.environ.get("SECRETS") else None
        return report_person(client, prefix, chosen.community, said, secrets)


def _tell(place: Place, seen: Search) -> Iterator[str]:
    """Prints what was read of a database and where the words stand; what could not be read is left to the caller."""
    unknown = "" if place.service else " (of no service that we know)"
    print(f"{place.database}{unknown}: {seen.documents} documents read")
    for (collection, path), count in sorted(seen.found.items()):
        print(f"{place.database}.{collection}: {path} in {count} places")
    for (collection, path), count in sorted(seen.locked.items()):
        yield f"{place.database}.{collection}: {path} in {count} places, which no key in SECRETS opens"


def _place(database: str, prefix: str) -> Place:
    rest = database.removeprefix(f"{prefix}_")
    for name, cls in service_classes().items():
        if rest == name and not cls.per_community:
            return Place(database, name)
        if cls.per_community and rest.startswith(f"{name}_"):
            return Place(database, name, rest.removeprefix(f"{name}_"))
    return Place(database, None)


def _store_class(cls: type[Service]) -> type[Store]:
    return next(one.store_class for one in vars(cls).values() if isinstance(one, Stores))


def _vaults(client: Client, place: Place, secrets: Path | None) -> list[Vault]:
    """Of its own instance first; a hosted community's keys are its host's, whichever of its service that is."""
    if secrets is None or place.service is None:
        return []
    database: Database[dict[str, Any]] = client[place.database]
    own = f"{place.service}-{place.community}.fields" if place.community else f"{place.service}.fields"
    files = sorted(secrets.glob(f"{place.service}*.fields"), key=lambda one: one.name != own)
    return [Vault(database, one) for one in files]


def _opener(secrets: Path | None) -> Opener | None:
    path = secrets / "sealing.private" if secrets else None
    return Opener(path) if path and path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
