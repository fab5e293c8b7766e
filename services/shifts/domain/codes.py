"""Codes that prove where somebody stands: another one every half minute, so that a photo is no use from home.

The phone's own camera reads the post's screen; the page it opens holds a ticket, so that a cold hand has time to press.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.shifts.domain.refusals import CodeStale

WINDOW = timedelta(seconds=30)  # docs/architecture/domain.md, "Check-in"
WINDOWS_READ = 2  # the one on the screen and the one before it, which the camera may just have seen
TICKET_LIFE = timedelta(minutes=2)
PRINTED = "printed"
CODE_BYTES = 10


@dataclass(frozen=True)
class Scan:
    """What a code says: which half minute it was shown in; None for the printed one, which is always the same."""

    window: int | None

    def __str__(self) -> str:
        return PRINTED if self.window is None else str(self.window)


def code_now(secret: str, post: str, at: datetime) -> str:
    """What the post's screen shows at this moment."""
    return _code(secret, post, Scan(_window(at)))


def printed_code(secret: str, post: str) -> str:
    """For a post without a screen; whoever scans it is confirmed by a captain."""
    return _code(secret, post, Scan(None))


def next_code_at(at: datetime) -> datetime:
    """When the screen shows another one."""
    return datetime.fromtimestamp((_window(at) + 1) * WINDOW.total_seconds(), at.tzinfo)


def read_code(secret: str, post: str, code: str, at: datetime) -> Scan:
    """Raises CodeStale, also for a code of another post."""
    good = [Scan(None), *(Scan(_window(at) - back) for back in range(WINDOWS_READ))]
    for scan in good:
        if hmac.compare_digest(_code(secret, post, scan).encode(), code.encode()):
            return scan
    raise CodeStale


def ticket_for(secret: str, post: str, account: str, scan: Scan, at: datetime) -> str:
    """Lets one person finish what they scanned, within two minutes."""
    until = int((at + TICKET_LIFE).timestamp())
    return f"{scan}.{until}.{_sign(secret, 'ticket', post, account, str(scan), str(until))}"


def read_ticket(secret: str, post: str, account: str, ticket: str, at: datetime) -> Scan:
    """Raises CodeStale when it is too old, another person's, another post's or none at all."""
    said, until, signature = [*ticket.split("."), "", "", ""][:3]
    expected = _sign(secret, "ticket", post, account, said, until)
    if not hmac.compare_digest(signature.encode(), expected.encode()) or at.timestamp() > int(until):
        raise CodeStale
    return Scan(None if said == PRINTED else int(said))


def _code(secret: str, post: str, scan: Scan) -> str:
    return _sign(secret, "code", post, str(scan))


def _sign(secret: str, *words: str) -> str:
    digest = hmac.new(secret.encode(), "\n".join(words).encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:CODE_BYTES]).decode().lower()


def _window(at: datetime) -> int:
    return int(at.timestamp() // WINDOW.total_seconds())
