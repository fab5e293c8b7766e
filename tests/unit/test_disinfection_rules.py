"""Requests for disinfection under any sequence of steps, their deadlines, and which rescue teams are asked, and when."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.grid.domain import disinfection as domain
from services.grid.domain.disinfection import Disinfection, DisinfectionEvent, Proof, due_by
from services.rescue.domain import facts
from services.rescue.domain.missions import Mission
from services.rescue.domain.records import PATIENCE
from services.rescue.domain.teams import Team
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import RuleBroken
from tests.lengths import examples

START = datetime(2020, 2, 6, 1, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2021, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TOLD = {
    domain.Asked: "asked", domain.Taken: "taken", domain.PassedOn: "passed-on", domain.Done: "done",
    domain.Withdrawn: "withdrawn", domain.Confirmed: "confirmed",
}  # fmt: skip
NAMED = {
    "disinfection-not-waiting", "disinfection-not-taken", "passed-on-already", "disinfection-not-done", "disinfection-over",
    "next-due-in-the-past",
}  # fmt: skip


class Requests(RuleBasedStateMachine):
    @initialize(urgency=st.sampled_from(("at-once", "today", "week")), own=st.booleans())
    def ask(self, urgency: str, own: bool) -> None:
        self.at = START
        self.one = Disinfection("d", "电梯", None, "lift", "发热", urgency, due_by(urgency, START), START, START)
        self.told: list[DisinfectionEvent] = self.one.ask("own" if own else None, START)

    def tries(self, step: Callable[[], list[DisinfectionEvent]]) -> None:
        """A refusal has a name, and changes nothing."""
        before, refused = repr(self.one), None
        try:
            self.told += step()
        except RuleBroken as refusal:
            refused = refusal
        assert refused is None or (refused.code in NAMED and repr(self.one) == before)

    @rule(minutes=st.sampled_from((1, 20, 90, 3000)))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        self.told += self.one.watch(self.at)

    @rule()
    def take(self) -> None:
        self.tries(lambda: self.one.take("own", self.at))

    @rule()
    def finish(self) -> None:
        self.tries(lambda: self.one.finish(Proof(self.at, "own", "全部", "chlorine", 2, 2, "p")))

    @rule()
    def pass_on(self) -> None:
        self.tries(lambda: self.one.pass_on(self.at))

    @rule()
    def withdraw(self) -> None:
        self.tries(lambda: self.one.withdraw("不需要了", self.at))

    @rule(days=st.none() | st.integers(-2, 9))
    def confirm(self, days: int | None) -> None:
        day = None if days is None else self.at.astimezone(SHANGHAI).date() + timedelta(days=days)
        self.tries(lambda: self.one.confirm(day, self.at))

    @rule()
    def find_wanting(self) -> None:
        self.tries(lambda: self.one.find_wanting("没擦", self.at))

    @rule(step=st.sampled_from(("opened", "offered", "accepted", "handed-back", "set-out", "begun")))
    def rescue_says(self, step: str) -> None:
        self.one.hear_mission(step, {"name": "蓝天", "name_en": "Blue Sky"}, self.at)

    @rule()
    def rescue_finishes(self) -> None:
        was = self.one.state
        self.one.hear_done(Proof(self.at, "blue-sky", "全部", "chlorine", 2, 2))
        assert self.one.state == ("done" if was == "passed-on" else was)

    @rule()
    def the_district_calls_it_off(self) -> None:
        was = self.one.state
        self.one.hear_cancelled(self.at)
        assert self.one.state == ("asked" if was == "passed-on" else was)

    @invariant()
    def whoever_has_it_is_one_of_the_two(self) -> None:
        assert not (self.one.team and self.one.by_rescue)
        if self.one.state == "taken":
            assert self.one.team == "own"
        if self.one.state == "passed-on":
            assert self.one.by_rescue
        if self.one.state in ("done", "confirmed"):
            assert self.one.proofs
        assert (self.one.next_due is not None) == (self.one.state == "confirmed")

    @invariant()
    def what_was_told_last_is_how_it_is_but_for_what_rescue_says(self) -> None:
        stated = [TOLD[type(event)] for event in self.told if type(event) in TOLD]
        by_rescue = {"done", "asked", "passed-on"} if self.one.by_rescue or self.one.mission == "cancelled" else set()
        wanting = {"taken"} if self.one.wanting else set()
        assert self.one.state in {stated[-1], *by_rescue, *wanting}


TestRequests = Requests.TestCase
TestRequests.settings = settings(max_examples=examples(60), stateful_step_count=30)


@given(MOMENTS)
def test_today_ends_at_midnight_here_but_leaves_a_team_four_hours(at: datetime) -> None:
    due, left = due_by("today", at), due_by("today", at) - at
    midnight = due.astimezone(SHANGHAI).strftime("%H:%M") == "00:00"
    assert left == domain.LEAST_FOR_TODAY or (midnight and domain.LEAST_FOR_TODAY < left <= timedelta(days=1))


def team(name: str, rank: int = 1, **more: object) -> Team:
    told = {"equipment": ["sprayer"], "capacity": 1, "on_call_from": 0, "on_call_until": 24, **more}
    return Team(name, name, name, ranks={"yueran": rank}, **told)  # type: ignore[arg-type]


def mission(kind: str = "lift") -> Mission:
    return Mission("m", "yueran", "电梯", None, kind, "发热", "at-once", START + timedelta(hours=2), searching=START)


def asked(happened: list[facts.MissionEvent]) -> list[str]:
    return [one for event in happened if isinstance(event, facts.Offered) for one in event.teams]


def test_the_nearest_two_that_can_are_asked_first() -> None:
    busy = team("busy", rank=1, missions=["other"])
    asleep = team("asleep", rank=1, on_call_from=20, on_call_until=6)  # it is nine in the morning
    bare = team("bare", rank=1, equipment=["vehicle"])
    stood_down = team("gone", rank=1, active=False)
    teams = [team("far", rank=9), busy, asleep, bare, stood_down, team("near", rank=2), team("next", rank=3)]
    assert asked(mission().advance(teams, START)) == ["near", "next"]


@pytest.mark.parametrize(("from_", "until", "hour", "on_call"), [
    (0, 24, 3, True), (8, 20, 7, False), (8, 20, 8, True), (8, 20, 20, False), (20, 8, 23, True), (20, 8, 7, True),
    (20, 8, 8, False),
])  # fmt: skip
def test_on_call_hours_are_shanghais_also_over_midnight(from_: int, until: int, hour: int, on_call: bool) -> None:
    at = datetime(2020, 2, 6, hour, tzinfo=SHANGHAI)
    assert team("a", on_call_from=from_, on_call_until=until).is_on_call(at) is on_call


def test_time_asks_more_teams_then_the_district_and_says_once_that_the_work_is_late() -> None:
    one, teams = mission(), [team(name, rank) for rank, name in enumerate("abcd", 1)]
    patience = PATIENCE["at-once"]
    assert asked(one.advance(teams, START)) == ["a", "b"]
    assert one.advance(teams, START + patience.teams - timedelta(seconds=1)) == []
    wide = one.advance(teams, START + patience.teams)
    assert asked(wide) == ["c", "d"]
    assert [event.to for event in wide if isinstance(event, facts.Escalated)] == ["teams"]
    assert one.advance(teams, START + patience.district) == [facts.Escalated("district", "nobody-accepted")]
    one.accept(teams[2], START + patience.district)
    late = one.due + timedelta(minutes=1)
    assert one.advance(teams, late) == [facts.Escalated("district", "late")]
    assert one.advance(teams, late) == []


def test_where_everybody_says_no_nobody_is_waited_for() -> None:
    one, teams = mission(), [team("a"), team("b", 2), team("c", 3)]
    one.advance(teams, START)
    one.decline("a", "人手不够", START)
    one.decline("b", "太远", START)
    assert asked(one.advance(teams, START)) == ["c"]
    one.decline("c", "太远", START)
    assert one.advance(teams, START) == [facts.Escalated("district", "nobody-accepted")]
    assert asked(one.ask(teams[0], START)) == ["a"]
    assert one.accept(teams[0], START) == [facts.Accepted("a", "a", "a")]


def test_whoever_helps_has_it_when_the_first_hands_it_back() -> None:
    one, first, second = mission(), team("a"), team("b", 2)
    one.advance([first, second], START)
    one.accept(first, START)
    one.add_second(second, START)
    assert one.hand_back(first, second, "车坏了", START) == [
        facts.HandedBack("a", "车坏了"),
        facts.Accepted("b", "b", "b"),
    ]
    assert (one.team, one.second, first.missions, second.missions) == ("b", None, [], ["m"])


def test_an_acceptance_by_mistake_is_no_refusal() -> None:
    one, first = mission(), team("a")
    one.advance([first], START)
    one.accept(first, START)
    one.undo(first, None, START + timedelta(minutes=9))
    one.accept(first, START + timedelta(minutes=9))
    with pytest.raises(RuleBroken, match="too-late-to-undo"):
        one.undo(first, None, START + timedelta(minutes=30))
