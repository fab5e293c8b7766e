"""The rules of volunteering, case by case."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.volunteers.domain.abilities import AbilitiesChanged, Skill
from services.volunteers.domain.volunteers import (
    Approved,
    Introduced,
    NotHelping,
    NotSuspended,
    NotWaiting,
    Refused,
    Reinstated,
    Suspended,
    Volunteer,
)
from shared.kernel.errors import RuleBroken

DRIVES = AbilitiesChanged((Skill("driving", None),), ())


def volunteer(*, name_shown: bool = True) -> Volunteer:
    return Volunteer("v1", "a1", "yueran", "罗见山", name_shown, "3号楼", ("driving",))


def test_an_approved_applicant_is_introduced_by_name_to_those_they_work_with() -> None:
    someone = volunteer()
    assert someone.approve() == [Approved("a1", ("driving",)), Introduced("罗见山"), DRIVES]
    assert someone.standing == "approved"


def test_without_consent_no_name_is_told() -> None:
    assert volunteer(name_shown=False).approve() == [Approved("a1", ("driving",)), DRIVES]


def test_a_refusal_keeps_its_reason_to_itself() -> None:
    someone = volunteer()
    assert someone.refuse("请在您住的社区报名") == [Refused("a1")]
    assert someone.reason == "请在您住的社区报名"


def test_an_application_is_decided_once() -> None:
    someone = volunteer()
    someone.refuse("不在本社区")
    with pytest.raises(NotWaiting):
        someone.approve()
    with pytest.raises(NotWaiting):
        someone.refuse("再一次")


def test_only_who_helps_can_be_suspended() -> None:
    with pytest.raises(NotHelping):
        volunteer().suspend("没有来由")


def test_a_suspension_ends_and_its_reason_with_it() -> None:
    someone = volunteer()
    someone.approve()
    assert someone.suspend("静养") == [Suspended("a1")]
    assert someone.reinstate() == [Reinstated("a1")]
    assert (someone.standing, someone.reason) == ("approved", None)


def test_nobody_is_reinstated_who_was_not_suspended() -> None:
    with pytest.raises(NotSuspended):
        volunteer().reinstate()


DECISIONS: dict[str, Callable[[Volunteer], Sequence[object]]] = {
    "approve": Volunteer.approve,
    "refuse": lambda one: one.refuse("原因"),
    "suspend": lambda one: one.suspend("原因"),
    "reinstate": Volunteer.reinstate,
}


@given(st.lists(st.sampled_from(sorted(DECISIONS)), max_size=12))
def test_a_decision_that_is_refused_changes_nothing_and_who_was_refused_never_helps(decisions: list[str]) -> None:
    someone, ever_refused = volunteer(), False
    for decision in decisions:
        before = someone.standing, someone.reason
        try:
            assert DECISIONS[decision](someone) != []
        except RuleBroken:
            assert (someone.standing, someone.reason) == before
        ever_refused = ever_refused or someone.standing == "refused"
        assert not (ever_refused and someone.standing != "refused")
