"""The rules of notify: the life of a delivery, quiet hours and digests, templates, audiences, notices, posters."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.notify.domain import refusals
from services.notify.domain.answers import AnswerGiven, Ask
from services.notify.domain.deliveries import BACKOFF, MOST_TRIES, Delivery
from services.notify.domain.notices import Notice, Request, Wording, check_audience
from services.notify.domain.people import Duty, Habits, Home, Person
from services.notify.domain.posters import Building, Care, Poster
from services.notify.domain.rules import TRIGGERS
from services.notify.domain.schedule import DIGEST_HOUR, due_for, is_quiet, part_of_week
from services.notify.schemas.notices import FACT_WORDS
from shared.i18n.timezone import SHANGHAI
from shared.outbound.template_sandbox import LONGEST_FACT, LONGEST_TEXT, BadTemplate, fill

AT = datetime(2026, 2, 12, 2, tzinfo=UTC)  # ten in the morning in Shanghai
MINUTE = timedelta(minutes=1)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.integers(0, 23)
HABITS = st.builds(Habits, quiet_from=HOURS, quiet_to=HOURS, digest=st.booleans())


def delivery(*, important: bool = False) -> Delivery:
    return Delivery("n.p.sms", "n", "yueran", "p", "", "sms", "c", important, AT)


class DeliveryLife(RuleBasedStateMachine):
    """Whatever the other side does and however often we fall: it ends, and goes out no more often than may be."""

    @initialize(important=st.booleans())
    def begin(self, important: bool) -> None:
        self.at, self.one, self.calls, self.arrived = AT, delivery(important=important), 0, 0
        self.maybe = 0

    @precondition(lambda self: self.one.state == "waiting")
    @rule()
    def send(self) -> None:
        self.at = max(self.at, self.one.due)
        self.one = self.one.take("us", self.at)
        self.calls += 1

    @precondition(lambda self: self.one.state == "sending")
    @rule(outcome=st.sampled_from(("sent", "refused", "failed", "unknown")))
    def hear(self, outcome: str) -> None:
        self.arrived += outcome == "sent"
        self.maybe += outcome == "unknown"
        self.one = self.one.settle(outcome, "why", self.at)  # type: ignore[arg-type]

    @precondition(lambda self: self.one.state == "sending")
    @rule()
    def fall(self) -> None:
        self.maybe += 1
        self.one = self.one.lose(self.at, "fell")

    @rule()
    def rest(self) -> None:
        self.at += MINUTE

    @invariant()
    def it_is_in_one_of_its_states_with_what_belongs_to_it(self) -> None:
        one = self.one
        assert (one.state == "sending") == (one.claim is not None)
        assert (one.ended is None) == (one.state in ("waiting", "sending"))

    @invariant()
    def it_ends_after_so_many_tries(self) -> None:
        assert self.calls <= MOST_TRIES
        if self.calls == MOST_TRIES:
            assert self.one.state in ("sending", "sent", "failed", "unknown")

    @invariant()
    def only_what_is_important_goes_out_again_after_nobody_knew_and_that_is_told(self) -> None:
        assert self.one.twice == (self.maybe > 0)
        if self.maybe and not self.one.important:
            assert self.one.state == "unknown"
        assert self.arrived <= 1


TestDeliveryLife = DeliveryLife.TestCase


def test_it_is_tried_again_later_and_later() -> None:
    one, waits = delivery(), []
    while one.state == "waiting":
        taken = one.take("us", one.due)
        one = taken.settle("failed", "busy", taken.due)
        waits.append(one.due - taken.due)
    assert waits[:-1] == list(BACKOFF) == sorted(BACKOFF)
    assert one.state == "failed"


def test_a_person_decides_on_what_is_unknown_or_failed_and_on_nothing_else() -> None:
    unknown = delivery().take("us", AT).lose(AT, "fell")
    assert unknown.decide(again=True, at=AT).state == "waiting"
    assert unknown.decide(again=False, at=AT).state == "sent"
    with pytest.raises(refusals.NothingToDecide):
        delivery().decide(again=True, at=AT)


@given(HABITS, MOMENTS)
def test_nobody_is_disturbed_in_quiet_hours_but_for_what_is_important(habits: Habits, at: datetime) -> None:
    due = due_for(habits, at, important=False)
    assert due_for(habits, at, important=True) == at
    assert at <= due < at + timedelta(days=2)
    assert not is_quiet(habits, due)


@given(HABITS, MOMENTS)
def test_what_need_not_wait_does_not(habits: Habits, at: datetime) -> None:
    awake = not is_quiet(habits, at) and not habits.digest
    assert (due_for(habits, at, important=False) == at) or not awake


@given(MOMENTS)
def test_a_digest_comes_in_the_evening(at: datetime) -> None:
    due = due_for(Habits(digest=True), at, important=False).astimezone(SHANGHAI)
    assert (due.hour, due.minute) == (DIGEST_HOUR, 0)


def test_the_same_hour_twice_means_never_quiet() -> None:
    assert not any(is_quiet(Habits(quiet_from=9, quiet_to=9), AT + hour * timedelta(hours=1)) for hour in range(24))


def test_parts_of_the_week_are_by_shanghais_clock() -> None:
    assert part_of_week(datetime(2026, 2, 13, 17, tzinfo=UTC)) == "weekend-night"
    assert part_of_week(datetime(2026, 2, 13, 1, tzinfo=UTC)) == "weekday-morning"


ATTACKS = (
    "{{ ''.__class__.__mro__ }}", "{{ name.__class__ }}", "{{ name['x'] }}", "{{ name() }}", "{{ range(10) }}",
    "{% for a in name %}{% endfor %}", "{% set x = name %}", "{% include 'x' %}", "{% import 'x' as y %}",
    "{{ 'a' * 100000000 }}", "{{ 9 ** 9 ** 9 }}", "{{ name ~ name }}", "{{ name|upper }}", "{{ self }}", "{{ cycler }}",
    "{% macro x() %}{% endmacro %}", "{{ name", "{% if name %}", "{{ name is defined }}", "{{ [1] }}",
)  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_template_does_nothing_but_name_facts(attack: str) -> None:
    with pytest.raises(BadTemplate):
        fill(attack, {"name": "林"})


@given(st.text(alphabet="{}%# nameifelsend'\"()[]._*|~-+0123456789", max_size=80))
def test_whatever_is_typed_is_filled_or_refused_and_stays_short(text: str) -> None:
    try:
        assert len(fill(text, {"name": "x" * 10_000})) <= LONGEST_TEXT
    except BadTemplate:
        return


def test_facts_are_words_never_templates() -> None:
    assert fill("{{ name }}", {"name": "{{ secret }}"}) == "{{ secret }}"
    assert fill("{% if name == '林' %}是{% else %}否{% endif %}", {"name": "林"}) == "是"
    assert len(fill("{{ name }}", {"name": "长" * 10_000})) == LONGEST_FACT


def notice(**more: object) -> Notice:
    plain = Notice(
        "n", "yueran", "tip", Wording("题", "文"), ("everyone",), ("inbox",), public=False, paper=False, author=None,
        written=AT,
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


def test_a_scheduled_notice_is_published_once_its_time_has_come_and_once_only() -> None:
    one = notice(send_at=AT + MINUTE)
    assert one.release(AT) == []
    assert one.come_due(AT) == []
    assert len(one.come_due(AT + MINUTE)) == 1
    assert one.come_due(AT + MINUTE) == []


def test_what_is_out_is_not_rewritten_but_corrected_once_or_withdrawn_once() -> None:
    one = notice()
    with pytest.raises(refusals.NotOut):
        one.correct("m")
    one.release(AT)
    with pytest.raises(refusals.NotADraft):
        one.rewrite(notice())
    one.correct("m")
    with pytest.raises(refusals.AlreadyCorrected):
        one.correct("k")
    one.withdraw()
    with pytest.raises(refusals.AlreadyWithdrawn):
        one.withdraw()


@pytest.mark.parametrize(("before", "after"), [(True, False), (False, True), (True, True), (False, False)])
def test_a_draft_written_anew_asks_whether_people_can_come_as_it_is_written_now(before: bool, after: bool) -> None:
    one = notice(request=Request("notice", "n") if before else None)
    one.rewrite(notice(request=Request("notice", "written-anew") if after else None))
    assert one.request == (Request("notice", "n") if after else None)


def test_a_notice_that_nobody_would_get_does_not_go_out() -> None:
    with pytest.raises(refusals.NoWayChosen):
        notice(ways=()).release(AT)
    for more in ({"public": True}, {"paper": True}, {"ways": ("sms",)}):
        assert notice(**{"ways": (), **more}).release(AT)


def test_a_draft_is_for_somebody_before_it_goes_out() -> None:
    with pytest.raises(refusals.NobodyChosen):
        notice(audience=()).release(AT)
    public = notice(audience=(), public=True)
    public.release(AT)
    assert not public.spreading


@pytest.mark.parametrize("bad", ["all", "role:", "$where", "building:" + "x" * 61, "everyone "])
def test_an_audience_is_made_of_known_groups(bad: str) -> None:
    with pytest.raises(refusals.NoSuchGroup):
        check_audience([bad])
    assert check_audience(["everyone", "team:a", "everyone"]) == ("everyone", "team:a")


def test_a_persons_groups_follow_from_what_is_known() -> None:
    one = Person("a", "a", rights=["staff@community:yueran", "officer@district"], home=Home("biguiyuan", "3号楼"))
    helping = one.help_in("v", "yueran")
    helping.standing, helping.teams, helping.roles = "approved", ["t"], ["duty"]
    one.over_60, one.gave = True, ["masks"]
    one.regroup()
    assert set(one.groups) == {
        "yueran/everyone", "yueran/role:staff", "yueran/role:volunteer", "yueran/volunteer:v", "yueran/team:t",
        "yueran/role:duty", "yueran/over-60", "biguiyuan/everyone", "biguiyuan/building:3号楼", "biguiyuan/over-60",
        "district/gave:masks", "district/role:officer",
    }  # fmt: skip
    helping.standing = "suspended"
    one.rights, one.home = [], None
    one.regroup()
    assert {group for group in one.groups if group.startswith("yueran")} == {"yueran/volunteer:v", "yueran/over-60"}


def test_whoever_stands_at_a_post_stands_there_once() -> None:
    one = Person("a")
    for _ in range(2):
        one.arrive(Duty("s", "yueran", AT))
    assert Counter(duty.shift for duty in one.duties) == {"s": 1}
    one.leave("s")
    assert one.duties == []


def test_a_unit_without_an_owner_of_its_own_is_in_the_care_of_the_whole_buildings() -> None:
    building = Building("yueran/b3", "yueran", "3号楼", ["1单元", "2单元"], {"": Care("a", "b"), "2单元": Care("c")})
    assert building.carer_of("1单元") == Care("a", "b")
    assert building.carer_of("2单元") == Care("c", "b")
    assert Building("x", "yueran", "x", []).doors() == [""]


def test_a_poster_is_confirmed_by_who_cares_for_the_door_once() -> None:
    one = Poster("p", "n", "yueran", "3号楼", "", owner="v", deputy="d", asked=AT)
    with pytest.raises(refusals.NotYourPoster):
        one.place(AT, "someone", ["other"], leading=False)
    with pytest.raises(refusals.NotYourPoster):
        replace(one, owner=None, deputy=None).place(AT, "resident", [], leading=False)
    assert replace(one, owner=None, deputy=None).place(AT, "any", ["other"], leading=False)
    assert one.place(AT, "deputy", ["d"], leading=False)
    with pytest.raises(refusals.AlreadyPlaced):
        one.place(AT, "staff", [], leading=True)


def test_a_poster_is_taken_down_once_and_only_where_it_hangs_though_its_notice_is_off() -> None:
    one = Poster("p", "n", "yueran", "3号楼", "", owner="v", deputy="d", asked=AT)
    unplaced = replace(one)
    one.place(AT, "owner", ["v"], leading=False)
    with pytest.raises(refusals.PosterHolds):
        one.take_down(AT, "owner", ["v"], leading=False)
    assert (len(one.drop()), one.drop()) == (1, [])
    with pytest.raises(refusals.NotYourPoster):
        one.take_down(AT, "someone", ["other"], leading=False)
    assert one.hangs
    assert one.take_down(AT, "deputy", ["d"], leading=False)
    assert not one.hangs
    with pytest.raises(refusals.AlreadyTakenDown):
        one.take_down(AT, "staff", [], leading=True)
    unplaced.drop()
    with pytest.raises(refusals.PosterIsOff):
        unplaced.place(AT, "owner", ["v"], leading=False)
    with pytest.raises(refusals.AlreadyTakenDown):
        unplaced.take_down(AT, "owner", ["v"], leading=False)


def test_a_notice_has_reached_somebody_once_it_is_out_and_the_first_part_is_taken_up() -> None:
    one = notice()
    assert not one.has_reached
    one.release(AT)
    assert not one.has_reached
    one.take_up(200, "p200")
    assert one.has_reached
    public = notice(audience=(), public=True)
    public.release(AT)
    assert public.has_reached


def test_what_holds_instead_of_a_withdrawn_notice_is_known() -> None:
    one = notice()
    one.release(AT)
    one.withdraw("m")
    assert (one.standing, one.corrected_by) == ("withdrawn", "m")


def test_an_answer_may_be_changed_until_it_is_too_late() -> None:
    ask = Ask("n.p", "n", "yueran", "p", "v", "cover", "shift", until=AT)
    assert ask.give("yes", AT) == [AnswerGiven("cover", "shift", "v", "yes")]
    assert ask.give("yes", AT) == []
    assert ask.give("no", AT) == [AnswerGiven("cover", "shift", "v", "no")]
    with pytest.raises(refusals.TooLate):
        ask.give("yes", AT + MINUTE)


@pytest.mark.parametrize(
    ("said", "building", "unit"),
    [
        ("3号楼", "3号楼", ""), ("3号楼2单元", "3号楼", "2单元"), (" 12栋 1单元1203室", "12栋", "1单元"),
        ("平房区", "平房区", ""), ("Building 3, unit 2", "Building 3, unit 2", ""),
    ],
)  # fmt: skip
def test_a_home_is_known_by_its_building_however_it_is_written_and_never_by_its_flat(
    said: str, building: str, unit: str
) -> None:
    assert Home.said("yueran", said) == Home("yueran", building, unit)


def test_every_gap_of_a_rule_can_be_named_in_words() -> None:
    assert {fact for trigger in TRIGGERS.values() for fact in trigger.facts} <= FACT_WORDS.keys()
