"""The rules of the gate log: however entries come, the log is the same; what cannot have been is told row by row."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.district.domain.gates import Passed, tally
from services.grid.domain.gates import (
    AHEAD,
    LATE_AFTER,
    MOST_IN_EVENT,
    OLDEST,
    Entry,
    FromTheFuture,
    TemperatureOutOfRange,
    TooOld,
    UnknownGate,
    UnreadableEntry,
    plate_of,
    read,
    sort_out,
    tell,
)
from shared.kernel.errors import RuleBroken
from tests.lengths import examples

NOW = datetime(2020, 2, 14, 3, tzinfo=UTC)
GATES = {"west", "north"}


def row(**told: Any) -> dict[str, Any]:
    entry = {"id": "entry-001", "gate": "west", "direction": "in", "kind": "person", "at": NOW.isoformat()}
    return {**entry, **told}


def one(**told: Any) -> Entry:
    return read(row(**told), NOW, GATES, 37.3)


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """What handhelds kept: each entry with an id of its own, by clocks that are wrong by up to a day."""
    drawn = []
    for number in range(draw(st.integers(1, 30))):
        offset = draw(st.integers(-86_400, 86_400))
        happened = NOW - timedelta(seconds=draw(st.integers(0, 5 * 86_400)))
        told = {"temperature": draw(st.sampled_from([None, 36.5, 37.3, 38.9, 60.0]))}
        at = (happened - timedelta(seconds=offset)).isoformat()
        gate = draw(st.sampled_from(sorted(GATES)))
        drawn.append(row(id=f"entry-{number:03}", gate=gate, at=at, offset=offset, **told))
    return drawn


class Log:
    """A log as the database keeps it: what is known by its id is not entered again."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.events: list[Any] = []
        self.refused: set[str | None] = set()

    def take(self, upload: list[Any]) -> None:
        found = sort_out(upload, NOW, GATES, 37.3)
        new = [entry for entry in found.entries if entry.id not in self.entries]
        self.entries.update({entry.id: entry for entry in new})
        self.events += tell(new)
        self.refused |= {refused.id for refused in found.refused}

    def counts(self) -> dict[Any, Counter[str]]:
        """As the district counts them, from the events alone."""
        passed = (
            Passed("yueran", event.gate, entry.at, (entry.direction, *entry.flags))
            for event in self.events
            for entry in event.entries
        )
        return tally(passed)


@settings(max_examples=examples(60))
@given(kept=rows(), data=st.data())
def test_any_split_order_and_repetition_gives_the_same_log_and_counters(
    kept: list[dict[str, Any]], data: st.DataObject
) -> None:
    whole = Log()
    whole.take(kept)
    parts = Log()
    sent = data.draw(st.permutations(kept + data.draw(st.lists(st.sampled_from(kept), max_size=20))))
    while sent:
        cut = data.draw(st.integers(1, len(sent)))
        parts.take(sent[:cut])
        sent = sent[cut:]
    assert parts.entries == whole.entries
    assert parts.counts() == whole.counts()
    assert parts.refused == whole.refused


@given(offset=st.integers(-86_400, 86_400), ago=st.integers(0, 86_400))
def test_an_entry_stands_where_it_truly_was_whatever_its_clock_said(offset: int, ago: int) -> None:
    truly = NOW - timedelta(seconds=ago)
    entry = one(at=(truly - timedelta(seconds=offset)).isoformat(), offset=offset)
    assert entry.at == truly
    assert ("skewed" in entry.flags) is (abs(offset) >= 60)
    assert ("late" in entry.flags) is (NOW - truly > LATE_AFTER)


@given(numbers=st.lists(st.integers(0, 9_999), unique=True, max_size=350), data=st.data())
def test_events_hold_every_entry_once_each_gate_by_itself_and_never_too_many(
    numbers: list[int], data: st.DataObject
) -> None:
    gates = st.sampled_from(sorted(GATES))
    entries = [one(id=f"entry-{number:04}", gate=data.draw(gates)) for number in numbers]
    told = tell(entries)
    assert sorted(entry.id for event in told for entry in event.entries) == sorted(entry.id for entry in entries)
    at_gate = {entry.id: entry.gate for entry in entries}
    assert all(at_gate[entry.id] == event.gate for event in told for entry in event.entries)
    assert all(1 <= len(event.entries) <= MOST_IN_EVENT for event in told)


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"at": (NOW + AHEAD + timedelta(seconds=1)).isoformat()}, FromTheFuture),
        ({"at": (NOW - OLDEST - timedelta(seconds=1)).isoformat()}, TooOld),
        ({"at": "2020-02-14T11:00:00"}, UnreadableEntry),
        ({"at": "yesterday"}, UnreadableEntry),
        ({"at": "9999-12-31T23:59:59-12:00"}, UnreadableEntry),
        ({"temperature": 12.0}, TemperatureOutOfRange),
        ({"temperature": float("nan")}, TemperatureOutOfRange),
        ({"temperature": "36.5"}, UnreadableEntry),
        ({"offset": float("inf")}, UnreadableEntry),
        ({"gate": "east"}, UnknownGate),
        ({"gate": None}, UnknownGate),
        ({"id": "short"}, UnreadableEntry),
        ({"id": None}, UnreadableEntry),
        ({"direction": "up"}, UnreadableEntry),
        ({"kind": []}, UnreadableEntry),
        ({"name": "x\0"}, UnreadableEntry),
        ({"plate": "x" * 41}, UnreadableEntry),
    ],
)
def test_what_cannot_be_is_refused_by_name(told: dict[str, Any], refusal: type[RuleBroken]) -> None:
    with pytest.raises(refusal):
        one(**told)


@given(
    faulty=st.lists(
        st.one_of(st.none(), st.integers(), st.text(), st.lists(st.none()), st.dictionaries(st.text(), st.text()))
    )
)
def test_rows_of_any_kind_cost_the_good_ones_nothing(faulty: list[Any]) -> None:
    found = sort_out([*faulty, row(id="entry-good")], NOW, GATES, 37.3)
    assert [entry.id for entry in found.entries] == ["entry-good"]
    assert [refused.row for refused in found.refused] == list(range(len(faulty)))


def test_a_fever_begins_where_the_community_says() -> None:
    assert read(row(temperature=37.3), NOW, GATES, 37.3).has_fever
    assert not read(row(temperature=37.3), NOW, GATES, 37.5).has_fever
    assert not read(row(temperature=None), NOW, GATES, 37.3).has_fever


def test_what_everybody_is_told_names_nobody() -> None:
    entry = one(name="王小明", plate="京A·12345", returnee_from="上海", temperature=38.2)
    told = repr([*tell([entry]), entry.fever_found()])
    assert entry.flags == ("returnee", "fever")
    assert not any(secret in told for secret in ("王小明", "京A", "12345", "上海"))


def test_a_number_plate_is_found_however_it_is_written() -> None:
    assert plate_of("京a·12345") == plate_of(" 京A 12345 ") == "京A12345"
    assert plate_of("··") is None
