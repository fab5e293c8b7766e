"""supplies on real parts: the ledger under many hands at once, needs and gifts, transfers, and a scarce delivery shared."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import count as counting
from typing import Any, ClassVar

import pytest
import requests
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from services.supplies.domain.items import Item
from services.supplies.domain.needs import FRESH_FOR
from services.supplies.domain.stock import Batch, Stock
from services.supplies.domain.transfers import Transfer
from services.supplies.store import SuppliesStore
from services.supplies.usecases import catalogue, needs, sharing, stock, transfers
from services.supplies.usecases.stock import Paper
from shared.i18n.timezone import SHANGHAI
from shared.kernel.command import Command
from shared.kernel.errors import RuleBroken
from shared.kernel.ids import new_id, now
from tests.lengths import examples
from tests.rounds import tend
from tests.speaker import Speaker
from tests.stack import Stack, eventually

PAGE = {"Accept": "text/html"}
PLACES = ("yueran", "biguiyuan", "district")
HANDS = 50
FRESH_ITEM = counting(1)


@pytest.fixture(scope="module", autouse=True)
def supplies(stack: Stack) -> Stack:
    return stack.start("supplies")


@pytest.fixture(scope="module")
def store(stack: Stack, supplies: Stack) -> SuppliesStore:
    """The same database beside the service, for what only time or an event does."""
    return SuppliesStore(stack.database("supplies"))


@pytest.fixture(scope="module")
def staff(stack: Stack) -> str:
    return stack.token("staff@community:yueran")


@pytest.fixture(scope="module")
def other(stack: Stack) -> str:
    """A second person of the same community."""
    return stack.token("staff@community:yueran")


@pytest.fixture(scope="module")
def neighbour(stack: Stack) -> str:
    return stack.token("staff@community:biguiyuan")


@pytest.fixture(scope="module")
def officer(stack: Stack) -> str:
    return stack.token("officer@district")


@pytest.fixture
def item(stack: Stack, officer: str) -> str:
    return register(stack, officer)


def register(stack: Stack, officer: str, **more: Any) -> str:
    """An item nobody else uses, so that tests do not meet."""
    code = f"item-{next(FRESH_ITEM)}"
    told = {"id": code, "name": "医用口罩", "name_en": "Mask", "unit": "只", "unit_en": "pc", "pack": 10, **more}
    assert stack.call("POST", "/supplies/items", officer, told).status_code == 201
    return code


def post(stack: Stack, token: str, path: str, body: Any = None, **headers: str) -> requests.Response:
    return stack.call("POST", f"/supplies/{path}", token, body, **headers)


def get(stack: Stack, token: str | None, path: str) -> Any:
    answer = stack.call("GET", f"/supplies/{path}", token)
    assert answer.ok, answer.text
    return answer.json()


def receive(
    stack: Stack, token: str, item: str, quantity: int, place: str = "yueran", **more: Any
) -> requests.Response:
    return post(stack, token, f"{place}/stock/{item}/receipts", {"quantity": quantity, **more})


def published(stack: Stack, subject: str) -> list[str]:
    journal = stack.database("supplies")["journal"].find({"subject": subject}).sort("sequence")
    return [one["type"].split(".", 2)[2].removesuffix(".v1") for one in journal]


def code_of(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def in_days(days: int) -> str:
    return str(now().astimezone(SHANGHAI).date() + timedelta(days=days))


def at_once(acts: list[Callable[[], requests.Response]]) -> list[requests.Response]:
    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result() for one in [pool.submit(act) for act in acts]]


def test_fifty_people_who_issue_the_last_items_at_once_get_no_more_than_there_are(
    stack: Stack, staff: str, item: str
) -> None:
    receive(stack, staff, item, 10, expires=in_days(20))
    receive(stack, staff, item, 7, expires=in_days(10), code="early")
    issue = f"yueran/stock/{item}/issues"
    answers = at_once([lambda: post(stack, staff, issue, {"quantity": 1}) for _ in range(HANDS)])
    assert sorted(one.status_code for one in answers) == [200] * 17 + [409] * 33
    assert {one.json()["code"] for one in answers if not one.ok} == {"not-enough-in-stock"}
    card = stack.database("supplies")["movements"].find({"place": "yueran", "item": item}).sort("number")
    lines = list(card)
    assert [one["number"] for one in lines] == list(range(1, 20))
    assert sum(one["quantity"] for one in lines) == get(stack, staff, f"yueran/stock/{item}")["balance"] == 0
    assert [one["code"] for one in lines[2:]] == ["early"] * 7 + [""] * 10, "first expired, first out"


def test_an_act_that_is_sent_again_is_done_once(stack: Stack, staff: str, item: str) -> None:
    receive(stack, staff, item, 10)
    answers = [
        post(stack, staff, f"yueran/stock/{item}/issues", {"quantity": 4}, Idempotency_Key="the-same") for _ in range(3)
    ]
    assert {one.text for one in answers} == {answers[0].text}
    assert answers[0].json()["balance"] == get(stack, staff, f"yueran/stock/{item}")["balance"] == 6


def test_dangerous_goods_stop_at_the_places_limit_all_kinds_together(stack: Stack, officer: str, staff: str) -> None:
    alcohol, gel = (register(stack, officer, dangerous_ml=500) for _ in range(2))
    assert post(stack, officer, "yueran/limit", {"litres": 10}).ok
    assert post(stack, staff, "yueran/limit", {"litres": 100}).status_code == 403
    assert receive(stack, staff, alcohol, 12).ok
    refused = receive(stack, staff, gel, 9)
    assert code_of(refused) == (409, "storage-limit")
    assert all(number in refused.json()["detail"] for number in ("10", "6", "5"))
    assert receive(stack, staff, gel, 8).ok
    assert post(stack, staff, f"yueran/stock/{alcohol}/issues", {"quantity": 1}).ok
    assert receive(stack, staff, gel, 1).ok
    assert stack.database("supplies")["cupboards"].find_one({"_id": "yueran"})["held_ml"] == 10_000
    post(stack, officer, "yueran/limit", {"litres": 50})


def test_a_shortage_is_raised_by_use_and_cleared_by_what_comes(stack: Stack, staff: str, item: str) -> None:
    receive(stack, staff, item, 40)
    post(stack, staff, f"yueran/stock/{item}/issues", {"quantity": 30})
    shown = get(stack, staff, f"yueran/stock/{item}")
    assert (shown["short"], shown["days_left"], shown["per_day"]) == (True, 1, 10.0)
    assert item in [one["item"] for one in get(stack, staff, "yueran/stock?show=short")["items"]]
    receive(stack, staff, item, 30)
    assert get(stack, staff, f"yueran/stock/{item}")["short"], "four days are not five"
    receive(stack, staff, item, 10)
    assert not get(stack, staff, f"yueran/stock/{item}")["short"]
    said = [one for one in published(stack, f"yueran:{item}") if one != "moved"]
    assert said == ["shortage-raised", "shortage-cleared"]


def test_a_new_day_is_noticed_by_the_clock_alone(stack: Stack, store: SuppliesStore, staff: str, item: str) -> None:
    post(stack, staff, f"yueran/stock/{item}/expectation", {"per_day": 10})
    receive(stack, staff, item, 50, expires=in_days(0))
    assert not get(stack, staff, f"yueran/stock/{item}")["short"]
    yesterday = date.fromisoformat(in_days(-1))

    def expire(tx: SuppliesStore) -> None:
        """As if the lot had been taken in a day before its last one."""
        one = tx.load(Stock, f"yueran:{item}")
        one.lots[0].batch = Batch("", yesterday)
        one.watched = yesterday
        tx.save(one, community="yueran")

    store.transaction(Command(), expire)
    eventually(lambda: published(stack, f"yueran:{item}")[-1:] == ["shortage-raised"], seconds=60)
    assert tend(stock.WATCH_STOCK, store) == 0, "each stock is looked at once a day"
    assert post(stack, staff, f"yueran/stock/{item}/expiries").json()["balance"] == 0


def test_counting_corrects_with_a_reason(stack: Stack, staff: str, item: str) -> None:
    receive(stack, staff, item, 20, code="A", expires=in_days(100))
    (lot,) = get(stack, staff, f"yueran/stock/{item}")["lots"]
    counted = {"lots": [lot["lot"]], "quantities": [18], "found": 3, "code": "B"}
    assert code_of(post(stack, staff, f"yueran/stock/{item}/counts", counted)) == (422, "count-needs-reason")
    entry = post(stack, staff, f"yueran/stock/{item}/counts", {**counted, "reason": "门岗借用两只"}).json()
    assert (entry["balance"], [line["quantity"] for line in entry["lines"]]) == (21, [-2, 3])
    assert get(stack, staff, f"yueran/stock/{item}")["movements"][0]["reason"] == "门岗借用两只"


def test_what_is_broken_is_written_off_from_its_own_lot(stack: Stack, staff: str, item: str) -> None:
    receive(stack, staff, item, 5, code="wet")
    gone = {"lot": "-/wet", "quantity": 2, "reason": "受潮"}
    assert post(stack, staff, f"yueran/stock/{item}/disposals", gone).json()["balance"] == 3
    assert (
        code_of(post(stack, staff, f"yueran/stock/{item}/disposals", {**gone, "quantity": 4}))[1]
        == "not-enough-in-stock"
    )
    assert code_of(post(stack, staff, f"yueran/stock/{item}/disposals", {**gone, "lot": "?"}))[1] == "no-such-lot"


def test_use_beyond_the_book_is_taken_and_becomes_somebodys_to_count(
    stack: Stack, store: SuppliesStore, staff: str, other: str, item: str
) -> None:
    receive(stack, staff, item, 3)
    event = new_id()
    store.transaction(Command(), lambda tx: stock.take_used(tx, event, "yueran", item, 8, "消杀任务 7"))
    assert get(stack, staff, f"yueran/stock/{item}")["balance"] == 0
    found = stack.database("supplies")["discrepancies"].find_one({"_id": event})
    assert (found["quantity"], found["owner"] is not None) == (5, True), "whoever acted last on it is to count"
    assert "消杀任务 7" in stack.call("GET", "/supplies/yueran/", staff, **PAGE).text
    taken = post(stack, other, f"yueran/discrepancies/{event}/taking").json()
    assert taken["owner"] != found["owner"]
    post(stack, other, f"yueran/stock/{item}/counts", {"found": 2, "reason": "柜里还有两只"})
    assert published(stack, event) == ["found", "taken", "settled"]
    assert code_of(post(stack, staff, f"yueran/discrepancies/{event}/taking")) == (409, "discrepancy-settled")


def test_use_of_something_nobody_registered_is_a_fact_too(stack: Stack, store: SuppliesStore, staff: str) -> None:
    event, unknown = new_id(), f"unknown-{new_id()[-6:]}"
    store.transaction(Command(), lambda tx: stock.take_used(tx, event, "yueran", unknown, 8, "消杀任务 8"))
    assert published(stack, event) == ["found"]
    assert stack.call("GET", "/supplies/yueran/", staff, **PAGE).ok


def raise_need(
    stack: Stack, staff: str, other: str, item: str, quantity: int | None = 100, place: str = "yueran"
) -> str:
    need = post(stack, staff, f"{place}/needs", {"item": item, "quantity": quantity, "urgency": "now"}).json()["id"]
    assert post(stack, other, f"{place}/needs/{need}/confirmation").ok
    return str(need)


def wanted(stack: Stack, item: str) -> list[int | None]:
    return [one["missing"] for one in get(stack, None, "")["items"] if one["item"] == item]


def test_a_need_is_seen_by_donors_once_a_second_person_confirmed_it(
    stack: Stack, staff: str, other: str, item: str
) -> None:
    need = post(stack, staff, "yueran/needs", {"item": item}).json()["id"]
    assert code_of(post(stack, staff, f"yueran/needs/{need}/confirmation")) == (409, "second-person-needed")
    assert wanted(stack, item) == []
    assert code_of(post(stack, other, "yueran/needs", {"item": item})) == (409, "need-known")
    post(stack, other, f"yueran/needs/{need}/confirmation")
    assert wanted(stack, item) == [None]
    post(stack, other, f"yueran/needs/{need}/fulfilment")
    assert wanted(stack, item) == []
    assert published(stack, need) == ["raised", "confirmed", "met"]


def test_two_people_who_ask_for_the_same_at_once_make_one_need(stack: Stack, staff: str, item: str) -> None:
    answers = at_once([lambda: post(stack, staff, "yueran/needs", {"item": item}) for _ in range(6)])
    assert sorted(one.status_code for one in answers) == [201] + [409] * 5


def test_a_need_nobody_speaks_of_grows_stale_by_the_clock(
    stack: Stack, store: SuppliesStore, staff: str, other: str, item: str
) -> None:
    need = raise_need(stack, staff, other, item)
    long_ago = now() - FRESH_FOR
    stack.database("supplies")["needs"].update_one({"_id": need}, {"$set": {"fresh_until": long_ago}})
    eventually(lambda: wanted(stack, item) == [], seconds=60)
    assert tend(needs.WATCH_NEEDS, store) == 0
    post(stack, staff, f"yueran/needs/{need}/renewal")
    assert wanted(stack, item) == [100]
    assert published(stack, need) == ["raised", "confirmed", "stale", "renewed"]


def pledge(stack: Stack, donor: str, item: str, quantity: int, **more: Any) -> str:
    made = post(stack, donor, "pledges", {"item": item, "quantity": quantity, **more})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_a_pledge_is_brought_in_parts_with_a_receipt_for_each_and_meets_the_need(
    stack: Stack, staff: str, other: str, item: str
) -> None:
    need = raise_need(stack, staff, other, item, 100)
    donor = stack.token()
    one = pledge(stack, donor, item, 100, place="yueran", kind="merchant", name="街角药店", shown=True)
    assert post(stack, staff, f"yueran/pledges/{one}/acceptance", {"need": need}).ok
    assert wanted(stack, item) == [], "what is promised is not asked for again"
    first = post(stack, staff, f"yueran/pledges/{one}/deliveries", {"quantity": 60}).json()
    assert get(stack, donor, "pledges/mine")["items"][0]["to_come"] == 40
    second = post(stack, staff, f"yueran/pledges/{one}/deliveries", {"quantity": 40}).json()
    numbers = [int(given["number"].rsplit("-")[-1]) for given in (first, second)]
    assert numbers[1] == numbers[0] + 1
    assert post(stack, staff, f"yueran/pledges/{one}/thanks", {"words": "谢谢！"}).ok
    assert get(stack, donor, "pledges/mine")["items"][0]["thanks"] == "谢谢！"
    assert published(stack, one) == ["made", "accepted", "delivered", "delivered", "thanked"]
    assert published(stack, need)[-1] == "met"
    assert published(stack, first["id"]) == ["received"]
    assert get(stack, staff, f"yueran/stock/{item}")["balance"] == 100
    assert "街角药店" not in str(
        list(stack.database("supplies")["journal"].find({"subject": {"$in": [one, first["id"]]}}))
    )
    for token, path in (
        (donor, f"donations/{first['id']}/receipt"),
        (staff, f"yueran/donations/{first['id']}/receipt"),
    ):
        assert stack.call("GET", f"/supplies/{path}", token).content.startswith(b"%PDF")
    assert stack.call("GET", f"/supplies/donations/{first['id']}/receipt", stack.token()).status_code == 404


def test_receipts_are_numbered_without_a_gap_however_many_write_them_at_once(
    stack: Stack, staff: str, item: str
) -> None:
    answers = at_once(
        [lambda: post(stack, staff, "yueran/donations", {"item": item, "quantity": 1}) for _ in range(12)]
    )
    assert {one.status_code for one in answers} == {201}
    numbers = sorted(
        int(one["number"].rsplit("-")[-1]) for one in stack.database("supplies")["donations"].find({"place": "yueran"})
    )
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_public_list_names_only_who_agreed_and_forgets_a_name_at_once(stack: Stack, staff: str, item: str) -> None:
    donor = stack.token()
    one = pledge(stack, donor, item, 5, place="yueran", name="许望舒", shown=True)
    post(stack, staff, f"yueran/pledges/{one}/acceptance")
    post(stack, staff, f"yueran/pledges/{one}/deliveries", {"quantity": 5})
    post(stack, staff, "yueran/donations", {"item": item, "quantity": 1, "name": "沈若溪"})

    def listed() -> list[str | None]:
        return [
            given["name"] for given in get(stack, None, "donations?community=yueran")["items"] if given["item"] == item
        ]

    assert listed() == [None, "许望舒"]
    assert post(stack, stack.token(), f"pledges/{one}/name-withdrawal").status_code == 404
    assert post(stack, donor, f"pledges/{one}/name-withdrawal").ok
    assert listed() == [None, None]


def test_a_pledge_for_one_community_is_only_its_staffs_to_accept(
    stack: Stack, staff: str, neighbour: str, officer: str, item: str
) -> None:
    one = pledge(stack, stack.token(), item, 5, place="yueran")
    elsewhere = post(stack, officer, f"district/pledges/{one}/acceptance", {"place": "biguiyuan"})
    for refused in (post(stack, neighbour, f"biguiyuan/pledges/{one}/acceptance"), elsewhere):
        assert code_of(refused) == (409, "pledge-for-others")
    assert post(stack, staff, f"yueran/pledges/{one}/refusal", {"reason": "规格不合"}).json()["state"] == "declined"
    assert code_of(post(stack, staff, f"yueran/pledges/{one}/acceptance")) == (409, "pledge-not-waiting")


def test_a_pledge_for_anyone_is_matched_with_reasons_and_placed_by_the_district(
    stack: Stack, staff: str, other: str, officer: str, item: str
) -> None:
    need = raise_need(stack, staff, other, item, 30)
    one = pledge(stack, stack.token(), item, 50)
    page = stack.call("GET", "/supplies/district/pledges", officer, **PAGE).text
    assert "还差 30，多出的入库备用" in page
    assert f'name="need" value="{need}"' in page
    wrong = post(stack, officer, f"district/pledges/{one}/acceptance", {"place": "biguiyuan", "need": need})
    assert code_of(wrong) == (409, "need-does-not-fit")
    assert post(stack, officer, f"district/pledges/{one}/acceptance", {"place": "yueran", "need": need}).ok
    assert one in stack.call("GET", "/supplies/yueran/pledges", staff, **PAGE).text


def test_what_the_district_office_asks_for_is_offered_or_regretted_and_goes_on_as_any_transfer(
    stack: Stack, staff: str, neighbour: str, item: str
) -> None:
    district, one, other = Speaker(stack, "district"), new_id(), new_id()
    receive(stack, staff, item, 100)
    for id_ in (one, other):
        wanted = {"giver": "yueran", "receiver": "biguiyuan", "item": item, "quantity": 60}
        district.say("district.help.goods-asked", id_, wanted, community="yueran")

    def asked() -> list[str]:
        listed = get(stack, staff, "yueran/transfers")["items"]
        return [row["id"] for row in listed if (row["item"], row["state"]) == (item, "asked")]

    eventually(lambda: sorted(asked()) == sorted([one, other]))
    assert "指挥部请求支援" in stack.call("GET", "/supplies/yueran/transfers", staff, **PAGE).text
    assert code_of(post(stack, neighbour, f"biguiyuan/transfers/{one}/agreement")) == (409, "transfer-not-waiting")
    assert post(stack, staff, f"yueran/transfers/{one}/offer", {"quantity": 40}).json()["quantity"] == 40
    assert code_of(post(stack, staff, f"yueran/transfers/{one}/regret")) == (409, "transfer-not-asked")
    assert post(stack, neighbour, f"biguiyuan/transfers/{one}/agreement").ok
    assert post(stack, staff, f"yueran/transfers/{one}/dispatch", {"quantity": 40}).ok
    assert post(stack, staff, f"yueran/transfers/{other}/regret").json()["state"] == "regretted"
    assert published(stack, one) == ["offered", "agreed", "sent"]
    assert published(stack, other) == ["regretted"]
    district.stop()


def test_a_transfer_is_right_in_both_ledgers_at_every_step(stack: Stack, staff: str, neighbour: str, item: str) -> None:
    receive(stack, staff, item, 30, code="A", expires=in_days(9))
    offer = {"receiver": "biguiyuan", "item": item, "quantity": 20}
    one = post(stack, staff, "yueran/transfers", offer).json()["id"]

    def balances() -> tuple[int, int]:
        here, there = (
            get(stack, token, f"{place}/stock/{item}")["balance"]
            for token, place in ((staff, "yueran"), (neighbour, "biguiyuan"))
        )
        return here, there

    assert code_of(post(stack, staff, f"yueran/transfers/{one}/dispatch", {"quantity": 20})) == (
        409,
        "transfer-not-agreed",
    )
    assert post(stack, staff, f"yueran/transfers/{one}/agreement").status_code == 404
    assert post(stack, neighbour, f"biguiyuan/transfers/{one}/agreement").ok
    assert balances() == (30, 0)
    sent = at_once([lambda: post(stack, staff, f"yueran/transfers/{one}/dispatch", {"quantity": 20}) for _ in range(4)])
    assert sorted(answer.status_code for answer in sent) == [200, 409, 409, 409]
    assert balances() == (10, 0)
    arrived = post(stack, neighbour, f"biguiyuan/transfers/{one}/arrival", {"quantity": 12}).json()
    assert (arrived["on_the_way"], balances()) == (8, (10, 12))
    broken = {"quantity": 7, "lost": 1}
    assert code_of(post(stack, neighbour, f"biguiyuan/transfers/{one}/arrival", broken)) == (422, "loss-needs-reason")
    ended = post(stack, neighbour, f"biguiyuan/transfers/{one}/arrival", {**broken, "reason": "压坏"}).json()
    assert (ended["state"], ended["lost"], balances()) == ("received", 1, (10, 19))
    (lot,) = get(stack, neighbour, f"biguiyuan/stock/{item}")["lots"]
    assert (lot["code"], lot["expires"]) == ("A", in_days(9))
    assert published(stack, one) == ["offered", "agreed", "sent", "received", "received"]


def test_what_the_other_side_has_no_room_for_comes_back(stack: Stack, staff: str, neighbour: str, officer: str) -> None:
    spirit = register(stack, officer, dangerous_ml=1000)
    receive(stack, staff, spirit, 20)
    post(stack, officer, "biguiyuan/limit", {"litres": 5})
    one = post(stack, staff, "yueran/transfers", {"receiver": "biguiyuan", "item": spirit, "quantity": 8}).json()["id"]
    post(stack, neighbour, f"biguiyuan/transfers/{one}/agreement")
    post(stack, staff, f"yueran/transfers/{one}/dispatch", {"quantity": 8})
    assert code_of(post(stack, neighbour, f"biguiyuan/transfers/{one}/arrival", {"quantity": 8})) == (
        409,
        "storage-limit",
    )
    assert post(stack, neighbour, f"biguiyuan/transfers/{one}/arrival", {"quantity": 5}).json()["on_the_way"] == 3
    back = post(stack, staff, f"yueran/transfers/{one}/return", {"quantity": 3}).json()
    assert (back["state"], back["returned"]) == ("received", 3)
    assert get(stack, staff, f"yueran/stock/{spirit}")["balance"] == 15
    assert published(stack, one)[-1] == "returned"
    post(stack, officer, "biguiyuan/limit", {"litres": 50})


def test_a_scarce_delivery_is_shared_by_days_left_explained_and_moves_only_when_confirmed(
    stack: Stack, staff: str, neighbour: str, officer: str, item: str
) -> None:
    for token, place, stock_there in ((staff, "yueran", 10), (neighbour, "biguiyuan", 29)):
        post(stack, token, f"{place}/stock/{item}/expectation", {"per_day": 10})
        receive(stack, token, item, stock_there, place)
    receive(stack, officer, item, 60, "district")
    told = {"item": item, "quantity": 61}
    assert code_of(post(stack, officer, "district/sharings", told)) == (409, "not-enough-in-stock")
    proposed = post(stack, officer, "district/sharings", {"item": item, "quantity": 60}).json()
    assert [(line["place"], line["given"]) for line in proposed["lines"]] == [("yueran", 40), ("biguiyuan", 20)]
    page = stack.call("GET", f"/supplies/district/sharings/{proposed['id']}", officer, **PAGE).text
    assert "补到 5.0 天" in page
    assert get(stack, officer, f"district/stock/{item}")["balance"] == 60
    assert post(stack, officer, f"district/sharings/{proposed['id']}/confirmation").ok
    again = post(stack, officer, "district/sharings", {"item": item, "quantity": 10})
    assert code_of(again) == (409, "not-enough-in-stock"), "what is shared out is not there to be shared again"
    waiting = get(stack, officer, "district/transfers")["items"]
    mine = {one["receiver"]: one["id"] for one in waiting if one["item"] == item}
    for token, place, quantity in ((staff, "yueran", 40), (neighbour, "biguiyuan", 20)):
        assert post(stack, officer, f"district/transfers/{mine[place]}/dispatch", {"quantity": quantity}).ok
        assert post(stack, token, f"{place}/transfers/{mine[place]}/arrival", {"quantity": quantity}).ok
    assert not get(stack, staff, f"yueran/stock/{item}")["short"]
    assert published(stack, proposed["id"]) == ["proposed", "confirmed"]


def test_a_promise_is_no_stock_but_what_is_promised_is_not_given_twice(
    stack: Stack, store: SuppliesStore, staff: str, other: str, officer: str, item: str
) -> None:
    raise_need(stack, staff, other, item, 100)
    one = pledge(stack, stack.token(), item, 60, place="yueran")
    post(stack, staff, f"yueran/pledges/{one}/acceptance")
    receive(stack, officer, item, 200, "district")
    (claim,) = sharing.claims(store, Command(), item)
    assert (claim.have, claim.wanted) == (0, 40)
    told = post(stack, officer, "district/sharings", {"item": item, "quantity": 200}).json()
    post(stack, officer, f"district/sharings/{told['id']}/confirmation")
    (claim,) = sharing.claims(store, Command(), item)
    assert (claim.have, claim.wanted) == (40, 0), "what is agreed to be sent counts as there"


def test_staff_keep_their_own_store_and_officers_the_districts(
    stack: Stack, staff: str, neighbour: str, officer: str, item: str
) -> None:
    assert receive(stack, neighbour, item, 5).status_code == 403
    assert receive(stack, officer, item, 5).status_code == 403
    assert receive(stack, staff, item, 5, "district").status_code == 403
    assert receive(stack, officer, item, 5, "district").ok
    assert get(stack, officer, f"yueran/stock/{item}")["balance"] == 0, "officers look into every store"
    assert stack.call("GET", "/supplies/nowhere/stock", officer).status_code == 404


STORE_PAGES = ("", "stock", "gate", "needs", "pledges", "transfers", "donations/new")
OTHER_PAGES = ("", "items", "items/new", "pledges/new", "pledges/mine", "donations")


def test_every_page_is_drawn_in_both_languages(stack: Stack, staff: str, officer: str, item: str) -> None:
    receive(stack, staff, item, 5)
    of_staff = [*(f"yueran/{page}" for page in (*STORE_PAGES, f"stock/{item}", f"gate?item={item}")), *OTHER_PAGES]
    of_officers = [f"district/{page}" for page in (*STORE_PAGES, "communities", "sharings")]
    for token, path in [(staff, path) for path in of_staff] + [(officer, path) for path in of_officers]:
        for lang, word in (("zh", "物资"), ("en", "Supplies")):
            answer = stack.call("GET", f"/supplies/{path}{'&' if '?' in path else '?'}lang={lang}", token, **PAGE)
            assert answer.ok, (path, answer.text[-400:])
            assert word in answer.text


class Ledgers(RuleBasedStateMachine):
    """The ledger's state machine once more, through the use cases and on the real database."""

    store: ClassVar[SuppliesStore]

    def __init__(self) -> None:
        super().__init__()
        self.item = f"machine-{new_id()[-8:]}"
        self.outside = 0
        self.open: list[Transfer] = []
        catalogue.register(self.store, Command(), Item(self.item, "口罩", "Mask", "只", "pc"))

    @rule(place=st.sampled_from(PLACES), quantity=st.integers(1, 9))
    def receive(self, place: str, quantity: int) -> None:
        stock.receive(self.store, Command(), place, self.item, quantity, Batch(), Paper())
        self.outside += quantity

    @rule(place=st.sampled_from(PLACES), quantity=st.integers(1, 9))
    def issue(self, place: str, quantity: int) -> None:
        self.outside -= (
            quantity
            if self.attempt(lambda: stock.issue(self.store, Command(), place, self.item, quantity, Paper()))
            else 0
        )

    @rule(places=st.permutations(PLACES), quantity=st.integers(1, 9))
    def send(self, places: list[str], quantity: int) -> None:
        sender, receiver = places[0], places[1]
        told = {"receiver": receiver, "item": self.item, "quantity": quantity}
        one = transfers.offer(self.store, Command(), sender, **told)  # type: ignore[arg-type]
        transfers.agree(self.store, Command(), receiver, one.id)
        if self.attempt(lambda: transfers.send(self.store, Command(), sender, one.id, quantity)):
            self.open.append(one)

    @rule(quantity=st.integers(0, 9), lost=st.integers(0, 2))
    def arrive(self, quantity: int, lost: int) -> None:
        if self.open and quantity + lost:
            one = self.open[0]
            told = {"quantity": quantity, "lost": lost, "reason": "破损"}
            if self.attempt(lambda: transfers.receive(self.store, Command(), one.receiver, one.id, **told)):  # type: ignore[arg-type]
                self.outside -= lost
            self.open = [each for each in self.open if self.store.load(Transfer, each.id).on_the_way]

    @invariant()
    def every_balance_is_its_ledgers_sum_and_nothing_is_lost(self) -> None:
        there = 0
        for place in PLACES:
            balance = self.store.stock(place, self.item).balance
            assert balance == sum(line.quantity for line in self.store.card(place, self.item)) >= 0
            there += balance
        on_the_way = sum(self.store.load(Transfer, one.id).on_the_way for one in self.open)
        assert there + on_the_way == self.outside

    def attempt(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except RuleBroken:
            return False
        return True


def test_any_order_of_acts_keeps_the_ledgers_right_on_the_real_database(store: SuppliesStore) -> None:
    Ledgers.store = store
    few = settings(max_examples=examples(12), stateful_step_count=12, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Ledgers, settings=few)


def test_a_hundred_acts_of_many_hands_leave_every_sum_right(stack: Stack, store: SuppliesStore, item: str) -> None:
    """Receipts, issues and transfers between three places at once: what came in is there, on the way, or was given out."""
    keepers = {
        place: stack.token("officer@district" if place == "district" else f"staff@community:{place}")
        for place in PLACES
    }
    for place, token in keepers.items():
        receive(stack, token, item, 20, place)
    chance = random.Random(7)
    moved: list[Callable[[], requests.Response]] = []
    for _ in range(60):
        place, quantity = chance.choice(PLACES), chance.randint(1, 6)
        path = chance.choice(["receipts", "issues"])
        moved.append(
            lambda place=place, quantity=quantity, path=path: post(  # type: ignore[misc]
                stack, keepers[place], f"{place}/stock/{item}/{path}", {"quantity": quantity}
            )
        )
    answers = at_once(moved)
    assert {one.status_code for one in answers} <= {200, 409}
    came = 60 + sum(line["quantity"] for one in answers if one.ok for line in one.json()["lines"])
    assert came == sum(store.stock(place, item).balance for place in PLACES)
    for place in PLACES:
        card = store.card(place, item)
        assert store.stock(place, item).balance == sum(line.quantity for line in card)
        assert [line.number for line in card] == list(range(1, len(card) + 1))
