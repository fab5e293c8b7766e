"""The rules of lending and of help between neighbours: case by case, and in any order at all."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from services.volunteers.domain import help as helping
from services.volunteers.domain import loans as lending
from services.volunteers.domain.help import Request
from services.volunteers.domain.loans import PARTIES, Away, Loan, LoanEvent, Party, Stay, StayEvent
from services.volunteers.domain.volunteers import Standing, Volunteer
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import RuleBroken
from tests.lengths import examples

AT = datetime(2020, 2, 5, 1, tzinfo=UTC)  # nine in the morning of 5 February
TODAY = date(2020, 2, 5)


def someone(community: str = "yueran", standing: Standing = "approved", *, name_shown: bool = True) -> Volunteer:
    return Volunteer(f"v-{community}", "a1", community, "罗见山", name_shown, "3号楼", ("driving",), standing)


def loan(first: int = 1, last: int = 2) -> Loan:
    span = lending.whole_days(TODAY + timedelta(days=first), TODAY + timedelta(days=last))
    return lending.lend("l1", someone(), "biguiyuan", span, None)


def agreed() -> Loan:
    made = loan()
    for party in PARTIES:
        made.agree(party, "x", AT)
    return made


def test_the_third_yes_makes_it_agreed_whoever_says_it() -> None:
    made = loan()
    assert made.agree("borrower", "x", AT) == made.agree("volunteer", "x", AT) == []
    assert made.missing == ["home"]
    assert made.agree("home", "x", AT) == [lending.Agreed("v-yueran", "biguiyuan", made.starts, made.ends)]
    assert (made.state, made.missing) == ("agreed", [])


def test_days_are_whole_days_by_peoples_clock() -> None:
    starts, ends = lending.days(TODAY, TODAY, AT)
    assert (starts, ends) == (datetime(2020, 2, 4, 16, tzinfo=UTC), datetime(2020, 2, 5, 16, tzinfo=UTC))


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(2, 1, "days-reversed"), (-1, 1, "days-past"), (61, 61, "days-too-far"), (0, 30, "days-too-many")],
)
def test_days_that_cannot_be_offered_are_named(first: int, last: int, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        lending.days(TODAY + timedelta(days=first), TODAY + timedelta(days=last), AT)
    assert refused.value.code == code


def test_days_at_the_end_of_the_calendar_are_refused_like_any_others() -> None:
    with pytest.raises(lending.DaysTooFar):
        lending.days(date.max, date.max, AT)


def test_only_an_approved_volunteer_is_lent_and_only_where_they_are_a_stranger() -> None:
    span = lending.whole_days(TODAY, TODAY)
    with pytest.raises(lending.NotLendable):
        lending.lend("l1", someone(standing="suspended"), "biguiyuan", span, None)
    with pytest.raises(lending.OwnCommunity):
        lending.lend("l1", someone(), "yueran", span, None)
    for standing in ("approved", "suspended"):
        with pytest.raises(lending.KnownThere):
            lending.lend("l1", someone(), "biguiyuan", span, someone("biguiyuan", standing))
    assert lending.lend("l1", someone(), "biguiyuan", span, someone("biguiyuan", "applied")).state == "offered"


def test_a_no_ends_an_offer_and_keeps_its_reason() -> None:
    made = loan()
    assert made.stop("home", "这几天自己也缺人", "x", AT) == []
    assert (made.state, made.reason) == ("declined", "这几天自己也缺人")
    with pytest.raises(lending.LoanDecided):
        made.agree("borrower", "x", AT)


def test_who_offered_takes_back_and_who_was_asked_declines() -> None:
    offered, asked = loan(), loan()
    offered.agree("volunteer", "a1", AT)
    offered.stop("volunteer", None, "a1", AT)
    asked.stop("volunteer", None, "a1", AT)
    assert (offered.state, asked.state) == ("withdrawn", "declined")


def test_a_loan_that_ended_before_home_released_the_days_never_begins() -> None:
    made = agreed()
    assert made.stop("borrower", "门已关", "x", AT) == [lending.Ended("v-yueran")]
    assert made.begin(someone()) is None


def test_a_name_is_told_with_consent_only_and_can_be_taken_back_after_the_stay() -> None:
    begun = agreed().begin(someone())
    assert begun is not None
    stay, happened = begun
    assert [type(one) for one in happened] == [lending.StayBegun, lending.StayIntroduced]
    stay.end()
    assert stay.withdraw_name() == [lending.StayNameWithdrawn("v-yueran")]
    assert stay.withdraw_name() == []
    silent = agreed().begin(someone(name_shown=False))
    assert silent is not None
    assert [type(one) for one in silent[1]] == [lending.StayBegun]


class AnyOrder(RuleBasedStateMachine):
    """One person, two homes and one calendar: offers, answers, withdrawals, released days and the clock, in any order."""

    loans = Bundle("loans")
    released = Bundle("released")

    def __init__(self) -> None:
        super().__init__()
        self.at = AT
        self.away = Away("a1")
        self.made = dict[str, Loan]()
        self.stays = dict[str, Stay]()
        self.told = dict[str, list[LoanEvent | StayEvent]]()
        self.seen_over = set[str]()

    def keep(self, one: Loan, happened: list[LoanEvent]) -> list[str]:
        """As the use case keeps it; returns what home will answer to."""
        self.told[one.id] += happened
        self.told[one.id] += lending.settle(one, self.away, self.stays.get(one.id))
        return [one.id for event in happened if isinstance(event, lending.Agreed)]

    @rule(target=loans, first=st.integers(0, 6), length=st.integers(0, 3), asked=st.booleans())
    def offer(self, first: int, length: int, asked: bool) -> object:
        today = self.at.astimezone(SHANGHAI).date()
        span = lending.days(today + timedelta(days=first), today + timedelta(days=first + length), self.at)
        one = lending.lend(f"l{len(self.made)}", someone(), "biguiyuan", span, None)
        if not asked:
            try:
                lending.offer(one, self.away, "a1", self.at)
            except RuleBroken:
                return multiple()
        self.made[one.id], self.told[one.id] = one, []
        return one.id

    @rule(target=released, id_=loans, party=st.sampled_from(PARTIES))
    def say_yes(self, id_: str, party: Party) -> object:
        one = self.made[id_]
        try:
            own = party == "volunteer"
            happened = lending.offer(one, self.away, "a1", self.at) if own else one.agree(party, "x", self.at)
        except RuleBroken:
            return multiple()
        return multiple(*self.keep(one, happened))

    @rule(id_=loans, party=st.sampled_from(PARTIES))
    def say_no(self, id_: str, party: Party) -> None:
        try:
            self.keep(self.made[id_], self.made[id_].stop(party, "原因", "x", self.at))
        except RuleBroken:
            assert self.made[id_].over

    @rule(id_=consumes(released))
    def home_releases_the_days(self, id_: str) -> None:
        if (begun := self.made[id_].begin(someone())) is not None:
            self.stays[id_], happened = begun
            self.told[id_] += happened

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        for one in self.made.values():
            self.keep(one, one.pass_time(self.at))

    @invariant()
    def none_begins_without_all_three_and_the_released_days(self) -> None:
        for id_, one in self.made.items():
            kinds = [type(event) for event in self.told[id_]]
            if one.state in ("agreed", "running"):
                assert {said.party for said in one.said if said.answer == "yes"} == set(PARTIES)
            if lending.StayBegun in kinds:
                assert kinds[0] is lending.Agreed

    @invariant()
    def loan_and_stay_tell_one_story(self) -> None:
        for id_, one in self.made.items():
            kinds = [type(event) for event in self.told[id_] if not isinstance(event, lending.StayIntroduced)]
            begun = [lending.Agreed, lending.StayBegun]
            stories = {
                "agreed": [[lending.Agreed]],
                "running": [begun],
                "ended": [[lending.Agreed, lending.Ended], [*begun, lending.Ended, lending.StayEnded]],
            }
            assert kinds in stories.get(one.state, [[]])
            if id_ in self.stays:
                assert self.stays[id_].over == one.over

    @invariant()
    def no_two_of_one_persons_loans_overlap(self) -> None:
        bound = [one for one in self.made.values() if not one.over and "volunteer" not in one.missing]
        assert {one.id for one in bound} == {one.loan for one in self.away.booked}
        for one in bound:
            assert not any(one.starts < other.ends and other.starts < one.ends for other in bound if other is not one)

    @invariant()
    def what_ended_stays_ended(self) -> None:
        over = {id_ for id_, one in self.made.items() if one.over}
        assert self.seen_over <= over
        self.seen_over = over


TestLoansInAnyOrder = AnyOrder.TestCase
TestLoansInAnyOrder.settings = settings(max_examples=examples(150), stateful_step_count=30)


def request(missing: int = 2) -> Request:
    starts = datetime(2020, 2, 6, 12, tzinfo=UTC)
    return Request(
        "biguiyuan.west-1", "biguiyuan", "west-1", "neighbours", AT, AT + timedelta(hours=1), "西门", "West gate",
        "gate", None, starts, starts + timedelta(hours=4), missing,
    )  # fmt: skip


def test_a_neighbour_names_people_and_names_more() -> None:
    asked = request()
    assert asked.send("yueran", ["l1"], "x", AT) == [helping.Answered("west-1", "yueran", "yes", 1)]
    assert asked.send("yueran", ["l2"], "x", AT) == [helping.Answered("west-1", "yueran", "yes", 2)]
    with pytest.raises(helping.MoreThanMissing):
        asked.send("yueran", ["l3"], "x", AT)
    assert asked.promised == 2


def test_who_was_named_and_does_not_come_is_taken_off_the_promise() -> None:
    asked = request()
    asked.send("yueran", ["l1", "l2"], "x", AT)
    assert asked.lose("yueran", "l1", "a1", AT) == [helping.Answered("west-1", "yueran", "yes", 1)]
    assert asked.lose("yueran", "l1", "a1", AT) == []
    assert asked.lose("yueran", "l2", "a1", AT) == [helping.Answered("west-1", "yueran", "no", 0)]


def test_a_promise_is_taken_back_by_ending_the_loan_not_by_a_no() -> None:
    asked = request()
    asked.send("yueran", ["l1"], "x", AT)
    with pytest.raises(helping.AlreadyPromised):
        asked.regret("yueran", "x", AT)


def test_the_district_answers_once_it_is_asked_and_may_change_its_number() -> None:
    asked = request()
    with pytest.raises(helping.NotAskedYet):
        asked.send_team(1, "o", AT)
    asked.ask("district", AT, AT + timedelta(hours=2), 2)
    asked.send_team(1, "o", AT)
    assert asked.send_team(2, "o", AT) == [helping.Answered("west-1", "district", "yes", 2)]
    assert asked.promised == 2


def test_nobody_answers_their_own_request_nor_one_that_is_over() -> None:
    asked = request()
    with pytest.raises(helping.OwnRequest):
        asked.regret("biguiyuan", "x", AT)
    with pytest.raises(helping.RequestOver):
        asked.regret("yueran", "x", asked.ends)
    asked.close()
    with pytest.raises(helping.RequestOver):
        asked.regret("yueran", "x", AT)


def test_a_second_search_begins_with_no_answers() -> None:
    asked = request()
    asked.regret("yueran", "x", AT)
    asked.close()
    asked.ask("neighbours", AT + timedelta(hours=3), AT + timedelta(hours=4), 1)
    assert (asked.answers, asked.since, asked.over) == ([], AT + timedelta(hours=3), False)


def test_a_shift_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    asked = request()
    assert asked.span == (date(2020, 2, 6), date(2020, 2, 6))
    asked.ends += timedelta(hours=2)
    assert asked.span == (date(2020, 2, 6), date(2020, 2, 7))
