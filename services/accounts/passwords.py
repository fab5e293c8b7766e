"""How passwords are kept and compared: argon2id, at the pace that makes guessing dear."""

import unicodedata
from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

# OWASP Password Storage Cheat Sheet, the minimum for Argon2id: 19 MiB of memory, 2 iterations, 1 degree of parallelism.
MEMORY_KIB, ITERATIONS, LANES = 19 * 1024, 2, 1

_hasher = PasswordHasher(ITERATIONS, MEMORY_KIB, LANES, type=Type.ID)


def _at_once(work: Callable[..., Any], *arguments: Any) -> Any:
    return work(*arguments)


class Passwords:
    """`run` does the heavy work elsewhere, so that a service's other requests go on meanwhile."""

    def __init__(self, run: Callable[..., Any] = _at_once) -> None:
        self._run = run
        self._nobodys = _hash("")

    def hash(self, password: str) -> str:
        hashed: str = self._run(_hash, _typed(password))
        return hashed

    def match(self, hashed: str | None, password: str) -> bool:
        """Whether it is the password; for nobody's (None) False, after the same time."""
        matches: bool = self._run(_verify, hashed or self._nobodys, _typed(password))
        return matches and hashed is not None


def _hash(password: str) -> str:
    return _hasher.hash(password)


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except VerifyMismatchError:
        return False


def _typed(password: str) -> str:
    """One password however a keyboard composes it: full-width letters of a Chinese keyboard are the plain ones."""
    return unicodedata.normalize("NFKC", password)
