"""Sealed boxes: what only notify may open (an address, a one-time code) crosses the backbone encrypted to its public key.

Whoever seals cannot open again. A sealed text names its key, so that an old one opens while a new one is in use.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

LONGEST = 4_000  # characters of a sealed text; an address has some hundred


class CannotOpen(ValueError):
    """Not sealed to any key we hold, or not as it was sealed."""


class Sealer:
    """Seals to the public key in a file (base64, one line)."""

    def __init__(self, public_key: Path) -> None:
        self._key = PublicKey(base64.b64decode(public_key.read_text()))

    def seal(self, content: Mapping[str, Any]) -> str:
        box = SealedBox(self._key).encrypt(orjson.dumps(dict(content)))
        return f"{_name(self._key)}.{base64.urlsafe_b64encode(box).decode()}"


class Opener:
    """Opens with the private keys in a file (base64, one a line): the one in use first, older ones after it."""

    def __init__(self, private_keys: Path) -> None:
        keys = [PrivateKey(base64.b64decode(line)) for line in private_keys.read_text().split()]
        self._boxes = {_name(key.public_key): SealedBox(key) for key in keys}
        self._first = bytes(keys[0])

    def secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose, that follow from the key in use and tell nothing of it."""
        return hmac.digest(self._first, purpose.encode(), hashlib.sha256)

    def open(self, sealed: str) -> dict[str, Any]:
        """Raises CannotOpen."""
        name, _, box = sealed.partition(".")
        try:
            content = orjson.loads(self._boxes[name].decrypt(base64.urlsafe_b64decode(box)))
        except (KeyError, CryptoError, ValueError) as fault:
            raise CannotOpen(f"sealed to {name!r}") from fault
        if not isinstance(content, dict):
            raise CannotOpen("not an object")
        return content


def make_keys() -> tuple[str, str]:
    """A fresh pair as it stands in files: private, public."""
    private = base64.b64encode(bytes(PrivateKey.generate())).decode()
    return private, public_half(private)


def public_half(private: str) -> str:
    """Of a private key, both as they stand in files."""
    return base64.b64encode(bytes(PrivateKey(base64.b64decode(private)).public_key)).decode()


def _name(key: PublicKey) -> str:
    return hashlib.sha256(bytes(key)).hexdigest()[:8]
