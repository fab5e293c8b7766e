"""Makes a rescue team's own queue, and a broker user who may read it and do nothing else: python -m deploy.team_queue TEAM

In the environment: AMQP_URI as an administrator, RABBITMQ_MANAGEMENT_URL (both stand in the local run's env file). Prints the
address for the team; run again, it gives a new password. docs/examples/team_inbox.py is a program that reads the queue.
"""

import os
import re
import secrets
import sys
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from kombu.utils.url import as_url

from shared.messaging.topology import EXCHANGE, QUEUE_ARGUMENTS, keeps_everything

HEARD = "*.rescue.mission.#"  # whole missions, so that a gap in their sequence is a real one
KEPT_MS = 7 * 24 * 3600 * 1000  # a team that does not read for longer looks its missions up over HTTP
SLUG = r"[a-z][a-z0-9-]{1,30}"


def team_definitions(vhost: str, team: str, password: str) -> dict[str, Any]:
    """What RabbitMQ is to know of it: the queue `rescue.<team>`, its binding, and the user of the same name."""
    name = f"rescue.{team}"
    here = {"vhost": vhost}
    return {
        "queues": [{
            **here, "name": name, "durable": True, "auto_delete": False,
            "arguments": {**QUEUE_ARGUMENTS, "x-message-ttl": KEPT_MS},
        }],
        "bindings": [{
            **here, "source": EXCHANGE, "destination": name, "destination_type": "queue", "routing_key": HEARD, "arguments": {},
        }],
        "policies": [keeps_everything(vhost, name)],
        "users": [{"name": name, "password": password, "tags": ""}],
        "permissions": [{**here, "user": name, "configure": "^$", "write": "^$", "read": f"^{re.escape(name)}$"}],
        "topic_permissions": [{**here, "user": name, "exchange": EXCHANGE, "write": "^$", "read": "^$"}],
    }  # fmt: skip


def make(amqp_uri: str, management_url: str, team: str) -> str:
    """Returns the broker's address for the team. Raises requests.HTTPError when the broker refuses."""
    parts = urlsplit(amqp_uri)
    vhost, password = unquote(parts.path.removeprefix("/")), secrets.token_urlsafe(18)
    wanted = team_definitions(vhost, team, password)
    admin = (unquote(parts.username or "guest"), unquote(parts.password or "guest"))
    requests.post(f"{management_url}/api/definitions", json=wanted, auth=admin, timeout=30).raise_for_status()
    host, port = parts.hostname or "localhost", parts.port or 5672
    return str(as_url(parts.scheme, host, port, f"rescue.{team}", password, vhost))


if __name__ == "__main__":
    if len(sys.argv) != 2 or not re.fullmatch(SLUG, sys.argv[1]):  # noqa: PLR2004
        sys.exit("usage: python -m deploy.team_queue TEAM (its code, as the district office registered it)")
    print(make(os.environ["AMQP_URI"], os.environ["RABBITMQ_MANAGEMENT_URL"], sys.argv[1]))
