"""Whatever people, captains and the clock do to duty, in any order: the promises of the rota hold after every step."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from services.shifts.domain import claims, closures, swaps
from services.shifts.domain.cover import Cover
from services.shifts.domain.facts import (
    Cancelled,
    CheckedIn,
    CheckedOut,
    Claimed,
    GapClosed,
    GapOpened,
    Missed,
    Moved,
    NeedChanged,
    Planned,
    Released,
    Restored,
    ShiftEvent,
    StandByEnded,
    StoodBy,
    WaitedFor,
    WaitEnded,
)
from services.shifts.domain.posts import Closure, Post
from services.shifts.domain.rosters import Loan, Roster, hours_in_week
from services.shifts.domain.rules import Rules
from services.shifts.domain.shifts import Shift
from services.shifts.domain.swaps import Swap
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import RuleBroken
from tests.lengths import examples

START = datetime(2026, 2, 1, 16, tzinfo=UTC)  # Monday, midnight in Shanghai
HOUR = timedelta(hours=1)
RULES = Rules(most_hours_a_week=20, most_nights_in_a_row=2)
POSTS = ("gate-2", "gate-3")
PEOPLE = st.integers(0, 4)
CHOICE = st.integers(0, 10**6)


class Journal:
    """A shift as its events alone tell it."""

    def __init__(self) -> None:
        self.post = ""
        self.head_count = 0
        self.held: set[str] = set()
        self.waiting: set[str] = set()
        self.standby: set[str] = set()
        self.there: set[str] = set()
        self.minutes = Counter[str]()
        self.gap: int | None = None
        self.cancelled = False

    def tell(self, event: ShiftEvent) -> None:  # noqa: C901, PLR0912  (one case per event)
        match event:
            case Planned(post=post, head_count=heads):
                self.post, self.head_count = post, heads
            case NeedChanged(head_count=heads):
                self.head_count = heads
            case Moved(post=post):
                self.post = post
            case Cancelled():
                assert not self.cancelled
                self.cancelled = True
            case Restored():
                assert self.cancelled
                self.cancelled = False
            case Claimed(volunteer=who):
                assert who not in self.held, "a place is taken once"
                self.held.add(who)
                self.waiting.discard(who)
                self.standby.discard(who)
            case Released(volunteer=who) | Missed(volunteer=who):
                self.held.remove(who)
            case WaitedFor(volunteer=who):
                self.waiting.add(who)
            case WaitEnded(volunteer=who):
                self.waiting.remove(who)
            case StoodBy(volunteer=who):
                self.standby.add(who)
            case StandByEnded(volunteer=who):
                self.standby.remove(who)
            case CheckedIn(volunteer=who):
                assert who in self.held
                self.there.add(who)
            case CheckedOut(volunteer=who, minutes=minutes):
                self.there.remove(who)
                self.minutes[who] += minutes
            case GapOpened(missing=missing):
                assert missing != self.gap, "a gap is said when it changes"
                self.gap = missing
            case GapClosed():
                assert self.gap is not None, "only an open gap is closed"
                self.gap = None


class Rota(RuleBasedStateMachine):
    shifts = Bundle("shifts")

    @initialize()
    def begin(self) -> None:
        self.now = START
        self.people = {f"v{number}": Roster(f"v{number}", f"a{number}") for number in range(5)}
        self.posts = {name: Post(name, "gate", name, name, "岗亭") for name in POSTS}
        self.all: dict[str, Shift] = {}
        self.told: dict[str, Journal] = {}
        self.offers: list[Swap] = []
        self.covers: dict[str, Cover] = {}
        self.closings: list[tuple[str, Closure]] = []
        self.most: dict[str, int] = {}

    def told_of(self, shift: Shift, happened: list[ShiftEvent]) -> None:
        for event in happened:
            self.told[shift.id].tell(event)

    def attempt(self, shift: Shift, act: Any) -> None:
        """A rule may say no; then nothing may have changed."""
        before = repr((shift, self.people))
        try:
            happened = act()
        except RuleBroken:
            assert repr((shift, self.people)) == before, "a refusal changes nothing"
        else:
            self.told_of(shift, happened)

    def person(self, number: int) -> Roster:
        return self.people[f"v{number}"]

    @rule(
        target=shifts,
        post=st.sampled_from(POSTS),
        day=st.integers(0, 9),
        turn=st.integers(0, 5),
        heads=st.integers(1, 2),
    )
    def plan(self, post: str, day: int, turn: int, heads: int) -> str:
        starts = START + day * 24 * HOUR + turn * 4 * HOUR
        shift = Shift(f"{post}-{day}-{turn}", post, starts, starts + 4 * HOUR, heads)
        taken = any(one.id == shift.id for one in self.all.values())
        if not taken and shift.ends > self.now and not self.posts[post].is_closed(shift.starts, shift.ends):
            self.all[shift.id], self.told[shift.id], self.most[shift.id] = shift, Journal(), heads
            self.told_of(shift, shift.plan(self.now))
        return shift.id

    @rule(shift=shifts, who=PEOPLE, leading=st.booleans())
    def claim(self, shift: str, who: int, leading: bool) -> None:
        if one := self.all.get(shift):
            self.attempt(one, lambda: claims.take_shift(one, self.person(who), RULES, self.now, leading=leading))

    @rule(shift=shifts, who=PEOPLE, leading=st.booleans())
    def release(self, shift: str, who: int, leading: bool) -> None:
        if one := self.all.get(shift):
            self.attempt(
                one, lambda: claims.leave_shift(one, self.person(who), self.people, RULES, self.now, leading=leading)
            )

    @rule(shift=shifts, who=PEOPLE, wish=st.sampled_from([claims.wait_for_place, claims.stand_by]))
    def wish(self, shift: str, who: int, wish: Any) -> None:
        if one := self.all.get(shift):
            self.attempt(one, lambda: wish(one, self.person(who), RULES, self.now))

    @rule(shift=shifts, who=PEOPLE)
    def stop_wishing(self, shift: str, who: int) -> None:
        if one := self.all.get(shift):
            self.told_of(one, one.forget_wishes(self.person(who).id))

    @rule(shift=shifts, heads=st.integers(1, 3))
    def change_need(self, shift: str, heads: int) -> None:
        if one := self.all.get(shift):
            self.attempt(
                one,
                lambda: [*one.change_need(heads, self.now), *claims.fill(one, self.people, RULES, self.now)],
            )
            self.most[shift] = max(self.most[shift], one.head_count)

    @rule(shift=shifts, who=PEOPLE, act=st.sampled_from(["in", "out", "say", "confirm", "miss"]))
    def attend(self, shift: str, who: int, act: str) -> None:
        if one := self.all.get(shift):
            person = self.person(who)
            acts = {
                "in": lambda: one.check_in(person.id, self.now),
                "out": lambda: one.check_out(person.id, self.now),
                "say": lambda: one.say_there(person.id, self.now),
                "confirm": lambda: one.confirm(person.id),
                "miss": lambda: claims.miss_shift(one, person, self.now),
            }
            self.attempt(one, acts[act])

    @rule(shift=shifts, to=st.none() | PEOPLE, for_=st.none() | shifts, who=PEOPLE)
    def offer(self, shift: str, to: int | None, for_: str | None, who: int) -> None:
        one, other = self.all.get(shift), self.all.get(for_ or "")
        if one and (for_ is None or other):
            try:
                swap, _ = swaps.offer_swap(
                    f"w{len(self.offers)}", one, self.person(who), None if to is None else f"v{to}", other, self.now
                )
            except RuleBroken:
                return
            self.offers.append(swap)

    @rule(which=CHOICE, who=PEOPLE)
    def accept(self, which: int, who: int) -> None:
        if not self.offers:
            return
        swap = self.offers[which % len(self.offers)]
        one, other = self.all[swap.shift], self.all.get(swap.in_return or "")
        before = repr((one, other, self.people, swap))
        try:
            _, given, returned = swaps.accept_swap(
                swap, self.people[swap.giver], self.person(who), one, other, RULES, self.now
            )
        except RuleBroken:
            assert repr((one, other, self.people, swap)) == before
            return
        self.told_of(one, given)
        if other:
            self.told_of(other, returned)

    @rule(
        post=st.sampled_from(POSTS), ahead=st.integers(0, 48), hours=st.none() | st.integers(1, 48), move=st.booleans()
    )
    def close(self, post: str, ahead: int, hours: int | None, move: bool) -> None:
        starts = self.now + ahead * HOUR
        target = next(name for name in POSTS if name != post)
        closure = Closure(
            f"c{len(self.closings)}", starts, None if hours is None else starts + hours * HOUR, target if move else None
        )
        try:
            self.posts[post].plan_closing(closure, self.now)
        except RuleBroken:
            return
        self.closings.append((post, closure))
        hit = [
            one for one in self.all.values()
            if one.post == post and not one.cancelled and one.ends > self.now and closure.touches(one.starts, one.ends)
        ]  # fmt: skip
        for one, happened in closures.close_shifts(hit, closure, self.people, self.now):
            self.told_of(one, happened)

    @rule(which=CHOICE)
    def take_back(self, which: int) -> None:
        if not self.closings:
            return
        post, closure = self.closings[which % len(self.closings)]
        try:
            self.posts[post].take_back(self.posts[post].closure(closure.id, self.now))
        except RuleBroken:
            return
        hit = [
            one for one in self.all.values()
            if one.ends > self.now
            and (one.cancelled_by == closure.id or any(move.closure == closure.id for move in one.moves))
        ]  # fmt: skip
        for one, happened in closures.reopen_shifts(hit, closure, self.people, RULES, self.now):
            self.told_of(one, happened)

    @rule(who=PEOPLE)
    def suspend(self, who: int) -> None:
        person = self.person(who)
        wished = [one for one in self.all.values() if one.waits(person.id) or one.stands_by(person.id)]
        ahead = {*person.ahead(self.now), *(one.id for one in wished if one.starts > self.now)}
        for one, happened in claims.suspend(
            person, [self.all[id_] for id_ in sorted(ahead)], self.people, RULES, self.now
        ):
            self.told_of(one, happened)

    @rule(who=PEOPLE)
    def reinstate(self, who: int) -> None:
        self.person(who).standing = "approved"

    @rule(who=PEOPLE, ahead=st.integers(1, 72), hours=st.integers(4, 48))
    def lend(self, who: int, ahead: int, hours: int) -> None:
        person = self.person(who)
        loan = Loan(f"l{len(person.away)}", self.now + ahead * HOUR, self.now + (ahead + hours) * HOUR)
        _, lost = person.release_dates(loan, RULES, self.now)
        shifts = [self.all[id_] for id_ in lost]
        for one, happened in claims.release_all(person, shifts, self.people, RULES, self.now, why="lent"):
            self.told_of(one, happened)

    @rule(shift=shifts, answers=st.lists(st.tuples(PEOPLE, st.sampled_from(["yes", "no"])), max_size=4))
    def search(self, shift: str, answers: list[tuple[int, Any]]) -> None:
        one = self.all.get(shift)
        if one is None:
            return
        cover = self.covers.setdefault(shift, Cover(shift, self.now, ended=self.now))
        try:
            if not cover.is_running:
                cover.start(one, self.now)
        except RuleBroken:
            return
        cover.advance(one, self.posts[one.post], self.people.values(), RULES, self.now)
        for who, answer in answers:
            try:
                _, taken, _ = cover.answer(one, self.person(who), answer, RULES, self.now)
            except RuleBroken:
                continue
            self.told_of(one, taken)

    @rule(hours=st.sampled_from([0.1, 0.5, 1, 3, 8, 30]))
    def pass_time(self, hours: float) -> None:
        self.now += hours * HOUR
        for post in self.posts.values():
            post.keep_calendar(self.now)
        for one in self.all.values():
            one.remind(self.now)
            self.told_of(one, [*one.finish(self.now), *one.watch(self.now)])

    @invariant()
    def nobody_is_in_two_places_nor_without_rest(self) -> None:
        for person in getattr(self, "people", {}).values():
            turns = sorted(person.duties, key=lambda duty: duty.starts)
            for first, second in pairwise(turns):
                assert second.starts - first.ends >= RULES.rest
            for duty in turns:
                week = duty.starts.astimezone(SHANGHAI).date()
                assert hours_in_week(turns, week) <= RULES.most_hours_a_week * HOUR

    @invariant()
    def rosters_and_shifts_tell_the_same(self) -> None:
        held = {(claim.volunteer, one.id) for one in getattr(self, "all", {}).values() for claim in one.claims}
        duties = {(person.id, duty.shift) for person in getattr(self, "people", {}).values() for duty in person.duties}
        recent = {(who, id_) for who, id_ in held if self.all[id_].ends > self.now - timedelta(days=7)}
        assert recent <= duties
        over_or_missed = {(who, id_) for who, id_ in duties - held}
        assert all(self.all[id_].ends <= self.now for _, id_ in over_or_missed)

    @invariant()
    def no_shift_has_more_people_than_it_ever_needed(self) -> None:
        for one in getattr(self, "all", {}).values():
            assert len(one.claims) <= self.most[one.id]
            assert len({claim.volunteer for claim in one.claims}) == len(one.claims)
            assert not {wish.volunteer for wish in (*one.waiting, *one.standby)} & {
                claim.volunteer for claim in one.claims
            }

    @invariant()
    def journal_and_state_agree(self) -> None:
        for one in getattr(self, "all", {}).values():
            told = self.told[one.id]
            assert told.held == {claim.volunteer for claim in one.claims}
            assert told.waiting == {wish.volunteer for wish in one.waiting}
            assert told.standby == {wish.volunteer for wish in one.standby}
            assert told.there == {claim.volunteer for claim in one.claims if claim.on_duty}
            assert (told.post, told.head_count, told.cancelled) == (one.post, one.head_count, one.cancelled)
            assert told.gap == one.gap
            if one.gap is not None:
                assert one.gap == one.missing

    @invariant()
    def hours_are_the_sum_of_verified_duty(self) -> None:
        for one in getattr(self, "all", {}).values():
            credited = {claim.volunteer: claim.minutes for claim in one.claims if claim.minutes is not None}
            assert dict(self.told[one.id].minutes) == credited
            assert all(0 <= minutes <= (one.ends - one.starts) // timedelta(minutes=1) for minutes in credited.values())


Rota.TestCase.settings = settings(max_examples=examples(250), stateful_step_count=50)
TestRota = Rota.TestCase
