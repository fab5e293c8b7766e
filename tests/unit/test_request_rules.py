"""A resident's request: taken by one who is on duty, done or handed back by that one, settled once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.grid.domain.requests import (
    PATIENCE,
    NotOnDuty,
    NotTaken,
    NotYours,
    Request,
    Settled,
    TakenAlready,
    Watcher,
)
from shared.kernel.errors import RuleBroken
from tests.lengths import examples

NOW = datetime(2020, 2, 14, 3, tzinfo=UTC)
PEOPLE = ("lin", "wang")


def request() -> Request:
    return Request("r", "luggage", "west", NOW, None)


class OneRequest(RuleBasedStateMachine):
    """Whatever people try, in whatever order: the state is what the events tell, and a no changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.request = request()
        self.watchers = {name: Watcher(name, name) for name in PEOPLE}
        self.told = self.request.ask()

    def try_(self, step: object) -> None:
        before = repr(self.request)
        try:
            self.told += step()  # type: ignore[operator]
        except RuleBroken:
            assert repr(self.request) == before

    @rule(who=st.sampled_from(PEOPLE), here=st.booleans())
    def check_in_or_out(self, who: str, here: bool) -> None:
        if here:
            self.watchers[who].arrive("shift", NOW)
        else:
            self.watchers[who].leave("shift")

    @rule(who=st.sampled_from(PEOPLE))
    def take(self, who: str) -> None:
        self.try_(lambda: self.request.take(self.watchers[who], NOW))

    @rule(who=st.sampled_from((*PEOPLE, None)))
    def hand_back(self, who: str | None) -> None:
        self.try_(lambda: self.request.hand_back(who))

    @rule(who=st.sampled_from((*PEOPLE, None)))
    def finish(self, who: str | None) -> None:
        self.try_(lambda: self.request.finish(who, NOW))

    @rule()
    def withdraw(self) -> None:
        self.try_(lambda: self.request.withdraw(NOW))

    @invariant()
    def is_what_was_told(self) -> None:
        state, by = "", None
        for one in self.told:
            assert state not in ("done", "withdrawn"), "nothing happens to what is settled"
            name = type(one).__name__
            assert name != "Taken" or by is None, "one at a time"
            state = {
                "Asked": "asked",
                "HandedBack": "asked",
                "Taken": "taken",
                "Done": "done",
                "Withdrawn": "withdrawn",
            }[name]
            by = one.volunteer if name in ("Taken", "Done") else by if name == "Withdrawn" else None
        assert (self.request.state, self.request.taken_by) == (state, by)


OneRequest.TestCase.settings = settings(max_examples=examples(60), stateful_step_count=15)
TestOneRequest = OneRequest.TestCase


def test_each_no_is_named() -> None:
    here, away = Watcher("lin", "lin", {"shift": NOW}), Watcher("wang", "wang")
    one = request()
    with pytest.raises(NotTaken):
        one.finish("lin", NOW)
    with pytest.raises(NotOnDuty):
        one.take(away, NOW)
    one.take(here, NOW)
    assert one.take(here, NOW) == []
    with pytest.raises(TakenAlready):
        one.take(Watcher("wang", "wang", {"shift": NOW}), NOW)
    with pytest.raises(NotYours):
        one.hand_back("wang")
    one.finish("lin", NOW)
    with pytest.raises(Settled):
        one.withdraw(NOW)


def test_it_is_late_when_nobody_has_come_for_longer_than_it_can_wait() -> None:
    one = request()
    patience = PATIENCE["luggage"]
    assert not one.is_late(NOW + patience)
    assert one.is_late(NOW + patience + timedelta(seconds=1))
    one.take(Watcher("lin", "lin", {"shift": NOW}), NOW)
    assert not one.is_late(NOW + timedelta(days=1))


def test_who_forgot_to_check_out_is_not_on_duty_for_ever() -> None:
    forgetful = Watcher("lin", "lin", {"shift": NOW})
    assert forgetful.on_duty(NOW + timedelta(hours=23))
    assert not forgetful.on_duty(NOW + timedelta(hours=24))
