"""Field encryption at rest: one data key per community in the tenant's own database, wrapped by a master key from outside it.

The master keys stand in a file, one a line, the newest first: `<number> <96 bytes in base64>`. New data keys are wrapped by
the first; older lines stay, so that a backup from before a rotation can still be opened.
"""

import base64
import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bson.binary import UUID_SUBTYPE, Binary
from pymongo import ASCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, EncryptionError, PyMongoError

from shared.i18n.text import Text
from shared.kernel.errors import Fault

if TYPE_CHECKING:
    from pymongo.encryption import ClientEncryption

KEYS = "data_keys"
MASTER_BYTES = 96  # what MongoDB's local key provider wants
ANEW, ALIKE = (f"AEAD_AES_256_CBC_HMAC_SHA_512-{way}" for way in ("Random", "Deterministic"))
KEPT_OPEN_MS = 5_000  # how long a process goes on using a data key that has been destroyed
OPENED_BY_KEY = slice(1, 17)  # a sealed value begins with a byte for the way it was sealed, then the data key's id

T = TypeVar("T")
_LINE = re.compile(r"(?P<number>[1-9][0-9]*) (?P<key>[A-Za-z0-9+/]{128})")
_named = {"keyAltNames": {"$exists": True}}


class SealLost(Fault):
    """The data key that sealed this is gone, and what it sealed with it, for good."""

    code = "seal-lost"
    status = 410
    says = Text(
        "保存这一项的密钥已丢失，内容无法恢复，请重新填写。",
        "The key that protected this is lost and it cannot be recovered; please enter it anew.",
    )


class Vault:
    """One tenant's sealed fields. A service seals and opens outside its transactions."""

    def __init__(self, database: Database[dict[str, Any]], masters: Path) -> None:
        self._database = database
        self._masters = masters
        self._read_at = 0
        self._opened: ClientEncryption[Any] | None = None

    def prepare(self) -> None:
        """Makes room for the data keys. Raises ValueError when the master keys cannot be read."""
        self._ways()
        names = IndexModel([("keyAltNames", ASCENDING)], unique=True, partialFilterExpression=_named)
        self._database[KEYS].create_indexes([names])

    def seal(self, community: str, text: str) -> Binary:
        """Sealed anew at each call: nobody can tell whether two are alike."""
        return self._seal(community, text, ANEW)

    def seal_findable(self, community: str, text: str) -> Binary:
        """Sealed alike each time, so that it is found by equality, within this community only."""
        return self._seal(community, text, ALIKE)

    def open(self, sealed: bytes) -> str:
        """Raises SealLost."""
        try:
            opened: str = _unwrapped(lambda: self._ways().decrypt(Binary(sealed, 6)))
        except EncryptionError:
            key = Binary(bytes(sealed[OPENED_BY_KEY]), UUID_SUBTYPE)
            if self._database[KEYS].find_one({"_id": key}, {"_id": 1}) is None:
                raise SealLost from None
            raise
        return opened

    def rotate(self) -> int:
        """Wraps every data key under a new master key, written to the file first; what is sealed stays as it is.

        Processes at work read the file again by themselves. Returns how many data keys there are.
        """
        masters = _read(self._masters)
        number = str(max(map(int, masters)) + 1)
        _write(self._masters, {number: os.urandom(MASTER_BYTES), **masters})
        done = _unwrapped(lambda: self._ways().rewrap_many_data_key({}, provider=f"local:k{number}"))
        return done.bulk_write_result.matched_count if done.bulk_write_result else 0

    def destroy(self, community: str) -> bool:
        """Destroys a community's data key: what it sealed is gone for good. Whether there was one."""
        return self._database[KEYS].delete_one({"keyAltNames": community}).deleted_count == 1

    def _seal(self, community: str, text: str, algorithm: str) -> Binary:
        def encrypt() -> Binary:
            return _unwrapped(lambda: self._ways().encrypt(text, algorithm, key_alt_name=community))

        try:
            return encrypt()
        except EncryptionError:
            self._make_key(community)  # nothing where somebody else has made it meanwhile
        return encrypt()

    def _make_key(self, community: str) -> None:
        provider = f"local:k{next(iter(_read(self._masters)))}"
        with suppress(DuplicateKeyError):  # another process was first
            _unwrapped(lambda: self._ways().create_data_key(provider, key_alt_names=[community]))

    def _ways(self) -> "ClientEncryption[Any]":
        """What encrypts, with the master keys that stand in the file now."""
        from pymongo.encryption import ClientEncryption

        written = self._masters.stat().st_mtime_ns
        if self._opened is None or written != self._read_at:
            providers = {f"local:k{number}": {"key": key} for number, key in _read(self._masters).items()}
            self._opened = ClientEncryption(
                providers,
                f"{self._database.name}.{KEYS}",
                self._database.client,
                self._database.codec_options,
                key_expiration_ms=KEPT_OPEN_MS,
            )
            self._read_at = written
        return self._opened


def ensure_masters(path: Path) -> Path:
    """The file, with a first master key where there was none; for its owner's eyes only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, {"1": os.urandom(MASTER_BYTES)})
    return path


def check_masters(path: Path) -> None:
    """Raises ValueError that says what is wrong with the file."""
    _read(path)


def _read(path: Path) -> dict[str, bytes]:
    """Raises ValueError."""
    lines = [_LINE.fullmatch(line) for line in path.read_text().splitlines()]
    masters = {line["number"]: base64.b64decode(line["key"]) for line in lines if line}
    if not masters or None in lines:
        raise ValueError(f"{path} must hold lines of a number and {MASTER_BYTES} bytes in base64")
    return masters


def _write(path: Path, masters: dict[str, bytes]) -> None:
    """All at once, so that a reader sees the old lines or the new."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text("".join(f"{number} {base64.b64encode(key).decode()}\n" for number, key in masters.items()))
    fresh.replace(path)


def _unwrapped(work: Callable[[], T]) -> T:
    """Tells what the database itself said as such; pymongo wraps whatever happens while it encrypts."""
    try:
        return work()
    except EncryptionError as fault:
        if isinstance(fault.cause, PyMongoError):
            raise fault.cause from fault
        raise
