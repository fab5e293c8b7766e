"""What starts an automatic notice and what ends it, held against the contracts: no notice is left standing by an act taken back."""

import pytest

from services.notify.domain.rules import FOR_WHO_HEARD, TRIGGERS, End, Lasting, ended_by, trigger_for
from services.notify.domain.usual_rules import USUAL_RULES
from services.notify.service import NotifyService
from services.notify.usecases.hearing import REACTIONS
from shared.events.contracts import registry
from tests.contracts.samples import TYPES, sample

ENDS = [(name, end) for name, trigger in TRIGGERS.items() for end in trigger.ends if isinstance(end, End)]
ITS_OWN = f"{NotifyService.name}."


@pytest.mark.parametrize("name", TRIGGERS)
def test_what_starts_a_notice_names_the_event_that_ends_it_or_says_why_none_does(name: str) -> None:
    ends = TRIGGERS[name].ends
    assert ends
    if isinstance(ends, Lasting):
        assert len(ends.why.split()) > 5


@pytest.mark.parametrize(("name", "end"), ENDS)
def test_what_ends_a_notice_is_an_event_of_the_same_subject_that_can_be_told_from_others(name: str, end: End) -> None:
    start = TRIGGERS[name].type
    contracts = [registry.contract(type_) for type_ in (start, end.type)]
    if not start.startswith(ITS_OWN):  # a notice of its own asks for posters, and they share its name
        assert start.split(".")[:2] == end.type.split(".")[:2], "in one aggregate's order the end comes after the start"
    if end.by is not None:
        assert all(end.by in one.schema.fields for one in contracts)


@pytest.mark.parametrize("type_", sorted({one.type for one in TRIGGERS.values()} | {end.type for _, end in ENDS}))
def test_what_starts_or_ends_a_notice_is_heard_unless_it_happens_here(type_: str) -> None:
    assert type_ in TYPES
    assert type_ in REACTIONS or type_.startswith(ITS_OWN)


@pytest.mark.parametrize("name", sorted(FOR_WHO_HEARD))
def test_what_is_told_to_whoever_heard_ends_something(name: str) -> None:
    assert ended_by(TRIGGERS[name].type)


@pytest.mark.parametrize("name", TRIGGERS)
def test_every_trigger_has_a_usual_rule(name: str) -> None:
    assert [one.id for one in USUAL_RULES if one.trigger == name] == [name]


@pytest.mark.parametrize("type_", sorted({one.type for one in TRIGGERS.values()}))
def test_a_golden_sample_pulls_a_trigger_of_its_own_type_or_none(type_: str) -> None:
    name = trigger_for(type_, sample(type_).data)
    assert name is None or TRIGGERS[name].type == type_


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("shifts.post.closing-planned.v1", "shifts.post.closing-withdrawn.v1"),
        ("shifts.post.closed.v1", "shifts.post.reopened.v1"),
        ("rescue.mission.accepted.v1", "rescue.mission.handed-back.v1"),
        ("rescue.mission.accepted.v1", "rescue.mission.cancelled.v1"),
        ("shifts.shift.released.v1", "shifts.shift.claimed.v1"),
        ("shifts.cover.asked.v1", "shifts.cover.ended.v1"),
        ("supplies.stock.shortage-raised.v1", "supplies.stock.shortage-cleared.v1"),
        ("district.alert.raised.v1", "district.alert.cleared.v1"),
    ],
)
def test_the_counterparts_of_the_field_end_what_was_told(start: str, end: str) -> None:
    assert {name for name, one in TRIGGERS.items() if one.type == start} <= {name for name, _ in ended_by(end)}


def test_every_event_that_says_something_is_over_is_looked_at() -> None:
    """A counterpart that a contract gains later is named here, or ends what was told."""
    over = ("withdrawn", "reopened", "cancelled", "cleared", "handed-back", "gap-closed", "restored", "ended")
    aggregates = {one.type.rsplit(".", 2)[0] for one in TRIGGERS.values()}
    counterparts = {
        type_
        for type_ in TYPES
        if type_.rsplit(".", 2)[0] in aggregates and type_.split(".")[2].removeprefix("closing-") in over
    }
    ends = {end.type for _, end in ENDS}
    assert counterparts - ends == {
        "shifts.shift.cancelled.v1",  # its people are released, each by an event that tells them
        "shifts.shift.restored.v1",  # and have their places again, each by an event that tells them
    }
