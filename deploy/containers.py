"""Renders what the containers stand on, once, before they start: `python -m deploy.containers FOLDER`.

FOLDER gets folders, each a volume of its own, seen only by whom it is for: keys (accounts), sealing (notify), public (all
services), broker (RabbitMQ), ingress (nginx), and <instance>-fields, the master keys of each service with sealed fields.
AMQP_PASSWORDS in the environment holds user=password, comma between, for all users.
"""

import json
import os
import sys
from pathlib import Path

from deploy.definitions import broker_definitions
from deploy.ingress import Place, nginx_conf
from deploy.instances import Instance, instances
from deploy.secrets import Secrets
from shared.vault import ensure_masters

PORT = 8000  # every service's own, inside its container
INGRESS = Place("8080", "/tmp", "/dev/stdout", "/dev/stderr", resolver="127.0.0.11")  # noqa: S108 - in a container


def render(folder: Path, passwords: dict[str, str]) -> None:
    """Write everything; keys that exist stay."""
    keys = Secrets(folder / "keys")
    _write(folder / "public/public-keys.json", keys.public_keys.read_text())
    _write(folder / "public/sealing.public", keys.sealing_public_key.read_text())
    _write(folder / "sealing/sealing.private", keys.sealing_key.read_text())
    for instance in instances():
        if instance.has_vault:
            ensure_masters(folder / f"{instance.name}-fields/fields")
    _write(folder / "broker/definitions.json", json.dumps(broker_definitions(passwords.__getitem__), indent=1))
    _write(folder / "ingress/nginx.conf", nginx_conf(instances(), address, INGRESS))


def address(instance: Instance) -> str:
    return f"{instance.name}:{PORT}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


if __name__ == "__main__":
    render(Path(sys.argv[1]), dict(pair.split("=", 1) for pair in os.environ["AMQP_PASSWORDS"].split(",")))
