"""The district's own secrets: random, made once, readable by their owner only."""

import base64
import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

PUBLIC_KEYS = "public-keys.json"


class Secrets:
    """Passwords by name and the key that signs tokens, kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.token_key = self._token_key()

    @property
    def public_keys(self) -> Path:
        """The JWKS file by which every service verifies tokens."""
        return self._folder / PUBLIC_KEYS

    def password(self, name: str) -> str:
        kept = self._folder / f"{name}.password"
        if not kept.exists():
            self.write(kept.name, secrets.token_urlsafe(18))
        return kept.read_text()

    def write(self, name: str, text: str) -> Path:
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        return path

    def _token_key(self) -> Path:
        """Return the Ed25519 private key in PEM, its file's stem being the `kid`; made with its JWKS where missing."""
        if made := sorted(self._folder.glob("token-*.pem")):
            return made[-1]
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        kid = f"token-{public.hex()[:8]}"
        jwk = {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": base64.urlsafe_b64encode(public).decode().rstrip("="),
            "kid": kid,
            "alg": "EdDSA",
            "use": "sig",
        }
        self.write(PUBLIC_KEYS, json.dumps({"keys": [jwk]}, indent=1))
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return self.write(f"{kid}.pem", private)
