"""What accounts needs beside its store: the signing key, passwords hashed by workers, and a first operator."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nameko.extensions import DependencyProvider

from services.accounts.passwords import Passwords
from services.accounts.usecases.accounts import found_district
from shared.configuration.settings import Settings
from shared.kernel.command import Command
from shared.runtime.tenants import stores_in
from shared.security.tokens import TokenMaker
from shared.worker_pool import WorkerPool


@dataclass(frozen=True)
class Keys:
    """`maker` signs; `public` is the file every service verifies by; `origins` are communities' own addresses."""

    maker: TokenMaker
    public: Path
    origins: Mapping[str, str]

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JSON Web Key Set (RFC 7517)."""
        keys: dict[str, Any] = json.loads(self.public.read_text())
        return keys


class SigningKeys(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    def setup(self) -> None:
        settings: Settings = self.container.config["settings"]
        if settings.token_signing_key is None:
            raise RuntimeError("accounts cannot sign anybody in: TOKEN_SIGNING_KEY is not set")
        maker = TokenMaker(settings.token_signing_key)
        self.keys = Keys(maker, settings.token_public_keys, settings.community_origins)

    def get_dependency(self, _worker: Any) -> Keys:
        return self.keys


class PasswordKeeper(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    """Hashing takes tens of milliseconds of one core: done by workers, as many as can run at once, which stay: whoever signs in
    does not wait for one to start."""

    def setup(self) -> None:
        self.passwords = Passwords(WorkerPool(os.cpu_count() or 1, rest_seconds=None).run)

    def get_dependency(self, _worker: Any) -> Passwords:
        return self.passwords


class FirstOperator(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    """Makes the operator the settings name, at the very first start: somebody must be able to grant the others' rights."""

    def start(self) -> None:
        settings: Settings = self.container.config["settings"]
        if settings.first_operator is not None:
            store = stores_in(self.container).tenants.one
            found_district(store, Command(), Passwords(), *settings.first_operator)
