"""Five thousand people in one notice, the sender killed twice on the way: none is missed, and who may have got it twice is told."""

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import pytest

from services.notify.domain.people import Habits, Home, Person
from services.notify.store import NotifyStore
from shared.kernel.command import Command
from shared.kernel.ids import new_id
from shared.persistence.store import connect
from tests.figures import note
from tests.lengths import by_length
from tests.outside import Gateway
from tests.stack import Stack, eventually

PEOPLE = by_length(200, 5_000)
IN_HAND = 30  # messages under way at once (services.notify.providers.AT_ONCE)
SECONDS = 480.0  # a busy machine sends slowly
LOOKS = 20  # at ordinary pages, while they go out


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.stop()


def settle(stack: Stack) -> None:
    """So many people of yueran, each with a number of their own, as if they had all said how to be told."""
    client = connect(stack.parts.mongodb_uri, "test")
    store = NotifyStore(client[f"{stack.name}_notify"], None, stack.field_key("notify"))
    numbers = [store.vault.seal("yueran", f"+861380000{number:04d}") for number in range(PEOPLE)]
    for start in range(0, PEOPLE, 500):
        people = []
        for number in range(start, min(start + 500, PEOPLE)):
            home = Home("yueran", f"{number % 40 + 1}号楼")
            person = Person(new_id(), "account", home=home, habits=Habits(), addresses={"sms": numbers[number]})
            person.regroup()
            people.append((person, []))
        store.transaction(Command(), lambda tx, some=people: tx.save_all(some))
    client.close()


def test_none_is_missed_and_none_told_twice_but_those_in_hand_at_a_kill(stack: Stack, gateway: Gateway) -> None:
    stack.start("notify")
    settle(stack)
    staff = stack.token("staff@community:yueran")
    channel = {"kind": "sms", "label": "网关", "address": gateway.address, "rate": 6000}
    assert stack.call("POST", "/notices/yueran/channels", staff, channel).status_code == 201
    stack.database("notify")["buckets"].insert_many(
        {"_id": one["_id"], "tokens": 6000.0} for one in stack.database("notify")["channels"].find()
    )
    written = {
        "kind": "important",
        "title": "停水",
        "body": "今晚停水。",
        "audience": ["everyone"],
        "ways": ["inbox", "sms"],
    }
    notice = stack.call("POST", "/notices/yueran/drafts", staff, written).json()["id"]
    assert f"发给 {PEOPLE} 人" in stack.call("GET", f"/notices/yueran/{notice}/preview", staff, Accept="text/html").text
    assert stack.call("POST", f"/notices/yueran/{notice}/release", staff).ok

    def reach() -> Any:
        """The page answers all the while."""
        answer = stack.call("GET", f"/notices/yueran/{notice}/reach", staff)
        assert answer.ok, answer.text
        return answer.json()

    took: list[float] = []

    def look() -> None:
        """Ordinary pages, as a clerk and a resident open them meanwhile."""
        for path in ("/notices/yueran/desk", "/notices/inbox"):
            began = time.monotonic()
            assert stack.call("GET", path, staff, Accept="text/html").ok
            took.append(time.monotonic() - began)

    seen = []
    for share in (0.25, 0.6):
        eventually(lambda share=share: len(gateway.got) > PEOPLE * share, seconds=SECONDS)
        seen.append(reach()["done"])
        stack.kill("notify")
        stack.start("notify")

    def over() -> bool:
        now = reach()
        if now["done"] < now["total"] and len(took) < 2 * LOOKS:
            look()
        seen.append(now["done"])
        return not now["spreading"] and now["done"] == now["total"]

    eventually(over, seconds=SECONDS)
    assert seen == sorted(seen), "progress only grows"
    states = {one["way"]: one["states"] for one in reach()["tallies"]}
    assert states["sms"] == {**dict.fromkeys(states["sms"], 0), "sent": PEOPLE}
    assert states["inbox"]["sent"] == PEOPLE
    times = gateway.times()
    assert len(times) == PEOPLE
    marked = {one["_id"] for one in stack.database("notify")["deliveries"].find({"notice": notice, "twice": True})}
    assert {key for key, count in times.items() if count > 1} <= marked
    assert len(marked) <= 2 * IN_HAND
    assert reach()["twice"] == len(marked)
    assert took, "pages were looked at while they went out"
    said = f"{len(took)} notice pages opened while {PEOPLE} messages go out: half within {median(took):.2f} s, all"
    note(f"{said} within {max(took):.2f} s")
    print(len(marked), "in hand at the kills,", sum(count > 1 for count in times.values()), "came twice")
