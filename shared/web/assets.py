"""Static assets, ours and those of installed wheels, under URLs that contain a hash of their content."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from shared.kernel.errors import NotFound

# name → (package, file in it, SHA-256 of what was read and tried; another content is refused)
THIRD_PARTY = {
    "htmx.js": (
        "js_lib_htmx",
        "static/htmx/htmx.min.js",
        "491955cd1810747d7d7b9ccb936400afb760e06d25d53e4572b64b6563b2784e",
    ),
}

_OURS = Path(__file__).parent / "static"
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    content_type: str
    digest: str


def asset_url(name: str) -> str:
    """Give `/static/<first 8 of its SHA-256>/<name>`, to be kept for ever; NotFound where there is no such file."""
    return f"/static/{_asset(name).digest[:8]}/{name}"


def open_asset(hash8: str, name: str) -> tuple[bytes, str]:
    """Give the content and content type of what `asset_url` named; NotFound for another name or another content."""
    asset = _asset(name)
    if asset.digest[:8] != hash8:
        raise NotFound
    return asset.content, asset.content_type


@cache
def _asset(name: str) -> _Asset:
    path = _places().get(name)
    if path is None:
        raise NotFound
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if name in THIRD_PARTY and digest != THIRD_PARTY[name][2]:
        raise RuntimeError(f"{path} is not the file that was pinned as {name}")
    return _Asset(content, _CONTENT_TYPES[path.suffix], digest)


@cache
def _places() -> dict[str, Path]:
    ours = {path.name: path for path in _OURS.iterdir()}
    return ours | {name: _installed(package) / file for name, (package, file, _) in THIRD_PARTY.items()}


def _installed(package: str) -> Path:
    """Find where a package lies without running it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"{package} is not installed; see requirements.lock")
    return Path(spec.submodule_search_locations[0])
