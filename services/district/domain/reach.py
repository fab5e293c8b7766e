"""Notices as the office sees them: which hold, where their posters hang, and what was answered. Never whom they reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from shared.i18n.text import Text

KIND_WORDS = {
    "letter": Text("公开信", "Letter"),
    "tip": Text("提示", "Tip"),
    "important": Text("重要通知", "Important"),
}


@dataclass
class Notice:
    """`title` only of what everybody may read; `corrected_by`: the notice that took its place."""

    id: str
    community: str
    kind: str
    public: bool
    published: datetime
    title_zh: str | None = None
    title_en: str | None = None
    withdrawn: datetime | None = None
    corrected_by: str | None = None

    def hear(self, type_: str, said: Mapping[str, Any], at: datetime) -> None:
        step = type_.split(".")[2]
        if step == "withdrawn":
            self.withdrawn = at
        elif step == "corrected":
            self.corrected_by = said["by"]

    @property
    def title(self) -> Text:
        if self.title_zh is None:
            return KIND_WORDS[self.kind]
        return Text(self.title_zh, self.title_en or self.title_zh)

    @property
    def state(self) -> Literal["current", "corrected", "withdrawn"]:
        return "withdrawn" if self.withdrawn else "corrected" if self.corrected_by else "current"


@dataclass
class Poster:
    """One door's poster of a notice; `owner` puts it up, None: nobody cares for that door."""

    id: str
    community: str
    notice: str
    building: str
    unit: str
    owner: str | None
    since: datetime
    state: str = "asked"

    def hear(self, type_: str, said: Mapping[str, Any], at: datetime) -> None:
        """Asked again, it has another owner."""
        self.state, self.since = type_.split(".")[2], at
        self.owner = said.get("owner", self.owner)


@dataclass
class Answer:
    """What somebody answered to a notice, or to being asked for cover, as they said it last."""

    id: str
    community: str
    about: str
    subject: str
    answer: str
    told: datetime

    def hear(self, _type: str, said: Mapping[str, Any], at: datetime) -> None:
        self.answer, self.told = said["answer"], at


@dataclass(frozen=True)
class Reach:
    """Of one notice: posters that hang, that are to be put up and (of these) by nobody; answers."""

    placed: int = 0
    to_place: int = 0
    ownerless: int = 0
    yes: int = 0
    no: int = 0

    @property
    def posters(self) -> int:
        return self.placed + self.to_place
