"""The district's own secrets: random, made once, readable by their owner only; a public half follows from its private one."""

import base64
import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from shared.crypto.field_encryption import ensure_masters
from shared.crypto.sealed_boxes import make_keys, public_half

TOKEN_KEY = "token-1.pem"  # noqa: S105 - a file's name; its stem is the `kid`


class Secrets:
    """Those of a run on one machine, in one folder: passwords by name, master keys of sealed fields by instance, the key that
    signs tokens and the one that opens sealed boxes, with their public halves."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.token_key = ensure_token_key(folder / TOKEN_KEY)
        self.public_keys = folder / "public-keys.json"  # by which every service verifies tokens
        self.sealing_key = ensure_sealing_key(
            folder / "sealing.private"
        )  # by which notify alone opens what is sealed to it
        self.sealing_public_key = folder / "sealing.public"
        _write(self.public_keys, public_keys(self.token_key))
        _write(self.sealing_public_key, sealing_public_key(self.sealing_key))

    def password(self, name: str) -> str:
        kept = self._folder / f"{name}.password"
        if not kept.exists():
            _write(kept, secrets.token_urlsafe(18))
        return kept.read_text()

    def field_key(self, instance: str) -> Path:
        """The file with the master keys of that instance's sealed fields, a first one made where there is none."""
        return ensure_masters(self._folder / f"{instance}.fields")


def ensure_token_key(path: Path) -> Path:
    """The file with the key that signs tokens (Ed25519, in PEM), made where there is none."""
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
    return path


def public_keys(token_key: Path) -> str:
    """The JWKS by which whoever trusts the key verifies its tokens. Raises TypeError where the file holds another kind of key."""
    key = load_pem_private_key(token_key.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{token_key} holds no Ed25519 key")
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    jwk = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": base64.urlsafe_b64encode(public).decode().rstrip("="),
        "kid": token_key.stem,
        "alg": "EdDSA",
        "use": "sig",
    }
    return json.dumps({"keys": [jwk]}, indent=1)


def ensure_sealing_key(path: Path) -> Path:
    """The file with the key that opens what is sealed to notify, made where there is none."""
    if not path.exists():
        _write(path, make_keys()[0])
    return path


def sealing_public_key(sealing_key: Path) -> str:
    """What everybody seals with: the public half of the key in use, which stands first."""
    return public_half(sealing_key.read_text().split()[0])


def _write(path: Path, text: str) -> None:
    """All at once, so that whoever dies meanwhile leaves no key that is half written."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(path)
