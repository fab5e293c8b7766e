"""A line of the ledger as it is kept for good: what moved, and by whom, why and on which paper."""

from dataclasses import dataclass
from datetime import date, datetime

from services.supplies.domain.stock import MovementKind


@dataclass
class Movement:
    """Never changed after it was written. `document` is the paper it stands on: a delivery note, a receipt, a transfer."""

    id: str
    place: str
    item: str
    kind: MovementKind
    quantity: int
    code: str
    expires: date | None
    number: int
    balance: int
    at: datetime
    actor: str | None
    reason: str
    document: str
