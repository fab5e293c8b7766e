"""The language switch of a page that answers a form: the page carries itself in both languages, so that whoever switches sees the
same again, with what was typed, and nothing is done twice."""

import hashlib
import hmac
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

import orjson

from shared.i18n.text import Lang

LANGS: tuple[Lang, ...] = ("zh", "en")
CARRIED_FIELD = "carried"
SWITCHING = "switching"  # in the address: the form only asks for the other language
MOST = 400_000  # bytes, of the half million that a form may bring; a page that carries more switches by a plain link


def carry(drawn: Mapping[Lang, str], mark: str, secret: str) -> str | None:
    """The page in both languages as text for a hidden field, told apart from forgeries by the visitor's secret. `mark` stands in it
    where the text itself will be. None where it is too long."""
    packed = urlsafe_b64encode(zlib.compress(orjson.dumps({"mark": mark, **drawn}))).decode()
    return None if len(packed) > MOST else f"{packed}.{_seal(packed, secret)}"


def put(page: str, mark: str, carried: str) -> str:
    return page.replace(mark, carried)


def unpack(carried: str, lang: Lang, secret: str) -> str | None:
    """The page in this language, once more carrying itself. None for what was not packed for this visitor."""
    packed, _, seal = carried.partition(".")
    if not hmac.compare_digest(seal.encode(), _seal(packed, secret).encode()):
        return None
    drawn = orjson.loads(zlib.decompress(urlsafe_b64decode(packed)))
    return put(drawn[lang], drawn["mark"], carried)


def _seal(packed: str, secret: str) -> str:
    return hmac.new(secret.encode(), b"carried" + packed.encode(), hashlib.sha256).hexdigest()
