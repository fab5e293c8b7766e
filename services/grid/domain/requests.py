"""What residents ask for at a hard time: luggage from the gate, shopping, medicine, a lift; and who of those on duty does it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken

KIND_WORDS: Mapping[str, Text] = {
    "luggage": Text("从门口搬东西", "Things carried from the gate"),
    "medicine": Text("取药买药", "Medicine"),
    "shopping": Text("买菜购物", "Shopping"),
    "lift": Text("用车接送", "A lift"),
    "other": Text("其他", "Something else"),
}
# How long it may wait for somebody before it is late: who stands at the gate with luggage stands in the cold.
PATIENCE: Mapping[str, timedelta] = {
    "luggage": timedelta(minutes=15),
    "medicine": timedelta(minutes=60),
    "shopping": timedelta(hours=3),
    "lift": timedelta(minutes=30),
    "other": timedelta(hours=3),
}
LONGEST_DUTY = timedelta(hours=24)  # no shift is longer


class NotOnDuty(RuleBroken):
    code = "not-on-duty"
    says = Text("签到值守的人才能接。先签到，再来接。", "Only who is on duty may take it: check in first.")


class TakenAlready(RuleBroken):
    code = "taken-already"
    says = Text("已经有人接了。", "Somebody has taken it already.")


class NotTaken(RuleBroken):
    code = "not-taken"
    says = Text("还没有人接，或已经退回。", "Nobody has taken it, or it has been handed back.")


class NotYours(RuleBroken):
    code = "not-yours"
    says = Text("这件事是别人接的。", "Somebody else has taken it.")


class Settled(RuleBroken):
    code = "request-settled"
    says = Text("这件事已经办完或撤回。", "This is done, or was withdrawn.")


@dataclass(frozen=True)
class Asked:
    kind: str
    gate: str | None


@dataclass(frozen=True)
class Taken:
    volunteer: str


@dataclass(frozen=True)
class HandedBack:
    volunteer: str


@dataclass(frozen=True)
class Done:
    volunteer: str


@dataclass(frozen=True)
class Withdrawn:
    pass


RequestEvent = Asked | Taken | HandedBack | Done | Withdrawn


@dataclass
class Watcher:
    """A volunteer as far as requests go: `account`, by which they sign in, and the shifts in which they stand, since when."""

    id: str
    account: str | None = None
    shifts: dict[str, datetime] = field(default_factory=dict)

    def on_duty(self, at: datetime) -> bool:
        """Who forgot to check out is not on duty for ever."""
        return any(at - since < LONGEST_DUTY for since in self.shifts.values())

    def arrive(self, shift: str, at: datetime) -> None:
        self.shifts[shift] = at

    def leave(self, shift: str) -> None:
        self.shifts.pop(shift, None)


@dataclass
class Request:
    """`noted_by`: the account of whoever wrote it down for somebody who called. Who asks, where they live and what for is kept
    apart, sealed, for those who help; it goes when the request has been settled for a while."""

    id: str
    kind: str
    gate: str | None
    asked: datetime
    noted_by: str | None
    state: str = "asked"
    taken_by: str | None = None
    taken: datetime | None = None
    settled: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in ("asked", "taken")

    def is_late(self, at: datetime) -> bool:
        """Whether it waits for somebody longer than it may."""
        return self.state == "asked" and at - self.asked > PATIENCE[self.kind]

    def ask(self) -> list[RequestEvent]:
        return [Asked(self.kind, self.gate)]

    def take(self, watcher: Watcher, at: datetime) -> list[RequestEvent]:
        """Raises Settled, TakenAlready, NotOnDuty. Taking it twice is no change."""
        self._check_open()
        if self.taken_by == watcher.id:
            return []
        if self.taken_by is not None:
            raise TakenAlready
        if not watcher.on_duty(at):
            raise NotOnDuty
        self.state, self.taken_by, self.taken = "taken", watcher.id, at
        return [Taken(watcher.id)]

    def hand_back(self, by: str | None) -> list[RequestEvent]:
        """`by` None: staff, for whoever has it. Raises Settled, NotTaken, NotYours."""
        before = self._check_taken(by)
        self.state, self.taken_by, self.taken = "asked", None, None
        return [HandedBack(before)]

    def finish(self, by: str | None, at: datetime) -> list[RequestEvent]:
        """`by` None: staff, for whoever has it. Raises Settled, NotTaken, NotYours."""
        by = self._check_taken(by)
        self.state, self.settled = "done", at
        return [Done(by)]

    def withdraw(self, at: datetime) -> list[RequestEvent]:
        """Whoever asked needs it no longer. Raises Settled."""
        self._check_open()
        self.state, self.settled = "withdrawn", at
        return [Withdrawn()]

    def _check_open(self) -> None:
        if not self.is_open:
            raise Settled

    def _check_taken(self, by: str | None) -> str:
        self._check_open()
        if self.taken_by is None:
            raise NotTaken
        if by not in (None, self.taken_by):
            raise NotYours
        return self.taken_by
