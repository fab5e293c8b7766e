"""Supplies as the office sees them: what each place has and is short of, what is needed, and what is on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.i18n.text import Text

NEEDS_OVER = ("met", "stopped")
TRANSFERS_OVER = ("declined", "withdrawn", "regretted", "arrived")


@dataclass
class Item:
    """One thing of supplies' catalogue; before supplies named it, only its id."""

    id: str
    name: str = ""
    name_en: str = ""
    unit: str = ""
    unit_en: str = ""

    def hear(self, _type: str, said: Mapping[str, Any], _at: datetime) -> None:
        self.name, self.name_en, self.unit, self.unit_en = (said[one] for one in ("name", "name_en", "unit", "unit_en"))

    @property
    def title(self) -> Text:
        return Text(self.name or self.id, self.name_en or self.id)

    def amount(self, quantity: int) -> Text:
        return Text(f"{quantity:,} {self.unit}".strip(), f"{quantity:,} {self.unit_en}".strip())


@dataclass
class Stock:
    """One item at one place (a community's slug, or `district`): the balance as its ledger told it last, at `told`.

    It lasts `days_left` at the rate of use when that was said (None: no use is known); `short_since`: it runs short.
    """

    id: str
    place: str
    item: str
    balance: int
    told: datetime
    days_left: int | None = None
    short_since: datetime | None = None

    def hear(self, type_: str, said: Mapping[str, Any], at: datetime) -> None:
        self.balance, self.told = said["balance"], at
        step = type_.split(".")[2]
        if step == "shortage-raised":
            self.short_since = self.short_since or at
        elif step == "shortage-cleared":
            self.short_since = None
        self.days_left = said.get("days_left")


@dataclass
class Need:
    """What a place asks for; `quantity` None: not known yet. Donors see it once it is `confirmed`."""

    id: str
    place: str
    item: str
    quantity: int | None
    urgency: str
    since: datetime
    state: str = "raised"

    def hear(self, type_: str, said: Mapping[str, Any], _at: datetime) -> None:
        step = type_.split(".")[2]
        self.state = "confirmed" if step == "renewed" else step
        self.quantity, self.urgency = said.get("quantity", self.quantity), said.get("urgency", self.urgency)

    @property
    def is_over(self) -> bool:
        return self.state in NEEDS_OVER


@dataclass
class Transfer:
    """Goods from one place to another; `quantity` as last agreed or sent, of which `on_the_way` are in nobody's stock."""

    id: str
    sender: str
    receiver: str
    item: str
    quantity: int
    since: datetime
    state: str = "offered"
    on_the_way: int = 0

    def hear(self, type_: str, said: Mapping[str, Any], at: datetime) -> None:
        step = type_.split(".")[2]
        if step == "sent":
            self.quantity = self.on_the_way = said["quantity"]
        elif step in ("received", "returned"):
            self.on_the_way = said["on_the_way"]
            step = "sent" if self.on_the_way else "arrived"
        if step != self.state:
            self.state, self.since = step, at

    @property
    def is_over(self) -> bool:
        return self.state in TRANSFERS_OVER
