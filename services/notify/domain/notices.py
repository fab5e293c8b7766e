"""Notices: written, sent now or later, corrected, withdrawn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from services.notify.domain.refusals import (
    AlreadyCorrected,
    AlreadyWithdrawn,
    NobodyChosen,
    NoSuchGroup,
    NotADraft,
    NotOut,
    NoWayChosen,
    TimeIsPast,
)

Sort = Literal["letter", "tip", "important"]
Standing = Literal["draft", "scheduled", "published", "withdrawn"]
SORTS: tuple[Sort, ...] = ("letter", "tip", "important")
WAYS = ("inbox", "email", "sms", "group")
SHOWN_FACTS = ("community", "date", "name", "building", "link")  # what a notice's own text may name

# `on-duty` is asked of the clock, the others of what is known of people (people.Person.groups).
_GROUPS = re.compile(r"everyone|on-duty|over-60|(role|team|building|volunteer|person|gave):.{1,60}")


@dataclass(frozen=True)
class Published:
    """`title`: of what everybody may read, unless it is made anew for each reader."""

    kind: str
    public: bool
    corrects: str | None
    title: str | None = None
    title_en: str | None = None


@dataclass(frozen=True)
class Corrected:
    by: str


@dataclass(frozen=True)
class Withdrawn:
    pass


@dataclass(frozen=True)
class Wording:
    """What is said, in both languages; English readers see the Chinese where there is no English."""

    title: str
    body: str
    title_en: str = ""
    body_en: str = ""


@dataclass(frozen=True)
class Request:
    """What people are asked to answer yes or no to: `cover` of a shift, or the notice itself."""

    about: Literal["cover", "notice"]
    subject: str
    until: datetime | None = None


@dataclass(frozen=True)
class Origin:
    """What an automatic notice tells of: the trigger, its subject, and by `marks` which of the subject's; `until`: when it said
    itself that this would be over."""

    trigger: str
    subject: str
    marks: dict[str, str] = field(default_factory=dict)
    until: datetime | None = None


@dataclass
class Notice:
    """`spread` counts the people taken up so far, `cursor` the last of them; `spreading` until all are.

    `bulletin`: the district's notice of which this is one community's part. `rule`: what made it, if no person did, and `origin`
    of what it tells.
    `leads_to`: the page of ours where its reader does what it asks for.
    """

    id: str
    community: str
    kind: Sort
    wording: Wording
    audience: tuple[str, ...]
    ways: tuple[str, ...]
    public: bool
    paper: bool
    author: str | None
    written: datetime
    standing: Standing = "draft"
    send_at: datetime | None = None
    published: datetime | None = None
    request: Request | None = None
    corrects: str | None = None
    correction: str = ""
    corrected_by: str | None = None
    bulletin: str | None = None
    rule: str | None = None
    cursor: str = ""
    spreading: bool = False
    spread: int = 0
    leads_to: str = ""
    origin: Origin | None = None

    @property
    def important(self) -> bool:
        return self.kind == "important"

    @property
    def is_shown(self) -> bool:
        """Whether residents read it on their community's page."""
        return self.public and self.standing == "published"

    @property
    def has_reached(self) -> bool:
        """Whether anybody can know of it: it went out, and to some people at least, if it is for people."""
        return self.published is not None and not (self.spreading and self.spread == 0)

    def rewrite(self, new: "Notice") -> None:
        """What was written anew takes the draft's place. Raises NotADraft."""
        if self.standing not in ("draft", "scheduled"):
            raise NotADraft
        self.kind, self.wording, self.audience, self.ways = new.kind, new.wording, new.audience, new.ways
        self.public, self.paper, self.send_at, self.standing = new.public, new.paper, new.send_at, "draft"
        self.request = replace(new.request, subject=self.id) if new.request else None

    def release(self, at: datetime) -> list[Published]:
        """Send it: now, or when its time has come. Raises NotADraft, NobodyChosen, NoWayChosen, TimeIsPast."""
        if self.standing != "draft":
            raise NotADraft
        if not self.audience and not self.public:
            raise NobodyChosen("audience")
        if not (self.ways or self.public or self.paper):
            raise NoWayChosen("ways")
        if self.send_at is not None and self.send_at <= at:
            raise TimeIsPast("send_at")
        if self.send_at is not None:
            self.standing = "scheduled"
            return []
        return self._publish(at)

    def come_due(self, at: datetime) -> list[Published]:
        """Nothing for one that is not scheduled, or not yet due."""
        if self.standing != "scheduled" or self.send_at is None or self.send_at > at:
            return []
        return self._publish(at)

    def withdraw(self, instead: str | None = None) -> list[Withdrawn]:
        """It no longer holds, and what was not yet sent never is; `instead`: the notice that says what does.

        Raises NotOut, AlreadyWithdrawn.
        """
        if self.standing == "withdrawn":
            raise AlreadyWithdrawn
        if self.standing == "draft":
            raise NotOut
        was_out = self.standing == "published"
        self.standing, self.spreading = "withdrawn", False
        self.corrected_by = instead or self.corrected_by
        return [Withdrawn()] if was_out else []

    def check_correctable(self) -> None:
        """Raises NotOut, AlreadyWithdrawn, AlreadyCorrected."""
        if self.standing == "withdrawn":
            raise AlreadyWithdrawn
        if self.standing != "published":
            raise NotOut
        if self.corrected_by is not None:
            raise AlreadyCorrected

    def correct(self, by: str) -> list[Corrected]:
        self.check_correctable()
        self.corrected_by, self.spreading = by, False
        return [Corrected(by)]

    def take_up(self, people: int, cursor: str | None) -> None:
        """So many more have their deliveries; `cursor` None: all have."""
        self.spread += people
        self.spreading, self.cursor = cursor is not None, cursor or self.cursor

    def _publish(self, at: datetime) -> list[Published]:
        self.standing, self.published, self.spreading = "published", at, bool(self.audience)
        return [Published(self.kind, self.public, self.corrects, *self._title())]

    def _title(self) -> tuple[str, str] | tuple[None, None]:
        titles = (self.wording.title, self.wording.title_en or self.wording.title)
        return titles if self.public and not any("{" in one for one in titles) else (None, None)


def check_audience(groups: Sequence[str]) -> tuple[str, ...]:
    """The groups, each once. Raises NoSuchGroup."""
    for one in groups:
        if not _GROUPS.fullmatch(one):
            raise NoSuchGroup("audience", group=one)
    return tuple(dict.fromkeys(groups))


def in_words(wording: Wording, lang: str) -> tuple[str, str]:
    """Title and body for a reader of this language."""
    if lang == "en":
        return wording.title_en or wording.title, wording.body_en or wording.body
    return wording.title, wording.body


def correction_of(old: Notice, new: Notice, reason: str) -> Notice:
    """The same people hear of it by the same ways, as a correction that says what was wrong."""
    return replace(new, corrects=old.id, correction=reason)
