"""Base class of every service: health, metrics, operations endpoints and static assets."""

from typing import ClassVar

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from werkzeug.wrappers import Response

from shared.jobs.schedule import Schedule
from shared.runtime.health import Health
from shared.runtime.pass_provider import Passes
from shared.web import Call, Reply, anyone, endpoint, operations_endpoints, pass_endpoints
from shared.web.assets import open_asset

FOR_EVER = "public, max-age=31536000, immutable"


class Service:
    """The endpoints all services have in common. `url_prefix` is what the ingress routes here."""

    name: ClassVar[str]
    url_prefix: ClassVar[str]
    per_community: ClassVar[bool] = False
    has_vault: ClassVar[bool] = False  # keeps fields sealed, so that it must be given a master key (FIELD_KEY)

    health = Health()
    schedule: ClassVar[Schedule]
    gatekeeper: ClassVar[Passes]  # of those that communities run themselves

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        methods = operations_endpoints.doors_beneath(cls.url_prefix)
        if cls.per_community:
            methods |= pass_endpoints.doors_beneath(cls.url_prefix)
            cls.gatekeeper = Passes()
        for name, method in methods.items():
            setattr(cls, name, method)
        if "schedule" not in vars(cls):
            cls.schedule = Schedule()

    @endpoint("GET", "/healthz/live", who=anyone)
    def live(self, _call: Call) -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @endpoint("GET", "/healthz/ready", who=anyone)
    def ready(self, _call: Call) -> Reply:
        """Database and broker can be reached: 200; else 503 with what is away."""
        away = self.health.away()
        return Reply({"status": "away" if away else "ready", "away": away}, status=503 if away else 200)

    @endpoint("GET", "/metrics", who=anyone)
    def metrics(self, _call: Call) -> Reply:
        return Reply(raw=Response(generate_latest(), content_type=CONTENT_TYPE_LATEST))

    @endpoint("GET", "/static/<hash8>/<name>", who=anyone)
    def static(self, _call: Call, hash8: str, name: str) -> Reply:
        content, content_type = open_asset(hash8, name)
        return Reply(raw=Response(content, content_type=content_type, headers={"Cache-Control": FOR_EVER}))
