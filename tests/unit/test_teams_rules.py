"""Teams, abilities and honours, case by case."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.volunteers.domain.abilities import (
    AbilitiesChanged,
    Certificate,
    NoSuchCertificate,
    NotYetHelping,
    RolesTaken,
    Skill,
)
from services.volunteers.domain.records import Duty, by_month, hours_to_next_star, stars
from services.volunteers.domain.teams import (
    AlreadyMember,
    Dissolved,
    LeaderNamed,
    MemberJoined,
    MemberLeft,
    NotAsking,
    NotMember,
    Team,
    TeamDissolved,
)
from services.volunteers.domain.volunteers import Volunteer
from shared.kernel.errors import RuleBroken


def team(*members: str) -> Team:
    return Team("t1", "biguiyuan", "小雨滴", "Raindrop", list(members))


def volunteer() -> Volunteer:
    return Volunteer("v1", "a1", "yueran", "罗见山", True, "3号楼", ("driving",), "approved")


def test_who_asks_is_taken_in_once_and_who_did_not_ask_is_not() -> None:
    raindrop = team()
    with pytest.raises(NotAsking):
        raindrop.accept("v1")
    raindrop.ask("v1")
    raindrop.ask("v1")
    assert raindrop.accept("v1") == [MemberJoined("v1")]
    with pytest.raises(AlreadyMember):
        raindrop.enrol("v1")
    assert (raindrop.members, raindrop.asking) == (["v1"], [])


def test_a_leader_is_one_of_the_members_and_who_leaves_leads_no_longer() -> None:
    raindrop = team("v1", "v2")
    with pytest.raises(NotMember):
        raindrop.name_leader("v9")
    assert raindrop.name_leader("v1") == [LeaderNamed("v1")]
    assert raindrop.name_leader("v1") == []
    assert raindrop.step_back("v2") == []
    assert raindrop.leave("v1") == [LeaderNamed(None), MemberLeft("v1")]


def test_a_dissolved_team_takes_nobody() -> None:
    raindrop = team("v1")
    assert raindrop.dissolve() == [Dissolved()]
    assert raindrop.dissolve() == []
    with pytest.raises(TeamDissolved):
        raindrop.ask("v2")


@given(st.lists(st.tuples(st.sampled_from(["ask", "accept", "enrol", "decline", "leave", "name_leader", "step_back"]),
                          st.sampled_from(["v1", "v2", "v3"])), max_size=25))  # fmt: skip
def test_whatever_is_done_the_leader_is_a_member_and_nobody_is_in_twice(done: list[tuple[str, str]]) -> None:
    raindrop = team()
    for what, who in done:
        before = (list(raindrop.members), list(raindrop.asking), raindrop.leader)
        try:
            getattr(raindrop, what)(who)
        except RuleBroken:
            assert (raindrop.members, raindrop.asking, raindrop.leader) == before
        assert raindrop.leader in (None, *raindrop.members)
        everybody = [*raindrop.members, *raindrop.asking]
        assert len(everybody) == len(set(everybody))


def test_a_skill_counts_as_long_as_the_longest_of_its_papers() -> None:
    someone = volunteer()
    first, second = date(2020, 6, 30), date(2021, 6, 30)
    told = someone.certify(Certificate("medical", "护士执业证书", first))
    assert told == [AbilitiesChanged((Skill("driving", None), Skill("medical", first)), ())]
    told = someone.certify(Certificate("medical", "急救证", second))
    assert told[0].skills[1] == Skill("medical", second)
    assert someone.certify(Certificate("medical", "急救证", second)) == []
    assert someone.certify(Certificate("medical", "急救证", None))[0].skills[1] == Skill("medical", None)


def test_a_certificate_is_taken_off_the_record_by_skill_and_kind() -> None:
    someone = volunteer()
    someone.certify(Certificate("driving", "驾驶证 C1", date(2020, 6, 30)))
    with pytest.raises(NoSuchCertificate):
        someone.withdraw_certificate("driving", "驾驶证 B2")
    assert someone.withdraw_certificate("driving", "驾驶证 C1")[0].skills == (Skill("driving", None),)


def test_a_certificate_ends_with_its_last_day_and_is_asked_for_thirty_days_before() -> None:
    paper = Certificate("medical", "护士执业证书", date(2020, 3, 1))
    assert (paper.is_over(date(2020, 3, 1)), paper.is_over(date(2020, 3, 2))) == (False, True)
    assert (paper.ends_soon(date(2020, 1, 30)), paper.ends_soon(date(2020, 1, 31))) == (False, True)


def test_what_an_applicant_can_do_is_told_to_nobody_before_approval() -> None:
    someone = volunteer()
    someone.standing = "applied"
    assert someone.state_abilities(["medical"], ["weekday-night"]) == []
    with pytest.raises(NotYetHelping):
        someone.take_roles(["guide"])
    assert AbilitiesChanged((Skill("medical", None),), ("weekday-night",)) in someone.approve()


def test_the_same_roles_again_are_no_news() -> None:
    someone = volunteer()
    assert someone.take_roles(["guide", "duty"]) == [RolesTaken(("duty", "guide"))]
    assert someone.take_roles(["duty", "guide"]) == []


def test_stars_are_given_at_100_300_600_1000_and_1500_hours() -> None:
    assert [stars(hours * 60) for hours in (99, 100, 299, 300, 600, 1000, 1499, 1500)] == [0, 1, 1, 2, 3, 4, 4, 5]
    assert (hours_to_next_star(99 * 60 + 30), hours_to_next_star(1500 * 60)) == (1, None)


def test_a_month_is_shanghais() -> None:
    last_evening = Duty("yueran", "s1", datetime(2020, 1, 31, 16, 30, tzinfo=UTC), minutes=30)
    noon, missed = datetime(2020, 1, 31, 4, 0, tzinfo=UTC), datetime(2020, 1, 30, tzinfo=UTC)
    months = by_month([last_evening, Duty("yueran", "s2", noon, minutes=60), Duty("yueran", "s3", missed, missed=True)])
    assert (months.minutes, months.total) == ({"2020-02": 30, "2020-01": 60}, 90)
