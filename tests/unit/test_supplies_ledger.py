"""The ledger and transfers under every order of acts: never below zero, always the sum of its lines, nothing lost on the way."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.supplies.domain.discrepancies import Discrepancy, DiscrepancySettledAlready
from services.supplies.domain.stock import (
    ENOUGH_FROM_DAYS,
    SHORT_BELOW_DAYS,
    AlreadyExpired,
    Batch,
    Moved,
    NotEnough,
    ReasonNeeded,
    ShortageCleared,
    ShortageRaised,
    Stock,
    StockEvent,
    lines_of,
    new_stock,
)
from services.supplies.domain.transfers import (
    LossNeedsReason,
    MoreThanOnTheWay,
    Transfer,
    TransferNotAgreed,
    TransferNotOnTheWay,
)
from shared.kernel.errors import RuleBroken
from tests.lengths import examples

TODAY = date(2020, 2, 13)
NOW = datetime(2020, 2, 13, 1, tzinfo=UTC)
PLACES = ("yueran", "biguiyuan", "district")
QUANTITY = st.integers(1, 60)
BATCHES = [Batch(code, TODAY + timedelta(days=days)) for code, days in (("A1", 2), ("A2", 2), ("B", 9), ("C", 40))]
BATCH = st.sampled_from([*BATCHES, Batch()])


class Ledgers(RuleBasedStateMachine):
    """Three places and all that may happen to one item there, in any order, while days go by."""

    def __init__(self) -> None:
        super().__init__()
        self.today = TODAY
        self.stocks = {place: new_stock(place, "mask") for place in PLACES}
        self.lines: dict[str, list[Moved]] = {place: [] for place in PLACES}
        self.said: dict[str, list[StockEvent]] = {place: [] for place in PLACES}
        self.transfers: list[Transfer] = []
        self.beyond = 0

    def keep(self, place: str, happened: list[StockEvent]) -> None:
        self.lines[place] += lines_of(happened)
        self.said[place] += [one for one in happened if not isinstance(one, Moved)]

    def attempt(self, place: str, act: object) -> None:
        """A refusal must leave everything as it was."""
        before = repr(self.stocks[place])
        try:
            self.keep(place, act())  # type: ignore[operator]
        except RuleBroken:
            assert repr(self.stocks[place]) == before

    @rule(place=st.sampled_from(PLACES), quantity=QUANTITY, batch=BATCH)
    def receive(self, place: str, quantity: int, batch: Batch) -> None:
        self.attempt(place, lambda: self.stocks[place].take_in(quantity, batch, self.today))

    @rule(place=st.sampled_from(PLACES), quantity=QUANTITY)
    def issue(self, place: str, quantity: int) -> None:
        good = [lot.batch.rank for lot in self.stocks[place].lots if lot.is_good(self.today)]
        seen = len(self.lines[place])
        self.attempt(place, lambda: self.stocks[place].give_out(quantity, self.today))
        taken = [(line.expires or date.max, line.code) for line in self.lines[place][seen:]]
        assert taken == good[: len(taken)], "first expired, first out"

    @rule(place=st.sampled_from(PLACES), quantity=QUANTITY)
    def use_by_event(self, place: str, quantity: int) -> None:
        happened, beyond = self.stocks[place].note_use(quantity, self.today)
        self.keep(place, happened)
        self.beyond += beyond
        assert -sum(line.quantity for line in lines_of(happened)) + beyond == quantity

    @rule(place=st.sampled_from(PLACES), quantity=QUANTITY, batch=BATCH)
    def throw_away(self, place: str, quantity: int, batch: Batch) -> None:
        self.attempt(place, lambda: self.stocks[place].throw_away(quantity, batch, self.today))

    @rule(place=st.sampled_from(PLACES))
    def write_off(self, place: str) -> None:
        self.attempt(place, lambda: self.stocks[place].write_off_expired(self.today))

    @rule(place=st.sampled_from(PLACES), found=st.dictionaries(BATCH, st.integers(0, 60), max_size=3))
    def count(self, place: str, found: dict[Batch, int]) -> None:
        self.keep(place, self.stocks[place].count(found, "月底盘点", self.today))
        assert self.stocks[place].balance == sum(found.values())

    @rule(days=st.integers(1, 5))
    def days_go_by(self, days: int) -> None:
        self.today += timedelta(days=days)
        for place, stock in self.stocks.items():
            self.keep(place, stock.watch(self.today))

    @rule(places=st.permutations(PLACES), quantity=QUANTITY)
    def offer_and_agree(self, places: list[str], quantity: int) -> None:
        transfer = Transfer(f"t{len(self.transfers)}", "mask", places[0], places[1], quantity, NOW)
        transfer.offered()
        transfer.agree()
        self.transfers.append(transfer)

    @rule(which=st.integers(0, 20), quantity=QUANTITY)
    def send(self, which: int, quantity: int) -> None:
        if which >= len(self.transfers):
            return
        transfer = self.transfers[which]
        stock = self.stocks[transfer.sender]
        before = repr((stock, transfer))
        try:
            transfer.check_sendable(quantity)
            happened = stock.give_out(quantity, self.today, "moved-out")
            transfer.send(lines_of(happened))
        except RuleBroken:
            assert repr((stock, transfer)) == before
        else:
            self.keep(transfer.sender, happened)

    @rule(which=st.integers(0, 20), quantity=st.integers(0, 60), lost=st.integers(0, 5))
    def receive_transfer(self, which: int, quantity: int, lost: int) -> None:
        if which >= len(self.transfers) or not quantity + lost:
            return
        transfer = self.transfers[which]
        before = repr(transfer)
        try:
            _, arrived = transfer.receive(quantity, lost, "运输中破损", NOW)
        except RuleBroken:
            assert repr(transfer) == before
            return
        for lot in arrived:
            stock = self.stocks[transfer.receiver]
            self.keep(transfer.receiver, stock.take_in(lot.quantity, lot.batch, self.today, "moved-in"))

    @rule(which=st.integers(0, 20), quantity=QUANTITY)
    def take_back(self, which: int, quantity: int) -> None:
        if which >= len(self.transfers):
            return
        transfer = self.transfers[which]
        before = repr(transfer)
        try:
            _, back = transfer.take_back(quantity)
        except RuleBroken:
            assert repr(transfer) == before
            return
        for lot in back:
            self.keep(
                transfer.sender, self.stocks[transfer.sender].take_in(lot.quantity, lot.batch, self.today, "moved-in")
            )

    @invariant()
    def a_balance_is_the_sum_of_its_lines_and_never_below_zero(self) -> None:
        for place, stock in self.stocks.items():
            lines = self.lines[place]
            assert stock.balance == sum(line.quantity for line in lines) >= 0
            assert all(lot.quantity > 0 for lot in stock.lots)
            assert [line.number for line in lines] == list(range(1, stock.lines + 1))
            assert not lines or lines[-1].balance == stock.balance
            for batch in {lot.batch for lot in stock.lots}:
                of_lot = [line.quantity for line in lines if Batch(line.code, line.expires) == batch]
                assert sum(of_lot) == sum(lot.quantity for lot in stock.lots if lot.batch == batch)

    @invariant()
    def nothing_appears_or_vanishes_between_two_places(self) -> None:
        """All stock and all that is on the way is what came in, less what was used, thrown away and lost."""
        lines = [line for of_place in self.lines.values() for line in of_place]
        outside = sum(line.quantity for line in lines if line.kind not in ("moved-out", "moved-in"))
        there = sum(stock.balance for stock in self.stocks.values())
        on_the_way = sum(transfer.on_the_way for transfer in self.transfers)
        lost = sum(transfer.lost for transfer in self.transfers)
        assert there + on_the_way == outside - lost
        for transfer in self.transfers:
            assert transfer.sent == transfer.received + transfer.returned + transfer.lost + transfer.on_the_way

    @invariant()
    def shortages_are_raised_and_cleared_in_turn_with_a_distance_between(self) -> None:
        for place, stock in self.stocks.items():
            said = self.said[place]
            assert all(type(one) is not type(two) for one, two in pairwise(said))
            assert stock.short == bool(said and isinstance(said[-1], ShortageRaised))
            left = stock.days_left(self.today)
            if stock.short:
                assert left is not None
                assert left < ENOUGH_FROM_DAYS
            else:
                assert left is None or left >= SHORT_BELOW_DAYS


TestLedgers = Ledgers.TestCase
TestLedgers.settings = settings(max_examples=examples(150), stateful_step_count=40)


def stocked(quantity: int = 100, batch: Batch = BATCHES[3]) -> Stock:
    stock = new_stock("yueran", "mask")
    stock.take_in(quantity, batch, TODAY)
    return stock


def test_an_issue_says_which_lots_it_takes_from() -> None:
    stock = stocked(10, BATCHES[3])
    stock.take_in(5, BATCHES[0], TODAY)
    lines = lines_of(stock.give_out(7, TODAY))
    assert [(line.code, line.quantity, line.balance) for line in lines] == [("A1", -5, 10), ("C", -2, 8)]


def test_expired_goods_are_there_but_cannot_be_given_out() -> None:
    stock = stocked(5, BATCHES[0])
    later = TODAY + timedelta(days=3)
    assert (stock.balance, stock.usable(later), stock.expired(later)) == (5, 0, 5)
    with pytest.raises(NotEnough):
        stock.give_out(1, later)
    assert [line.kind for line in lines_of(stock.write_off_expired(later))] == ["expired"]
    assert stock.balance == 0


def test_goods_last_through_the_day_they_expire_on() -> None:
    stock = stocked(5, BATCHES[0])
    assert stock.usable(TODAY + timedelta(days=2)) == 5


def test_what_has_expired_is_not_taken_in() -> None:
    with pytest.raises(AlreadyExpired):
        new_stock("yueran", "mask").take_in(5, Batch("old", TODAY - timedelta(days=1)), TODAY)


def test_a_count_that_differs_needs_a_reason_and_one_that_does_not_needs_none() -> None:
    stock = stocked(10)
    with pytest.raises(ReasonNeeded):
        stock.count({BATCHES[3]: 9}, "", TODAY)
    assert lines_of(stock.count({BATCHES[3]: 10}, "", TODAY)) == []


def test_use_beyond_the_book_empties_it_and_tells_the_rest() -> None:
    stock = stocked(4, BATCHES[0])
    happened, beyond = stock.note_use(7, TODAY + timedelta(days=5))
    assert [line.quantity for line in lines_of(happened)] == [-4]
    assert beyond == 3


def days_of_use(stock: Stock, uses: list[int], start: date = TODAY) -> tuple[date, list[StockEvent]]:
    said = list[StockEvent]()
    for number, use in enumerate(uses):
        today = start + timedelta(days=number)
        said += stock.give_out(use, today) if use else stock.watch(today)
    return start + timedelta(days=len(uses) - 1), [one for one in said if not isinstance(one, Moved)]


def test_a_shortage_is_raised_below_three_days_and_cleared_only_from_five() -> None:
    stock = stocked(100)
    today, said = days_of_use(stock, [10] * 8)
    assert said == [ShortageRaised("yueran", "mask", 20, 2)]
    assert stock.take_in(20, Batch(), today)[1:] == [], "four days are not enough to clear it"
    assert stock.take_in(20, Batch(), today)[1:] == [ShortageCleared("yueran", "mask", 60)]


def test_one_odd_day_does_not_make_a_rate() -> None:
    stock = stocked(10_000)
    today, _ = days_of_use(stock, [10] * 6 + [1000])
    assert stock.use.per_day(today) == 10


def test_the_first_days_of_something_new_are_not_blown_up() -> None:
    stock = stocked(100)
    stock.give_out(30, TODAY)
    assert stock.use.per_day(TODAY) == 10, "a first day of 30 is spread over three"
    stock.expect(50, TODAY)
    assert stock.use.per_day(TODAY) == 50, "what people expect counts while history is short"
    today, _ = days_of_use(stock, [10, 10, 10], TODAY + timedelta(days=1))
    assert stock.use.per_day(today) == 10, "with four days on record, the first one counts like the second largest"


def test_expected_use_raises_a_shortage_before_anything_was_used() -> None:
    stock = stocked(100)
    assert stock.expect(40, TODAY) == [ShortageRaised("yueran", "mask", 100, 2)]


def test_an_empty_shelf_is_no_sign_that_less_is_needed() -> None:
    stock = stocked(40)
    today, said = days_of_use(stock, [10] * 4)
    assert len(said) == 1
    later = today + timedelta(days=60)
    assert stock.watch(later) == []
    assert stock.short
    assert stock.use.per_day(later) == 10
    assert stock.take_in(49, Batch(), later)[1:] == []
    assert stock.take_in(1, Batch(), later)[1:] == [ShortageCleared("yueran", "mask", 50)]


def test_what_nobody_uses_any_more_is_no_shortage() -> None:
    stock = stocked(50)
    today, _ = days_of_use(stock, [20, 20])
    assert stock.short
    assert [type(one) for day in range(1, 20) for one in stock.watch(today + timedelta(days=day))] == [ShortageCleared]


def test_a_transfer_is_sent_once_and_received_in_parts_with_its_loss_named() -> None:
    home, there = stocked(10), new_stock("biguiyuan", "mask")
    transfer = Transfer("t", "mask", "yueran", "biguiyuan", 8, NOW)
    with pytest.raises(TransferNotAgreed):
        transfer.check_sendable(8)
    transfer.agree()
    transfer.send(lines_of(home.give_out(8, TODAY, "moved-out")))
    with pytest.raises(TransferNotAgreed):
        transfer.check_sendable(8)
    _, lots = transfer.receive(5, 0, "", NOW)
    there.take_in(lots[0].quantity, lots[0].batch, TODAY, "moved-in")
    assert (home.balance, transfer.on_the_way, there.balance) == (2, 3, 5)
    assert there.lots[0].batch == BATCHES[3]
    with pytest.raises(LossNeedsReason):
        transfer.receive(2, 1, "", NOW)
    with pytest.raises(MoreThanOnTheWay):
        transfer.receive(4, 0, "", NOW)
    (told,), _ = transfer.receive(2, 1, "压坏一盒", NOW)
    assert (told.quantity, told.lost, told.on_the_way, transfer.state) == (2, 1, 0, "received")
    with pytest.raises(TransferNotOnTheWay):
        transfer.receive(1, 0, "", NOW)


def test_sending_away_is_no_use() -> None:
    stock = stocked(100)
    stock.give_out(90, TODAY, "moved-out")
    assert stock.days_left(TODAY) is None


def test_a_discrepancy_has_an_owner_until_it_is_counted() -> None:
    one = Discrepancy("d", "yueran", "mask", 3, "mission 7", NOW, "first")
    assert one.take("first") == []
    assert [taken.owner for taken in one.take("second")] == ["second"]
    assert len(one.settle(0, NOW)) == 1
    assert one.settle(0, NOW) == []
    with pytest.raises(DiscrepancySettledAlready):
        one.take("third")
