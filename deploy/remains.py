"""Proves what is left of persons in one community's databases; ends with 1 where something is left that should not be.

python -m deploy.remains COMMUNITY            what is kept of persons, and whether any of it is past its time
python -m deploy.remains COMMUNITY --person   whether anything at all is left of the names and phones on standard input, one a line

MONGODB_URI and DATABASE_PREFIX say where; SECRETS is the folder with the instances' master keys (.local/secrets).
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from deploy.instances import Instance, instances, service_classes
from shared.mongo import Store
from shared.phones import NotAPhone, e164
from shared.remains import find_words, held, overdue
from shared.stores import Stores


def stores_of(community: str) -> Iterator[Store]:
    """The community's own databases; what is sealed in them can be opened."""
    client = MongoClient[dict[str, Any]](os.environ["MONGODB_URI"], tz_aware=True)
    for instance in instances([community]):
        if instance.community is not None:
            cls = next(one for one in vars(service_classes()[instance.service]).values() if isinstance(one, Stores))
            database = client[f"{os.environ.get('DATABASE_PREFIX', 'lianfang')}_{instance.service}_{community}"]
            yield cls.store_class(database, community, _masters(instance))


def report(community: str) -> bool:
    """Prints what is kept, collection by collection. Whether any of it is past its time."""
    late = 0
    for store in stores_of(community):
        for one in store.holds:
            past = overdue(store, one)
            late += past
            print(f"{store.database.name}.{one.collection}: {held(store, one)} kept, {past} past their time")
    return late > 0


def report_person(community: str, words: list[str]) -> bool:
    """Prints where the words stand. Whether they stand anywhere."""
    found = False
    for store in stores_of(community):
        for collection, field, count in find_words(store, words):
            found = True
            print(f"{store.database.name}.{collection}: {field} in {count} places")
    if not found:
        print("nothing is left")
    return found


def spellings(said: str) -> list[str]:
    """As it was typed and, if it is a phone, as it is kept."""
    try:
        return [said, e164(said)]
    except NotAPhone:
        return [said]


def main(words: list[str]) -> bool:
    parser = argparse.ArgumentParser(prog="python -m deploy.remains", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("community")
    parser.add_argument("--person", action="store_true", help="names and phones on standard input, one a line")
    chosen = parser.parse_args(words)
    if not chosen.person:
        return report(chosen.community)
    said = [line.strip() for line in sys.stdin if line.strip()]
    if not said:
        sys.exit("Write a name or a phone a line on standard input.")
    return report_person(chosen.community, [one for line in said for one in spellings(line)])


def _masters(instance: Instance) -> Path | None:
    return Path(os.environ["SECRETS"]) / f"{instance.name}.fields" if instance.has_vault else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
