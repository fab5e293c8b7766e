"""A mission: offered to teams, accepted by exactly one, done and proved, or handed back, called off, asked for again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from services.rescue.domain import refusals
from services.rescue.domain.facts import (
    Accepted,
    Begun,
    Cancelled,
    Confirmed,
    Declined,
    Escalated,
    Finished,
    FoundWanting,
    HandedBack,
    Job,
    MissionEvent,
    Offered,
    Opened,
    SecondAdded,
    SetOut,
    SteppedBack,
)
from services.rescue.domain.records import PATIENCE, Answer, Offer, Proof, Step
from services.rescue.domain.teams import Team, TeamStoodDown

State = Literal["open", "accepted", "on-the-way", "at-work", "finished", "confirmed", "cancelled"]
Stage = Literal["new", "near", "wide", "district"]

UNDER_WAY: tuple[State, ...] = ("accepted", "on-the-way", "at-work")
OVER: tuple[State, ...] = ("finished", "confirmed", "cancelled")
FIRST_ASKED = 2  # teams at first: one may be out of reach, and of many each would wait for another
UNDO_FOR = timedelta(minutes=10)
BY_MISTAKE = "按错了"


@dataclass
class Mission:
    """`team` has it; `second` helps. `searching` since when a team is looked for; `moved` when the last step was taken."""

    id: str
    community: str
    place: str
    building: str | None
    kind: str
    why: str
    urgency: str
    due: datetime
    searching: datetime
    state: State = "open"
    stage: Stage = "new"
    team: str | None = None
    second: str | None = None
    moved: datetime | None = None
    late: bool = False
    offers: list[Offer] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def crew(self) -> list[str]:
        return [one for one in (self.team, self.second) if one]

    @property
    def waiting(self) -> list[str]:
        """Teams that were asked and have not said no."""
        return [offer.team for offer in self.offers if offer.answer == "waiting"]

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    def is_late(self, at: datetime) -> bool:
        return self.state not in OVER and at >= self.due

    def may_undo(self, at: datetime) -> bool:
        return self.is_under_way and self.moved is not None and at - self.moved <= UNDO_FOR

    def open(self, at: datetime) -> list[MissionEvent]:
        self._note(at, "opened", words=self.why)
        return [Opened(**self._job())]

    def open_again(self, job: Job, at: datetime) -> list[MissionEvent]:
        """The community passes on anew what had been called off; while it runs there is nothing to open."""
        if self.state not in ("cancelled", "confirmed"):
            return []
        self.place, self.building, self.kind, self.why = job.place, job.building, job.kind, job.why
        self.urgency, self.due = job.urgency, job.due
        self.offers = []
        self._search(at)
        return self.open(at)

    def accept(self, team: Team, at: datetime) -> list[MissionEvent]:
        """Raises MissionTaken, AlreadyYours, MissionOver, NotOffered, TeamStoodDown, TeamFull."""
        self._check_open_to(team.id)
        team.check_free()
        team.take(self.id)
        self.team = team.id
        self._move("accepted", at)
        self._note(at, "accepted", team.id)
        return [Accepted(team.id, team.name, team.name_en)]

    def ask(self, team: Team, at: datetime) -> list[MissionEvent]:
        """The district office asks this team, also one that was not chosen or said no.

        Raises MissionTaken, AlreadyYours, MissionOver, TeamStoodDown.
        """
        self._check_open(team.id)
        if not team.active:
            raise TeamStoodDown("team")
        self.offers = [*(offer for offer in self.offers if offer.team != team.id), Offer(team.id, at)]
        self._note(at, "offered", team.id)
        return [Offered(**self._job(), teams=[team.id])]

    def decline(self, team: str, reason: str, at: datetime) -> list[MissionEvent]:
        """Raises MissionTaken, AlreadyYours, MissionOver, NotOffered."""
        self._check_open_to(team)
        self._answer(team, "declined", reason)
        self._note(at, "declined", team, reason)
        return [Declined(team, reason)]

    def hand_back(self, team: Team, helper: Team | None, reason: str, at: datetime) -> list[MissionEvent]:
        """Whoever helps (`helper`) has it then; else a team is looked for anew. Raises NotYourMission, MissionOver."""
        self._check_crew(team.id)
        team.let_go(self.id)
        self._answer(team.id, "handed-back", reason)
        self._note(at, "handed-back", team.id, reason)
        happened: list[MissionEvent] = [HandedBack(team.id, reason)]
        if team.id == self.second:
            self.second = None
        elif helper is not None:
            self.team, self.second = helper.id, None
            self._move("accepted", at)
            self._note(at, "accepted", helper.id)
            happened.append(Accepted(helper.id, helper.name, helper.name_en))
        else:
            self._search(at)
        return happened

    def set_out(self, team: str, at: datetime) -> list[MissionEvent]:
        """Raises NotYourMission, MissionOver, AlreadyOnTheWay, AlreadyAtWork."""
        self._check_crew(team)
        self._check_not_at_work()
        if self.state == "on-the-way":
            raise refusals.AlreadyOnTheWay
        self._move("on-the-way", at)
        self._note(at, "set-out", team)
        return [SetOut(team)]

    def begin(self, team: str, at: datetime) -> list[MissionEvent]:
        """Raises NotYourMission, MissionOver, NotOnTheWay, AlreadyAtWork."""
        self._check_crew(team)
        self._check_not_at_work()
        if self.state == "accepted":
            raise refusals.NotOnTheWay
        self._move("at-work", at)
        self._note(at, "begun", team)
        return [Begun(team)]

    def check_finishable(self, team: str) -> None:
        """Raises NotYourMission, MissionOver, NotAtWork."""
        self._check_crew(team)
        if self.state != "at-work":
            raise refusals.NotAtWork

    def finish(self, proof: Proof, crew: Iterable[Team]) -> list[MissionEvent]:
        """Every team of the `crew` has its hands free again. Raises NotYourMission, MissionOver, NotAtWork."""
        self.check_finishable(proof.team)
        self._release(crew)
        self.proofs.append(proof)
        self._move("finished", proof.at)
        self._note(proof.at, "finished", proof.team, proof.areas)
        return [Finished(proof.team, proof.areas, proof.agent, proof.litres, proof.people)]

    def undo(self, team: Team, helper: Team | None, at: datetime) -> list[MissionEvent]:
        """Takes the last step back; an acceptance is handed back.

        Raises NotYourMission, MissionOver, NothingToUndo, TooLateToUndo.
        """
        self._check_crew(team.id)
        if team.id != self.team:
            raise refusals.NothingToUndo
        if not self.may_undo(at):
            raise refusals.TooLateToUndo(minutes=UNDO_FOR // timedelta(minutes=1))
        if self.state == "accepted":
            happened = self.hand_back(team, helper, BY_MISTAKE, at)
            self._answer(team.id, "waiting", "")  # a slip of the finger is no refusal
            return happened
        before: State = "accepted" if self.state == "on-the-way" else "on-the-way"
        self._move(before, at)
        self._note(at, "stepped-back", team.id)
        return [SteppedBack(team.id, before)]

    def add_second(self, team: Team, at: datetime) -> list[MissionEvent]:
        """Raises MissionOver, NobodyToHelp, AlreadyYours, SecondThere, TeamStoodDown, TeamFull."""
        self._check_not_over()
        if not self.is_under_way:
            raise refusals.NobodyToHelp
        if team.id in self.crew:
            raise refusals.AlreadyYours("team")
        if self.second is not None:
            raise refusals.SecondThere
        team.check_free()
        team.take(self.id)
        self.second = team.id
        self._note(at, "second-added", team.id)
        return [SecondAdded(team.id, team.name, team.name_en)]

    def cancel(self, by: str, reason: str, crew: Iterable[Team], at: datetime) -> list[MissionEvent]:
        """Raises MissionOver."""
        self._check_not_over()
        return self._end(by, reason, crew, at)

    def hear_withdrawn(self, reason: str, crew: Iterable[Team], at: datetime) -> list[MissionEvent]:
        """The community needs it no more: a fact, also when the team has just finished."""
        return [] if self.state in ("confirmed", "cancelled") else self._end("community", reason, crew, at)

    def hear_confirmed(self, at: datetime) -> list[MissionEvent]:
        if self.state != "finished":
            return []
        self._move("confirmed", at)
        self._note(at, "confirmed")
        return [Confirmed()]

    def hear_wanting(self, why: str, due: datetime, team: Team | None, at: datetime) -> list[MissionEvent]:
        """The same team has it in hand again, also beyond its capacity: it is its own work that was not done."""
        if self.state != "finished" or team is None:
            return []
        self.due, self.late, self.second = due, False, None
        team.take(self.id)
        self._move("accepted", at)
        self.moved = None
        self._note(at, "found-wanting", team.id, why)
        return [FoundWanting(why, due)]

    def advance(self, teams: Sequence[Team], at: datetime) -> list[MissionEvent]:
        """What time asks for: the next teams, the district office; a word to it where the work is late."""
        if self.state != "open":
            return self._tell_late(at)
        happened = list[MissionEvent]()
        patience = PATIENCE[self.urgency]
        if self.stage == "new":
            self.stage = "near"
            ready = [team for team in teams if team.is_on_call(at) and team.has_room]
            happened += self._offer(ready, at, FIRST_ASKED)
        if self.stage == "near" and (at - self.searching >= patience.teams or not self.waiting):
            self.stage = "wide"
            happened += [*self._escalate("teams", at), *self._offer(teams, at, len(teams))]
        if self.stage == "wide" and (at - self.searching >= patience.district or not self.waiting):
            self.stage = "district"
            happened += self._escalate("district", at)
        return happened

    def _offer(self, teams: Iterable[Team], at: datetime, most: int) -> list[MissionEvent]:
        asked = {offer.team for offer in self.offers}
        able = sorted(
            (one for one in teams if one.id not in asked and one.can(self.kind)),
            key=lambda one: one.rank(self.community),
        )
        chosen = [one.id for one in able[:most]]
        if not chosen:
            return []
        self.offers += [Offer(one, at) for one in chosen]
        for one in chosen:
            self._note(at, "offered", one)
        return [Offered(**self._job(), teams=chosen)]

    def _escalate(self, to: str, at: datetime, why: str = "nobody-accepted") -> list[MissionEvent]:
        self._note(at, f"escalated-to-{to}", words=why)
        return [Escalated(to, why)]

    def _tell_late(self, at: datetime) -> list[MissionEvent]:
        if self.late or not self.is_late(at):
            return []
        self.late = True
        return self._escalate("district", at, "late")

    def _end(self, by: str, reason: str, crew: Iterable[Team], at: datetime) -> list[MissionEvent]:
        self._release(crew)
        self._move("cancelled", at)
        self._note(at, "cancelled", words=reason)
        return [Cancelled(by, reason)]

    def _search(self, at: datetime) -> None:
        self.state, self.stage, self.searching = "open", "new", at
        self.team, self.second, self.moved, self.late = None, None, None, False

    def _move(self, state: State, at: datetime) -> None:
        self.state, self.moved = state, at

    def _release(self, crew: Iterable[Team]) -> None:
        for team in crew:
            team.let_go(self.id)

    def _answer(self, team: str, answer: Answer, reason: str) -> None:
        for offer in self.offers:
            if offer.team == team:
                offer.answer, offer.reason = answer, reason

    def _check_not_over(self) -> None:
        if self.state in OVER:
            raise refusals.MissionOver

    def _check_open(self, team: str) -> None:
        self._check_not_over()
        if team in self.crew:
            raise refusals.AlreadyYours
        if self.state != "open":
            raise refusals.MissionTaken

    def _check_open_to(self, team: str) -> None:
        self._check_open(team)
        if team not in self.waiting:
            raise refusals.NotOffered

    def _check_crew(self, team: str) -> None:
        self._check_not_over()
        if team not in self.crew:
            raise refusals.NotYourMission

    def _check_not_at_work(self) -> None:
        if self.state == "at-work":
            raise refusals.AlreadyAtWork

    def _job(self) -> dict[str, Any]:
        names = ("place", "building", "kind", "why", "urgency", "due")
        return {name: getattr(self, name) for name in names}

    def _note(self, at: datetime, what: str, team: str | None = None, words: str = "") -> None:
        self.steps.append(Step(at, what, team, words))
