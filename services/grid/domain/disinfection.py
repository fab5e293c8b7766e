"""Disinfection that a community asks for: by its own team first, then by rescue teams; and when each place is due again."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import RuleBroken

State = Literal["asked", "taken", "passed-on", "done", "confirmed", "withdrawn"]
Because = Literal["by-hand", "own-team-late", "no-own-team"]

OVER: tuple[State, ...] = ("confirmed", "withdrawn")
AT_ONCE = timedelta(hours=2)
LEAST_FOR_TODAY = timedelta(hours=4)  # asked in the evening, “today” still leaves a team time to come
WEEK = timedelta(days=7)
# How long the community's own team may take to say that it comes, before rescue teams are asked.
OWN_TEAMS_TIME = {"at-once": timedelta(minutes=15), "today": timedelta(hours=1), "week": timedelta(days=1)}
# After how many days a place is due again, as long as nobody says otherwise.
EVERY_DAYS = {"lift": 1, "stairwell": 2, "building": 7, "area": 7}


@dataclass(frozen=True)
class Asked:
    place: str
    building: str | None
    kind: str
    why: str
    urgency: str
    due: datetime


@dataclass(frozen=True)
class Taken:
    team: str


@dataclass(frozen=True, kw_only=True)
class PassedOn(Asked):
    because: str


@dataclass(frozen=True)
class Done:
    team: str
    areas: str
    agent: str
    litres: int
    people: int


@dataclass(frozen=True)
class Withdrawn:
    reason: str


@dataclass(frozen=True)
class Confirmed:
    next_due: date | None


@dataclass(frozen=True)
class FoundWanting:
    why: str
    due: datetime


DisinfectionEvent = Asked | Taken | PassedOn | Done | Withdrawn | Confirmed | FoundWanting


class NotWaiting(RuleBroken):
    code = "disinfection-not-waiting"
    says = Text("已经有人接了，或已经交给救援队。", "Somebody has taken it, or it was passed on to rescue teams.")


class NotTaken(RuleBroken):
    code = "disinfection-not-taken"
    says = Text("社区消杀队还没有接。", "The community's own team has not taken it.")


class PassedOnAlready(RuleBroken):
    code = "passed-on-already"
    says = Text("已经交给救援队了。", "It was passed on to rescue teams already.")


class NotDone(RuleBroken):
    code = "disinfection-not-done"
    says = Text("还没有报完成，不能验收。", "It is not reported done, so it cannot be judged.")


class DisinfectionOver(RuleBroken):
    code = "disinfection-over"
    says = Text("这个请求已经结束。", "This request is over.")


class NotInOwnTeam(RuleBroken):
    code = "not-in-own-team"
    status = 403
    says = Text("只有社区消杀队的队员能接。", "Only members of the community's disinfection team can take it.")


class NoOwnTeam(RuleBroken):
    code = "no-own-team"
    says = Text(
        "社区还没有指定消杀队，请在设置里指定。",
        "The community has named no disinfection team; please name one in the settings.",
    )


class NextDueInThePast(RuleBroken):
    code = "next-due-in-the-past"
    status = 422
    says = Text("下次日期应在今天之后。", "The next date lies after today.")


@dataclass
class Proof:
    """What was done: by the own team (`team` of volunteers'), or as rescue told it; `photo` only of the own team's."""

    at: datetime
    team: str
    areas: str
    agent: str
    litres: int
    people: int
    photo: str | None = None


@dataclass
class Disinfection:
    """One request. `since`: when it last became somebody's turn; `mission`, `rescuers`: how far rescue says it is, and who."""

    id: str
    place: str
    building: str | None
    kind: str
    why: str
    urgency: str
    due: datetime
    asked: datetime
    since: datetime
    state: State = "asked"
    own_until: datetime | None = None
    team: str | None = None
    by_rescue: bool = False
    mission: str = ""
    rescuers: list[str] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    wanting: str = ""
    next_due: date | None = None

    @property
    def place_id(self) -> str:
        """Names the place as such: the same words of the same building and kind."""
        said = "\n".join([self.kind, self.building or "", self.place])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def is_late(self, at: datetime) -> bool:
        return self.state in ("asked", "taken", "passed-on") and at >= self.due

    def ask(self, own_team: str | None, at: datetime) -> list[DisinfectionEvent]:
        """The own team is to answer first; where there is none, rescue teams are asked at once."""
        if own_team is None:
            return [Asked(**self._job()), *self._pass_on("no-own-team", at)]
        self.own_until = at + OWN_TEAMS_TIME[self.urgency]
        return [Asked(**self._job())]

    def take(self, team: str, at: datetime) -> list[DisinfectionEvent]:
        """The own team comes. Raises NotWaiting, DisinfectionOver."""
        self._check_not_over()
        if self.state != "asked":
            raise NotWaiting
        self.state, self.team, self.since = "taken", team, at
        return [Taken(team)]

    def check_finishable(self) -> None:
        """Raises NotTaken, DisinfectionOver."""
        self._check_not_over()
        if self.state != "taken":
            raise NotTaken

    def finish(self, proof: Proof) -> list[DisinfectionEvent]:
        """Raises NotTaken, DisinfectionOver."""
        self.check_finishable()
        self.state, self.since = "done", proof.at
        self.proofs.append(proof)
        return [Done(proof.team, proof.areas, proof.agent, proof.litres, proof.people)]

    def pass_on(self, at: datetime) -> list[DisinfectionEvent]:
        """By hand, also when the own team has it and cannot. Raises PassedOnAlready, DisinfectionOver."""
        self._check_not_over()
        if self.state not in ("asked", "taken"):
            raise PassedOnAlready
        return self._pass_on("by-hand", at)

    def watch(self, at: datetime) -> list[DisinfectionEvent]:
        """The own team's time is up: it did not answer, or what it took is not done when it should be."""
        silent = self.state == "asked" and self.own_until is not None and at >= self.own_until
        unfinished = self.state == "taken" and at >= self.due
        return self._pass_on("own-team-late", at) if silent or unfinished else []

    def withdraw(self, reason: str, at: datetime) -> list[DisinfectionEvent]:
        """Raises DisinfectionOver."""
        self._check_not_over()
        self.state, self.since = "withdrawn", at
        return [Withdrawn(reason)]

    def confirm(self, next_due: date | None, at: datetime) -> list[DisinfectionEvent]:
        """`next_due` None: as its kind of place usually is. Raises NotDone, DisinfectionOver, NextDueInThePast."""
        self._check_done()
        today = at.astimezone(SHANGHAI).date()
        if next_due is not None and next_due <= today:
            raise NextDueInThePast("next_due")
        self.state, self.since = "confirmed", at
        self.next_due = next_due or today + timedelta(days=EVERY_DAYS[self.kind])
        return [Confirmed(self.next_due)]

    def find_wanting(self, why: str, at: datetime) -> list[DisinfectionEvent]:
        """Whoever did it is to do it again, with time as if it were asked now. Raises NotDone, DisinfectionOver."""
        self._check_done()
        self.wanting, self.since, self.due = why, at, due_by(self.urgency, at)
        self.state, self.mission = ("passed-on", "accepted") if self.by_rescue else ("taken", "")
        return [FoundWanting(why, self.due)]

    def hear_mission(self, mission: str, said: Mapping[str, Any], at: datetime) -> None:
        """How far the mission is, in rescue's own words: the last word of its event's type."""
        if self.state != "passed-on":
            return
        if mission == "accepted":
            self.rescuers = [said["name"], said["name_en"]]
        elif mission == "handed-back":
            self.rescuers = []
        elif mission == "stepped-back":
            mission = "set-out" if said["state"] == "on-the-way" else "accepted"
        self.mission, self.since = mission, at

    def hear_done(self, proof: Proof) -> None:
        """Rescue finished: the community is to judge it, unless it needs it no more."""
        if self.state == "passed-on":
            self.state, self.since, self.mission = "done", proof.at, "finished"
            self.proofs.append(proof)

    def hear_cancelled(self, at: datetime) -> None:
        """The district called the mission off: it is the community's again, to do itself or to pass on anew."""
        if self.state == "passed-on":
            self.state, self.since, self.own_until = "asked", at, None
            self.by_rescue, self.mission, self.rescuers = False, "cancelled", []

    def _pass_on(self, because: Because, at: datetime) -> list[DisinfectionEvent]:
        self.state, self.since, self.by_rescue, self.team = "passed-on", at, True, None
        self.mission, self.rescuers = "", []
        return [PassedOn(**self._job(), because=because)]

    def _check_not_over(self) -> None:
        if self.state in OVER:
            raise DisinfectionOver

    def _check_done(self) -> None:
        self._check_not_over()
        if self.state != "done":
            raise NotDone

    def _job(self) -> dict[str, Any]:
        names = ("place", "building", "kind", "why", "urgency", "due")
        return {name: getattr(self, name) for name in names}


@dataclass
class Place:
    """A place that is disinfected again and again: when it last was, and when it is due next."""

    id: str
    place: str
    building: str | None
    kind: str
    last: datetime
    next_due: date


@dataclass
class OwnTeam:
    """A team of volunteers', as its events tell it; members are volunteers' ids."""

    id: str
    name: str
    name_en: str
    leader: str | None = None
    members: list[str] = field(default_factory=list)
    dissolved: bool = False

    def join(self, volunteer: str) -> None:
        if volunteer not in self.members:
            self.members.append(volunteer)

    def leave(self, volunteer: str) -> None:
        self.members = [one for one in self.members if one != volunteer]


@dataclass
class Arrangement:
    """What the community has settled: which team of volunteers' disinfects (None: none)."""

    id: str = "disinfection"
    team: str | None = None


def due_by(urgency: str, at: datetime) -> datetime:
    """By when what is asked now should be done."""
    if urgency == "at-once":
        return at + AT_ONCE
    if urgency == "week":
        return at + WEEK
    local = at.astimezone(SHANGHAI)
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), SHANGHAI)
    return max(midnight, at + LEAST_FOR_TODAY)
