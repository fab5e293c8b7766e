"""Person search over a whole database: every field of every document and every file, with all that is sealed opened."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import Binary
from gridfs import GridFSBucket
from pymongo.database import Database
from pymongo.errors import EncryptionError

from shared.crypto.field_encryption import SealLost, Vault
from shared.crypto.sealed_boxes import CannotOpen, Opener
from shared.kernel.phone_numbers import NotAPhone, e164

SEALED = 6  # MongoDB's own mark of an encrypted value
_BOX = re.compile(
    r"[0-9a-f]{8}\.[A-Za-z0-9_-]{60,}={0,2}"
)  # what is sealed to notify, as shared/crypto/sealed_boxes.py writes it
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_SEPARATORS = re.compile(r"[\s().-]+")
_FILES, _CHUNKS = ".files", ".chunks"  # a GridFS bucket's two collections


class Keys:
    """What opens the sealed fields of one database, and the boxes that are sealed to notify; either may be missing."""

    def __init__(self, vaults: Sequence[Vault] = (), opener: Opener | None = None) -> None:
        self._vaults = list(vaults)
        self._opener = opener

    def open(self, sealed: Binary) -> str | None:
        """Empty where the key is destroyed, so that nobody can read it any more; None where no key of ours fits."""
        for vault in self._vaults:
            try:
                said = vault.open(sealed)
            except SealLost:
                return ""
            except EncryptionError:
                continue
            self._vaults = [vault, *(one for one in self._vaults if one is not vault)]  # it will fit the next, too
            return said
        return None

    def unbox(self, box: str) -> dict[str, Any] | None:
        try:
            return self._opener.open(box) if self._opener else None
        except CannotOpen:
            return None


class Person:
    """Names and phones as somebody may have written them: in whatever case and width, a phone with or without its country's
    code and with signs between its digits."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = set[str]()
        self._numbers = set[str]()
        for word in words:
            self._words.add(_plain(word))
            try:
                number = e164(word)
            except NotAPhone:
                continue
            self._numbers |= {number, number.removeprefix("+86")}

    def is_in(self, said: str | int) -> bool:
        if isinstance(said, int):
            return str(said) in self._numbers
        plain = _plain(said)
        closed_up = _SEPARATORS.sub("", plain)
        return any(word in plain for word in self._words) or any(number in closed_up for number in self._numbers)


@dataclass
class Search:
    """What reading one database whole has shown: where the person stands, what no key opened (each by collection and field,
    with how often), and how much was read. `pictures` were read for words; what they show no program can tell."""

    documents: int = 0
    pictures: int = 0
    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    locked: Counter[tuple[str, str]] = field(default_factory=Counter)


def search(database: Database[dict[str, Any]], person: Person, keys: Keys) -> Search:
    """Looks for a person in every field of every document and in every file of a database, opening all that is sealed.

    Nothing is left out because nobody thought of it: no list of places is asked.
    """
    seen = Search()
    names = sorted(database.list_collection_names(filter={"type": "collection"}))
    buckets = {name.removesuffix(_FILES) for name in names if name.endswith(_FILES)}
    for name in names:
        if name.removesuffix(_CHUNKS) not in buckets or not name.endswith(_CHUNKS):
            for document in database[name].find({}):
                _look(document, name, person, keys, seen)
    for bucket in sorted(buckets):
        for file in GridFSBucket(database, bucket).find({}):
            seen.pictures += 1
            if person.is_in(file.read().decode(errors="replace")):
                seen.found[f"{bucket}{_CHUNKS}", "data"] += 1
    return seen


def _look(document: dict[str, Any], collection: str, person: Person, keys: Keys, seen: Search) -> None:
    seen.documents += 1
    for path, value in _leaves(document):
        for said in _said(value, keys):
            if said is None:
                seen.locked[collection, path] += 1
            elif person.is_in(said):
                seen.found[collection, path] += 1
                break


def _said(value: str | bytes | int, keys: Keys) -> Iterator[str | int | None]:
    """What a value says, as it stands and opened; None for what cannot be opened."""
    if isinstance(value, int):
        yield value
        return
    if isinstance(value, Binary) and value.subtype == SEALED:
        yield keys.open(value)
        return
    text = value if isinstance(value, str) else value.decode(errors="replace")
    yield _ESCAPED.sub(lambda one: chr(int(one[1], 16)), text)
    for box in _BOX.findall(text):
        content = keys.unbox(box)
        if content is None:
            yield None
        else:
            yield from (inner for _, leaf in _leaves(content) for inner in _said(leaf, keys))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str | bytes | int]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield f"{path}.*", key
            yield from _leaves(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, path)
    elif isinstance(value, (str, bytes, int)):
        yield path, value


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
