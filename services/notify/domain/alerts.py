"""Alerts from outside that were taken in: each once, and what a later one says of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.notify.domain.notices import Sort
from services.notify.domain.refusals import AlertDiffers, AlertOver, AlertOvertaken

AlertType = Literal["Alert", "Update", "Cancel"]


@dataclass(frozen=True)
class Alert:
    """What is taken from an alert: its first Chinese and first English words, and how grave it is. `key` names it, `references`
    those that it updates or cancels, `content` all that it says; of a cancellation the words may be empty."""

    key: str
    type: AlertType
    sent: datetime
    references: tuple[str, ...]
    kind: Sort
    title: str
    body: str
    title_en: str
    body_en: str
    note: str
    content: str


@dataclass
class TakenAlert:
    """`id` names it for all who pass alerts on: sender, identifier and moment. `bulletin` is what was made of it; `content` tells
    whether the same came again; `by`: the later alert that updated or cancelled it."""

    id: str
    type: AlertType
    sent: datetime
    content: str
    bulletin: str
    taken: datetime
    by: str | None = None

    def check_repeat(self, content: str) -> None:
        """The same again is no fault. Raises AlertDiffers where the name is the same and the words are not."""
        if content != self.content:
            raise AlertDiffers("xml")

    def give_way(self, by: str, sent: datetime) -> None:
        """A later alert updates or cancels it. Raises AlertOver, AlertOvertaken."""
        if self.type == "Cancel":
            raise AlertOver("xml")
        if sent <= self.sent:
            raise AlertOvertaken("xml")
        self.by = by
