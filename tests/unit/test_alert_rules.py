"""Alerts come and go by their rules: never lost, never flapping, whatever order things are seen in."""

from copy import deepcopy
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.district.domain.alerts import (
    CONDITIONS,
    MINUTE,
    USUAL_RULES,
    Alert,
    AlertOver,
    AlreadyAcknowledged,
    Officer,
    Rule,
    Seen,
    Sight,
    Subject,
    ThresholdsCrossed,
    look,
)
from shared.i18n.text import Text

NOW = datetime(2020, 2, 13, 5, 7, tzinfo=UTC)
FEVERS = Subject("fever-cluster", "yueran", "gates")
GRID = frozenset({"/communities/yueran/grid"})
LIN, WU = Officer("a1", "林区长"), Officer("a2", "吴科长")


class Office:
    """Looks once a minute at one thing, and keeps all alerts."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.alerts = dict[str, Alert]()
        self.told = list[tuple[int, str, str]]()

    def look(self, minute: int, level: int | None, *others: Seen) -> None:
        seen = {one.subject: one for one in others}
        if level:
            seen[FEVERS] = Seen(FEVERS, level, NOW, Text("", ""))
        watched = [one for one in self.alerts.values() if one.watched]
        sight = Sight(seen, GRID if level is None else frozenset())
        at = NOW + minute * MINUTE
        for alert, happened in look(sight, self.rule, watched, at, lambda number: f"{minute}-{number}"):
            self.alerts[alert.id] = alert
            self.told += [(minute, alert.id, type(one).__name__) for one in happened]

    def minutes(self, what: str) -> list[int]:
        return [minute for minute, _, told in self.told if told == what]


RULES = st.builds(
    lambda low, more, minutes: Rule("fever-cluster", "urgent", low + more, low, minutes),
    st.integers(1, 4), st.integers(0, 3), st.integers(0, 6),
)  # fmt: skip
LEVELS = st.lists(st.none() | st.integers(0, 8), max_size=60)


@given(RULES, LEVELS)
def test_an_alert_is_there_from_the_first_look_that_reaches_the_threshold_until_it_was_quiet_long_enough(
    rule: Rule, levels: list[int | None]
) -> None:
    office, is_up, quiet = Office(rule), False, 0
    for minute, level in enumerate(levels):
        office.look(minute, level)
        if is_up:
            quiet = quiet + 1 if level is not None and level < rule.clear_below else 0
            is_up = quiet <= rule.clear_minutes and not (quiet and rule.clear_minutes == 0)
        elif level is not None and level >= rule.raise_at:
            is_up, quiet = True, 0
        assert [one.state for one in office.alerts.values() if one.watched] == (["open"] if is_up else [])


@given(RULES, LEVELS)
def test_between_an_alert_and_the_next_lies_the_quiet_that_its_rule_asks_for(
    rule: Rule, levels: list[int | None]
) -> None:
    office = Office(rule)
    for minute, level in enumerate(levels):
        office.look(minute, level)
    raised, cleared = office.minutes("Raised"), office.minutes("Cleared")
    assert [told for _, _, told in office.told] == (["Raised", "Cleared"] * len(raised))[: len(office.told)]
    for up, down in zip(raised, cleared, strict=False):
        assert down - up >= rule.clear_minutes
        assert all(
            level is not None and level < rule.clear_below for level in levels[down - rule.clear_minutes : down + 1]
        )
    assert all(later > earlier for earlier, later in pairwise(raised))


@given(RULES, LEVELS, st.integers(0, 59), st.integers(0, 59))
def test_what_an_officer_does_changes_nothing_of_when_it_is_raised(
    rule: Rule, levels: list[int | None], taken: int, closed: int
) -> None:
    alone, tended = Office(rule), Office(rule)
    for minute, level in enumerate(levels):
        alone.look(minute, level)
        tended.look(minute, level)
        for alert in [one for one in tended.alerts.values() if one.state == "open"]:
            if minute == taken:
                alert.acknowledge(LIN, "", NOW)
            if minute == closed:
                alert.close(WU, "已处理", NOW)
    assert alone.told == tended.told


@given(st.permutations([("yueran", 5), ("biguiyuan", 3), ("xingfu", 9), ("heping", 1)]))
def test_the_order_in_which_things_are_seen_makes_no_difference(order: list[tuple[str, int]]) -> None:
    subjects = [(Subject("fever-cluster", community, "gates"), level) for community, level in order]
    rule = USUAL_RULES[1]
    sight = Sight({subject: Seen(subject, level, NOW, Text("", "")) for subject, level in subjects})
    changes = look(sight, rule, [], NOW, str)
    assert [(alert.id, alert.community) for alert, _ in changes] == [
        ("0", "biguiyuan"),
        ("1", "xingfu"),
        ("2", "yueran"),
    ]


def test_what_cannot_be_seen_neither_raises_nor_clears() -> None:
    office = Office(Rule("fever-cluster", "urgent", 3, 2, 2))
    office.look(0, 4)
    for minute, level in enumerate([0, None, 0, 0], start=1):
        office.look(minute, level)
    assert office.minutes("Cleared") == []
    office.look(5, 0)
    assert office.minutes("Cleared") == [5]


def test_an_alert_that_was_closed_is_raised_again_only_once_it_has_gone_and_come_anew() -> None:
    office = Office(Rule("fever-cluster", "urgent", 3, 2, 1))
    office.look(0, 3)
    office.alerts["0-0"].close(LIN, "都已送医", NOW)
    office.look(1, 8)
    assert office.minutes("Raised") == [0]
    for minute, level in enumerate([0, 0, 3], start=2):
        office.look(minute, level)
    assert office.minutes("Raised") == [0, 4]
    assert [step.what for step in office.alerts["0-0"].steps] == ["raised", "closed", "cleared"]
    assert office.alerts["0-0"].state == "closed"


def test_the_number_of_cases_is_told_as_it_is_now() -> None:
    office = Office(Rule("fever-cluster", "urgent", 3, 2, 1))
    office.look(0, 3)
    office.look(1, 7)
    assert office.alerts["0-0"].words.zh == "1 小时内报告 7 例发热"


def test_a_rule_that_is_put_out_of_use_takes_its_alerts_with_it_and_raises_none() -> None:
    office = Office(Rule("fever-cluster", "urgent", 3, 2, 30))
    office.look(0, 3)
    office.rule.on = False
    office.look(1, 3)
    office.look(2, 3)
    assert (office.minutes("Raised"), office.minutes("Cleared")) == ([0], [1])


def test_one_officer_takes_an_alert_on_and_nobody_acts_on_one_that_is_over() -> None:
    office = Office(Rule("fever-cluster", "urgent", 3, 2, 0))
    office.look(0, 3)
    alert = office.alerts["0-0"]
    alert.acknowledge(LIN, "已联系居委会", NOW)
    with pytest.raises(AlreadyAcknowledged, match="林区长"):
        alert.acknowledge(WU, "", NOW)
    before = deepcopy(alert)
    office.look(1, 0)
    for act in (alert.acknowledge, alert.close):
        with pytest.raises(AlertOver):
            act(WU, "晚了", NOW)
    assert [step.what for step in alert.steps] == [*(step.what for step in before.steps), "cleared"]


def test_a_rule_never_clears_above_where_it_raises() -> None:
    rule = Rule("fever-cluster", "urgent", 3, 2, 30)
    with pytest.raises(ThresholdsCrossed):
        rule.set("urgent", 3, 4, 30, on=True)
    assert rule == Rule("fever-cluster", "urgent", 3, 2, 30)


def test_every_condition_has_a_usual_rule() -> None:
    assert [rule.id for rule in USUAL_RULES] == list(CONDITIONS)
    assert all(rule.clear_below <= rule.raise_at for rule in USUAL_RULES)
