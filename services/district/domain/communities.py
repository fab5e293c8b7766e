"""What the district makes of what it hears: who is on duty, what is missing, which community has fallen silent."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

from shared.i18n.text import Text

GAP_HORIZON = timedelta(hours=72)  # as far ahead as the communities themselves speak of gaps
SILENT_AFTER = timedelta(seconds=30)  # six pulses that did not come
LATE_AFTER = timedelta(seconds=30)

State = Literal["gap", "attention", "silent", "ok"]
Standing = Literal["applied", "approved", "refused", "suspended"]


@dataclass
class Post:
    kind: str
    name: str
    name_en: str
    is_open: bool = True

    @property
    def title(self) -> Text:
        return Text(self.name, self.name_en)


def shift_key(community: str, shift: str) -> str:
    """What tells a shift apart in the whole district."""
    return f"{community}/{shift}"


@dataclass
class Shift:
    """One shift as its community told of it; `claimed` and `present` are volunteer ids.

    Each community names its own: two may each have a `patrol-20260204T0800`, so `id` tells apart only with `community`.
    """

    id: str
    community: str
    post: str
    starts: datetime
    ends: datetime
    head_count: int
    claimed: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    is_cancelled: bool = False
    left: datetime | None = None  # when somebody went last
    skill: str | None = None

    @property
    def key(self) -> str:
        return shift_key(self.community, self.id)

    def claim(self, volunteer: str) -> None:
        if volunteer not in self.claimed:
            self.claimed.append(volunteer)

    def release(self, volunteer: str) -> None:
        self.claimed = [one for one in self.claimed if one != volunteer]
        self.leave(volunteer)

    def arrive(self, volunteer: str) -> None:
        if volunteer not in self.present:
            self.present.append(volunteer)

    def leave(self, volunteer: str, at: datetime | None = None) -> None:
        self.present, self.left = [one for one in self.present if one != volunteer], at or self.left

    def cancel(self) -> None:
        self.is_cancelled, self.present = True, []

    def restore(self) -> None:
        self.is_cancelled = False

    def move(self, post: str) -> None:
        self.post = post

    def need(self, head_count: int) -> None:
        self.head_count = head_count

    @property
    def missing(self) -> int:
        """How many people it still lacks; claims count, whether or not the person is there yet."""
        return 0 if self.is_cancelled else max(0, self.head_count - len(self.claimed))

    def is_running(self, now: datetime) -> bool:
        return not self.is_cancelled and self.starts <= now < self.ends

    def is_ahead(self, now: datetime) -> bool:
        return not self.is_cancelled and now < self.starts <= now + GAP_HORIZON


@dataclass
class Community:
    """What is known of a community whatever the hour; before accounts has named it, only its slug."""

    id: str
    name: str | None = None
    name_en: str | None = None
    residents: int | None = None
    street: str | None = None
    street_en: str | None = None
    registered: datetime | None = None
    volunteers: dict[Standing, int] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)

    @property
    def title(self) -> Text:
        return Text(self.name or self.id, self.name_en or self.id)

    @property
    def street_title(self) -> Text:
        """Of the street office it belongs to; empty while none was told."""
        return Text(self.street or "", self.street_en or self.street or "")

    def register(
        self, name: str, name_en: str, residents: int, street: str | None, street_en: str | None, at: datetime
    ) -> None:
        self.name, self.name_en, self.residents, self.registered = name, name_en, residents, at
        self.street, self.street_en = street, street_en

    def count(self, before: Standing | None, after: Standing | None) -> None:
        """A volunteer's standing changed."""
        if before is not None:
            self.volunteers[before] = self.volunteers.get(before, 0) - 1
        if after is not None:
            self.volunteers[after] = self.volunteers.get(after, 0) + 1

    def name_post(self, post: str, kind: str, name: str, name_en: str) -> None:
        is_open = self.posts[post].is_open if post in self.posts else True
        self.posts[post] = Post(kind, name, name_en, is_open)

    def turn_post(self, post: str, *, is_open: bool) -> None:
        if post in self.posts:
            self.posts[post].is_open = is_open

    def title_of(self, post: str) -> Text:
        return self.posts[post].title if post in self.posts else Text("岗位", "a post")


@dataclass(frozen=True)
class Happening:
    """Something that happened, for people to read: what, where, when, by whom; `count` when one act did it many times."""

    id: str
    time: datetime
    community: str
    type: str
    subject: str
    actor: str | None = None
    volunteer: str | None = None
    missing: int | None = None
    count: int = 1

    @property
    def shift_key(self) -> str:
        """Of the shift it happened to, if it is one."""
        return shift_key(self.community, self.subject)


# What each step makes of a mission; the others change no state.
@dataclass(frozen=True)
class Pulse:
    """When a community's shifts were last heard here, and since when its oldest unsent event waits."""

    at: datetime
    oldest: datetime | None = None


@dataclass(frozen=True)
class Silence:
    """What is shown of this community is not fresh: it fell silent, or its news is late; `since` None: never heard at all."""

    why: Literal["silent", "late"]
    since: datetime | None


def silence(pulse: Pulse | None, now: datetime) -> Silence | None:
    if pulse is None:
        return Silence("silent", None)
    if now - pulse.at > SILENT_AFTER:
        return Silence("silent", pulse.at)
    if pulse.oldest is not None and pulse.at - pulse.oldest > LATE_AFTER:
        return Silence("late", pulse.oldest)
    return None


@dataclass(frozen=True)
class Part:
    """One service, or one community's own, as its last pulse told: what it had not sent, and what it had set aside."""

    source: str
    home: str
    pulse: Pulse
    waiting: int
    parked: int
    held_back: int
    unreadable: int

    @property
    def operations(self) -> str:
        return f"{self.home}/operations"

    def state_at(self, now: datetime) -> Literal["silent", "late", "aside", "ok"]:
        """Silence first: the rest of a silent part's figures is old."""
        quiet = silence(self.pulse, now)
        return quiet.why if quiet else "aside" if self.parked or self.unreadable else "ok"


def on_duty(shifts: list[Shift]) -> int:
    """How many people have checked in and not out again."""
    return sum(len(shift.present) for shift in shifts)


def missing_now(shifts: list[Shift], now: datetime) -> int:
    """How many people the running shifts lack."""
    return sum(shift.missing for shift in shifts if shift.is_running(now))


def missing_ahead(shifts: list[Shift], now: datetime) -> int:
    """How many people the shifts of the next 72 hours lack."""
    return sum(shift.missing for shift in shifts if shift.is_ahead(now))


def gaps(shifts: list[Shift], now: datetime) -> list[Shift]:
    """The shifts that lack people, now or in the next 72 hours, by time."""
    lacking = [shift for shift in shifts if shift.missing and (shift.is_running(now) or shift.is_ahead(now))]
    return sorted(lacking, key=lambda shift: (shift.starts, shift.key))


@dataclass(frozen=True)
class Turn:
    """All shifts of one kind that run at the same time and lack people, over all communities."""

    starts: datetime
    ends: datetime
    kind: str
    head_count: int
    missing: int
    communities: int

    @property
    def here(self) -> int:
        return self.head_count - self.missing


@dataclass(frozen=True)
class Outlook:
    """One community at one moment."""

    community: Community
    shifts: list[Shift]
    silence: Silence | None
    at: datetime

    @cached_property
    def on_duty(self) -> int:
        return on_duty(self.shifts)

    @cached_property
    def missing_now(self) -> int:
        return missing_now(self.shifts, self.at)

    @cached_property
    def missing_ahead(self) -> int:
        return missing_ahead(self.shifts, self.at)

    @property
    def gaps(self) -> list[Shift]:
        return gaps(self.shifts, self.at)

    @property
    def running(self) -> list[Shift]:
        """The shifts that run now or that somebody has not left yet, by post."""
        here = [shift for shift in self.shifts if shift.present or shift.is_running(self.at)]
        return sorted(here, key=lambda shift: (shift.post, shift.starts))

    @cached_property
    def state(self) -> State:
        """Silence first: what is not fresh is not shown as if it were."""
        if self.silence:
            return "silent"
        if self.missing_now:
            return "gap"
        return "attention" if self.missing_ahead else "ok"


@dataclass(frozen=True)
class Overview:
    """All communities at one moment. What a silent one said last is in no sum."""

    at: datetime
    outlooks: list[Outlook]

    @cached_property
    def heard(self) -> list[Outlook]:
        return [one for one in self.outlooks if one.silence is None]

    @cached_property
    def by_state(self) -> Counter[State]:
        return Counter(one.state for one in self.outlooks)

    @property
    def needing(self) -> int:
        return len(self.outlooks) - self.by_state["ok"]

    @property
    def silent(self) -> int:
        return self.by_state["silent"]

    @property
    def streets(self) -> list[tuple[Text, list[Outlook]]]:
        """Street by street, each as its first community came; in each a community keeps its place for good."""
        found = dict[Text, list[Outlook]]()
        for one in self.outlooks:
            found.setdefault(one.community.street_title, []).append(one)
        return list(found.items())

    @property
    def on_duty(self) -> int:
        return sum(one.on_duty for one in self.heard)

    @property
    def missing_now(self) -> int:
        return sum(one.missing_now for one in self.heard)

    @property
    def missing_ahead(self) -> int:
        return sum(one.missing_ahead for one in self.heard)

    @property
    def turns(self) -> list[Turn]:
        """What is missing now and within 72 hours, by time, among those of one time whatever lacks most first."""
        found = dict[tuple[datetime, datetime, str], list[Shift]]()
        for outlook in self.heard:
            for shift in outlook.gaps:
                post = outlook.community.posts.get(shift.post)
                found.setdefault((shift.starts, shift.ends, post.kind if post else ""), []).append(shift)
        turns = [
            Turn(
                *when,
                sum(one.head_count for one in shifts),
                sum(one.missing for one in shifts),
                len({one.community for one in shifts}),
            )
            for when, shifts in found.items()
        ]
        return sorted(turns, key=lambda one: (one.starts, -one.missing, one.kind))
