"""A mission under any sequence of steps: one winner, never two, each refusal named, and its journal tells its state."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.rescue.domain import facts
from services.rescue.domain.facts import MissionEvent
from services.rescue.domain.missions import OVER, UNDER_WAY, Mission
from services.rescue.domain.records import PATIENCE, Proof
from services.rescue.domain.teams import Team
from shared.kernel.errors import RuleBroken
from tests.lengths import examples

START = datetime(2020, 2, 6, 1, tzinfo=UTC)
TEAMS = ("blue-sky", "harbour", "north", "river")
NAMED = {
    "mission-taken", "already-yours", "mission-over", "not-offered", "not-your-mission", "already-on-the-way",
    "not-on-the-way", "already-at-work", "not-at-work", "nothing-to-undo", "too-late-to-undo", "nobody-to-help",
    "second-there", "team-full", "team-stood-down",
}  # fmt: skip
teams = st.sampled_from(TEAMS)
# What the journal alone makes of the state.
TOLD: dict[type, Callable[[Any], str]] = {
    facts.Opened: lambda _: "open",
    facts.Accepted: lambda _: "accepted",
    facts.SetOut: lambda _: "on-the-way",
    facts.Begun: lambda _: "at-work",
    facts.SteppedBack: lambda event: event.state,
    facts.Finished: lambda _: "finished",
    facts.Confirmed: lambda _: "confirmed",
    facts.FoundWanting: lambda _: "accepted",
    facts.Cancelled: lambda _: "cancelled",
}


class Missions(RuleBasedStateMachine):
    @initialize(kind=st.sampled_from(("lift", "area")), urgency=st.sampled_from(tuple(PATIENCE)))
    def open(self, kind: str, urgency: str) -> None:
        self.at = START
        self.teams = {
            name: Team(
                name,
                name,
                name,
                number % 2 + 1,
                ["sprayer", "fogger"][: number + 1],
                0,
                24 - number,
                {"yueran": number},
            )
            for number, name in enumerate(TEAMS)
        }
        job = ("3号楼电梯", None, kind, "发热", urgency, START + timedelta(hours=2))
        self.mission = Mission("m", "yueran", *job, searching=START)
        self.journal: list[MissionEvent] = []
        self.hears(self.mission.open(self.at))

    def hears(self, happened: list[MissionEvent]) -> None:
        self.journal += happened

    def tries(self, step: Callable[[], list[MissionEvent]]) -> None:
        """A refusal has a name, and changes nothing."""
        before = repr((self.mission, self.teams))
        refused: RuleBroken | None = None
        try:
            self.hears(step())
        except RuleBroken as refusal:
            refused = refusal
        assert refused is None or (refused.code in NAMED and repr((self.mission, self.teams)) == before)

    @property
    def helper(self) -> Team | None:
        return self.teams[self.mission.second] if self.mission.second else None

    @property
    def crew(self) -> list[Team]:
        return [self.teams[one] for one in self.mission.crew]

    @rule(minutes=st.sampled_from((1, 5, 15, 70, 800)))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        self.hears(self.mission.advance(list(self.teams.values()), self.at))
        assert self.mission.advance(list(self.teams.values()), self.at) == []

    @rule(team=teams)
    def accept(self, team: str) -> None:
        self.tries(lambda: self.mission.accept(self.teams[team], self.at))

    @rule(team=teams)
    def accept_at_once(self, team: str) -> None:
        """All of them at the same moment, whoever comes first."""
        for one in (team, *TEAMS):
            self.tries(lambda one=one: self.mission.accept(self.teams[one], self.at))

    @rule(team=teams)
    def decline(self, team: str) -> None:
        self.tries(lambda: self.mission.decline(team, "人手不够", self.at))

    @rule(team=teams)
    def hand_back(self, team: str) -> None:
        helper = self.helper if self.mission.second != team else None
        self.tries(lambda: self.mission.hand_back(self.teams[team], helper, "车坏了", self.at))

    @rule(team=teams)
    def set_out(self, team: str) -> None:
        self.tries(lambda: self.mission.set_out(team, self.at))

    @rule(team=teams)
    def begin(self, team: str) -> None:
        self.tries(lambda: self.mission.begin(team, self.at))

    @rule(team=teams)
    def whole_way(self, team: str) -> None:
        self.accept(team)
        self.set_out(team)
        self.begin(team)
        self.finish(team)

    @rule(team=teams)
    def finish(self, team: str) -> None:
        self.tries(lambda: self.mission.finish(Proof(team, self.at, "全部", "disinfectant", 4, 2, "p"), self.crew))

    @rule(team=teams)
    def undo(self, team: str) -> None:
        self.tries(lambda: self.mission.undo(self.teams[team], self.helper, self.at))

    @rule(team=teams)
    def add_second(self, team: str) -> None:
        self.tries(lambda: self.mission.add_second(self.teams[team], self.at))

    @rule(team=teams)
    def ask(self, team: str) -> None:
        self.tries(lambda: self.mission.ask(self.teams[team], self.at))

    @rule(team=teams, active=st.booleans())
    def stand_down(self, team: str, active: bool) -> None:
        self.teams[team].active = active

    @rule()
    def cancel(self) -> None:
        self.tries(lambda: self.mission.cancel("district", "不需要了", self.crew, self.at))

    @rule()
    def community_withdraws(self) -> None:
        self.hears(self.mission.hear_withdrawn("已经自己做了", self.crew, self.at))

    @rule()
    def community_confirms(self) -> None:
        self.hears(self.mission.hear_confirmed(self.at))

    @rule()
    def community_is_not_content(self) -> None:
        team = self.teams[self.mission.team] if self.mission.team else None
        self.hears(self.mission.hear_wanting("没擦", self.at + timedelta(hours=2), team, self.at))

    @rule()
    def passed_on_anew(self) -> None:
        job = facts.Job("5号楼", "5号楼", "building", "再做", "today", self.at + timedelta(hours=8))
        self.hears(self.mission.open_again(job, self.at))

    @invariant()
    def who_has_it_is_one_team_and_whoever_helps_another(self) -> None:
        mission = self.mission
        assert (mission.team is not None) == (
            mission.state in (*UNDER_WAY, "finished", "confirmed")
        ) or mission.state == "cancelled"
        assert mission.second is None or mission.second != mission.team
        holding = {team.id for team in self.teams.values() if "m" in team.missions}
        assert holding == (set(mission.crew) if mission.state not in OVER and mission.state != "open" else set())
        assert all(team.missions.count("m") <= 1 for team in self.teams.values())

    @invariant()
    def each_team_is_asked_once(self) -> None:
        asked = [offer.team for offer in self.mission.offers]
        assert len(asked) == len(set(asked))

    @invariant()
    def the_journal_tells_the_state(self) -> None:
        state, holder, second = "", None, None
        for event in self.journal:
            if isinstance(event, facts.Accepted):
                assert holder is None, "accepted twice"
                holder, second = event.team, None
            if isinstance(event, facts.SecondAdded):
                second = event.team
            if isinstance(event, facts.HandedBack):
                if event.team == holder:
                    holder, state = None, "open"
                else:
                    second = None
            if isinstance(event, (facts.Cancelled, facts.Opened)):
                holder = second = None
            if isinstance(event, facts.FoundWanting):
                second = None
            state = TOLD.get(type(event), lambda _, state=state: state)(event)
        assert state == self.mission.state
        if state != "cancelled":
            assert (holder, second) == (self.mission.team, self.mission.second)


TestMissions = Missions.TestCase
TestMissions.settings = settings(max_examples=examples(80), stateful_step_count=40)
