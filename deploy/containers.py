"""Renders what the containers stand on, once, before they start: `python -m deploy.containers FOLDER`.

FOLDER holds a folder for each volume of `volumes()`; the image makes them for the user that setup runs as, for a fresh volume
takes its owner from the image: `python -m deploy.containers FOLDER --make-for UID`.
AMQP_PASSWORDS in the environment holds user=password, comma between, for all users; TRUSTED_PROXIES the networks of what stands
before the ingress.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copy2

from deploy.definitions import broker_definitions
from deploy.ingress import Place, nginx_conf
from deploy.instances import Instance, instances
from deploy.networks import networks
from deploy.secrets import TOKEN_KEY, ensure_sealing_key, ensure_token_key, public_keys, sealing_public_key
from shared.crypto.field_encryption import ensure_masters

PORT = 8000  # every service's own, inside its container
INGRESS = Place("8080", "/tmp", "/dev/stdout", "/dev/stderr", resolver="127.0.0.11")  # noqa: S108 - in a container
FOR_US, FOR_OTHERS = 0o700, 0o755  # our services run as the user of setup, broker and ingress as their own


@dataclass(frozen=True)
class Volume:
    """A folder that setup writes; mounted by setup and by the containers `readers`, and by nobody else."""

    name: str
    readers: frozenset[str]
    mode: int = FOR_US


def volumes() -> list[Volume]:
    """All that setup writes, each secret in the volume of its only owner."""
    everybody = instances()
    return [
        Volume("keys", frozenset({"accounts"})),
        Volume("sealing", frozenset({"notify"})),
        Volume("public", frozenset(one.name for one in everybody)),
        Volume("broker", frozenset({"rabbitmq"}), FOR_OTHERS),
        Volume("ingress", frozenset({"ingress"}), FOR_OTHERS),
        *(Volume(_fields(one), frozenset({one.name})) for one in everybody if one.has_vault),
    ]


def make_folders(folder: Path, owner: int) -> None:
    """What a fresh volume is filled from."""
    for volume in volumes():
        path = folder / volume.name
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(volume.mode)
        os.chown(path, owner, -1)


def closed(folder: Path) -> list[str]:
    """The volumes that cannot be written: made by an image without their folders, or by somebody else."""
    return [one.name for one in volumes() if not os.access(folder / one.name, os.W_OK | os.X_OK)]


def render(folder: Path, passwords: Mapping[str, str], trusted: Sequence[str] = ()) -> None:
    """Write everything; keys that exist stay."""
    token_key = ensure_token_key(folder / "keys" / TOKEN_KEY)
    sealing_key = folder / "sealing/sealing.private"
    _take_from_accounts(sealing_key, folder / "keys/sealing.private")
    ensure_sealing_key(sealing_key)
    _write(folder / "public/public-keys.json", public_keys(token_key))
    _write(folder / "public/sealing.public", sealing_public_key(sealing_key))
    for instance in instances():
        if instance.has_vault:
            ensure_masters(folder / _fields(instance) / "fields")
    _write(folder / "broker/definitions.json", json.dumps(broker_definitions(passwords.__getitem__), indent=1))
    _write(folder / "ingress/nginx.conf", nginx_conf(instances(), address, replace(INGRESS, trusted=trusted)))


def address(instance: Instance) -> str:
    return f"{instance.name}:{PORT}"


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.containers", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--make-for", type=int, metavar="UID", help="only make the empty folders, for this user")
    chosen = parser.parse_args(words)
    if chosen.make_for is not None:
        make_folders(chosen.folder, chosen.make_for)
    elif names := closed(chosen.folder):
        sys.exit(
            f"setup is user {os.getuid()} and may not write the volumes {', '.join(names)}. Give them to it, then start again: "
            f"docker compose run --rm --no-deps --user 0 --entrypoint chown setup -R {os.getuid()} {chosen.folder}"
        )
    else:
        passwords = dict(pair.split("=", 1) for pair in os.environ["AMQP_PASSWORDS"].split(","))
        try:
            trusted = networks(os.environ.get("TRUSTED_PROXIES", ""))
        except ValueError as fault:
            sys.exit(f"TRUSTED_PROXIES are addresses or networks, comma between: {fault}")
        render(chosen.folder, passwords, trusted)


def _take_from_accounts(sealing_key: Path, left: Path) -> None:
    """Setup once left a copy of notify's key in the volume of accounts."""
    if left.exists():
        if not sealing_key.exists():
            copy2(left, sealing_key)
        left.unlink()


def _fields(instance: Instance) -> str:
    return f"{instance.name}-fields"


def _write(path: Path, text: str) -> None:
    """For readers that run as other users too; the folder says who they are."""
    path.write_text(text)
    path.chmod(0o644)


if __name__ == "__main__":
    main(sys.argv[1:])
