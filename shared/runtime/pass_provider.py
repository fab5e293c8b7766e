"""nameko dependency provider: gives a service's endpoints the gatekeeper that reads offline passes."""

from typing import Any

from nameko.extensions import DependencyProvider

from shared.configuration.settings import Settings
from shared.events.envelope import DISTRICT
from shared.security.offline_passes import Gatekeeper
from shared.security.tokens import TokenReader


class Passes(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    def setup(self) -> None:
        settings: Settings = self.container.config["settings"]
        reader = TokenReader(settings.token_public_keys, settings.token_audience)
        self.gatekeeper = Gatekeeper(reader, is_own_address=settings.token_audience != DISTRICT)

    def get_dependency(self, _worker: Any) -> Gatekeeper:
        return self.gatekeeper
