"""The broker's administrator: for operators and tests, never for a service."""

import base64
import hashlib
import secrets
from typing import Any

NAME = "admin"


def administrator(password: str, vhosts: tuple[str, ...] = ("/",)) -> dict[str, Any]:
    """RabbitMQ definitions of the administrator, with every permission on `vhosts` (which are made)."""
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    return {
        "vhosts": [{"name": vhost} for vhost in vhosts],
        "users": [
            {
                "name": NAME,
                "password_hash": password_hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "administrator",
            }
        ],
        "permissions": [{"user": NAME, "vhost": vhost, **everything} for vhost in vhosts],
    }


def password_hash(password: str) -> str:
    """RabbitMQ's form: base64 of a 4-byte salt and the SHA-256 of salt and password."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
