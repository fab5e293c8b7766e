"""The broker as its administrator sees it: a community's line to the district breaks for a while, and is mended."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests

from deploy.definitions import VHOST
from shared.messaging.topology import EXCHANGE

PATIENCE_SECONDS = 10


class Links:
    """Those that are cut are mended at the end at the latest. None is where the broker is yours (no `management_url`)."""

    def __init__(self, management_url: str | None, amqp_uri: str) -> None:
        admin = urlsplit(amqp_uri)
        self._url = management_url
        self._session = requests.Session()
        self._session.auth = (admin.username or "", admin.password or "")
        self._whole: dict[str, str] = {}

    @contextmanager
    def all_mended(self) -> Iterator["Links"]:
        try:
            yield self
        finally:
            for community in list(self._whole):
                self.mend(community)

    def cut(self, community: str) -> None:
        """Nothing of it reaches the district; its journal keeps what it has to tell."""
        if self._url is not None and community not in self._whole:
            (right,) = self._ask("GET", f"topic-permissions/{VHOST}/{community}").json()
            self._whole[community] = right["write"]
            self._allow(community, "^$")
            self._ask("DELETE", f"connections/username/{community}")

    def mend(self, community: str) -> None:
        if community in self._whole:
            self._allow(community, self._whole[community])
            del self._whole[community]

    def _allow(self, community: str, write: str) -> None:
        right = {"exchange": EXCHANGE, "write": write, "read": "^$"}
        self._ask("PUT", f"topic-permissions/{VHOST}/{community}", right)

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> requests.Response:
        answer = self._session.request(method, f"{self._url}/api/{path}", json=body, timeout=PATIENCE_SECONDS)
        answer.raise_for_status()
        return answer
