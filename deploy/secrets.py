"""The district's own secrets: random, made once, readable by their owner only."""

import base64
import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from shared.sealing import make_keys
from shared.vault import ensure_masters


class Secrets:
    """Passwords by name, master keys of sealed fields by instance, the key that signs tokens and the one that opens sealed
    boxes, with their public halves."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.token_key = folder / "token-1.pem"  # Ed25519, in PEM; its stem is the `kid`
        self.public_keys = folder / "public-keys.json"  # the JWKS by which every service verifies tokens
        self.sealing_key = folder / "sealing.private"  # by which notify alone opens what is sealed to it
        self.sealing_public_key = folder / "sealing.public"
        if not self.token_key.exists():
            self._make_token_key()
        if not self.sealing_key.exists():
            private, public = make_keys()
            self._write(self.sealing_public_key, public)
            self._write(self.sealing_key, private)

    def password(self, name: str) -> str:
        kept = self._folder / f"{name}.password"
        if not kept.exists():
            self._write(kept, secrets.token_urlsafe(18))
        return kept.read_text()

    def field_key(self, instance: str) -> Path:
        """The file with the master keys of that instance's sealed fields, a first one made where there is none."""
        return ensure_masters(self._folder / f"{instance}.fields")

    def _write(self, path: Path, text: str) -> None:
        path.touch(mode=0o600)
        path.write_text(text)

    def _make_token_key(self) -> None:
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        jwk = {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": base64.urlsafe_b64encode(public).decode().rstrip("="),
            "kid": self.token_key.stem,
            "alg": "EdDSA",
            "use": "sig",
        }
        self._write(self.public_keys, json.dumps({"keys": [jwk]}, indent=1))
        self._write(self.token_key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
