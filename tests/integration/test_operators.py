"""Operators see how each part of the district runs, and decide what becomes of what was set aside."""

from contextlib import closing
from typing import Any

import pytest

from shared.broker import Outgoing, Publisher, endpoint
from shared.events import CONTENT_TYPE, Event, encode_batch
from shared.ids import new_id, now
from tests.stack import Stack, eventually

SHIFTS = "/communities/yueran/shifts"


@pytest.fixture(scope="module")
def operator(stack: Stack) -> str:
    stack.start("district", "shifts.yueran")
    return stack.token("operator@district")


def part(stack: Stack, operator: str, source: str) -> Any:
    parts = stack.call("GET", "/district/parts", operator).json()["items"]
    return next((one for one in parts if one["source"] == source), None)


def misspeak(stack: Stack, data: dict[str, Any] | None = None) -> str:
    """A community without a name, which no contract allows, or of which as little is right."""
    community = "c" + new_id().replace("-", "")[-12:]
    say(stack, an_event(community, 1, data or {"residents": 5000}))
    return community


def an_event(community: str, sequence: int, data: dict[str, Any] | None = None) -> Event:
    return Event(
        id=new_id(),
        type="accounts.community.registered.v1",
        source="/district/accounts",
        subject=community,
        sequence=sequence,
        time=now(),
        community=community,
        data=data or {"name": "新社区", "name_en": "New", "residents": 5000},
    )


def say(stack: Stack, said: Event) -> None:
    with closing(Publisher(endpoint(stack.amqp_uri, "accounts", stack.passwords))) as publisher:
        publisher.publish([Outgoing(said.routing_key, encode_batch([said]), CONTENT_TYPE)])


def parked(stack: Stack, operator: str, community: str) -> Any:
    found = stack.call("GET", "/district/operations", operator).json()["aside"]
    return next((one for one in found if one["community"] == community and one["state"] == "parked"), None)


def told(stack: Stack, operator: str) -> Any:
    """What the district tells of the community."""
    return stack.call("GET", "/district/happenings?community=yueran", operator).json()["items"]


def test_each_part_is_listed_with_what_it_has_to_send_and_where_to_look_into_it(stack: Stack, operator: str) -> None:
    shifts = eventually(lambda: part(stack, operator, SHIFTS))
    assert (shifts["state"], shifts["waiting"], shifts["operations"]) == ("ok", 0, f"{SHIFTS}/operations")
    assert part(stack, operator, "/district/district")["state"] == "ok"
    seen = stack.call("GET", shifts["operations"], operator).json()
    assert (seen["source"], seen["away"], seen["aside"]) == (SHIFTS, [], [])


def test_what_could_not_take_effect_is_told_with_its_reason_until_somebody_decides(stack: Stack, operator: str) -> None:
    community = misspeak(stack)
    event = eventually(lambda: parked(stack, operator, community))
    assert "name" in event["reason"]
    assert eventually(lambda: part(stack, operator, "/district/district")["state"] == "aside")
    decide = f"/district/operations/aside/{event['id']}"
    assert stack.call("POST", f"{decide}/discard", operator, {}).status_code == 422
    assert stack.call("POST", f"{decide}/discard", operator, {"reason": "说错了"}).ok
    eventually(lambda: stack.call("GET", "/district/operations", operator).json()["aside"] == [])
    (kept,) = stack.database("district")["discarded"].find({"_id": event["id"]})
    assert kept["discard_reason"] == "说错了"
    assert stack.call("POST", f"{decide}/retry", operator, {}).status_code == 404


def test_what_was_passed_over_is_listed_as_it_came_and_marked(stack: Stack, operator: str) -> None:
    """It breaks its contract for good: no field of it can be relied on."""
    community = misspeak(stack, {"residents": "viele", "name": ["?"], "name_en": None})
    event = eventually(lambda: parked(stack, operator, community))
    assert stack.call("POST", f"/district/operations/aside/{event['id']}/discard", operator, {"reason": "说错了"}).ok
    listed = f"/district/events?about={community}"
    (told,) = eventually(lambda: stack.call("GET", listed, operator).json()["items"])
    assert (told["passed_over"], told["raw"], told["data"]["residents"]) == (True, True, "viele")
    page = stack.call("GET", listed, operator, Accept="text/html").text
    assert "已跳过" in page
    assert "&#34;viele&#34;" in page
    assert stack.call("GET", "/district/events", operator, Accept="text/html").ok


def test_whatever_is_held_stands_on_the_page_of_operations(stack: Stack, operator: str) -> None:
    """A message that nobody can read, an event without its predecessor, one that broke its contract, one to be passed over."""
    community = misspeak(stack)
    broken = eventually(lambda: parked(stack, operator, community))
    say(stack, an_event(community, 3))
    with closing(Publisher(endpoint(stack.amqp_uri, "accounts", stack.passwords))) as publisher:
        key = f"{community}.accounts.community.registered.v1"
        publisher.publish([Outgoing(key, b"not an event", CONTENT_TYPE)])

    def states() -> set[str]:
        found = stack.call("GET", "/district/operations", operator).json()["aside"]
        return {one["state"] for one in found if one["community"] in (community, None)}

    eventually(lambda: states() == {"parked", "waiting", "raw"})
    assert "无法读取" in stack.call("GET", "/district/operations", operator, Accept="text/html").text
    held = stack.database("district")["held"]
    held.update_one({"_id": broken["id"]}, {"$set": {"state": "discarded", "next_try": None}})
    assert "将略过" in stack.call("GET", "/district/operations", operator, Accept="text/html").text
    for one in stack.call("GET", "/district/operations", operator).json()["aside"]:
        if one["state"] == "raw":
            gone = stack.call("POST", f"/district/operations/aside/{one['id']}/discard", operator, {"reason": "读不了"})
            assert gone.ok
    held.delete_many({})


def test_the_end_of_somebodys_sign_ins_is_listed_like_any_event(stack: Stack, operator: str) -> None:
    ended = Event(
        id=new_id(), type="accounts.revocation.tokens-ended.v1", source="/district/accounts", subject=new_id(), sequence=1,
        time=now(), community="district", data={"account": new_id(), "valid_from": now().isoformat()},
    )  # fmt: skip
    say(stack, ended)
    listed = f"/district/events?about={ended.subject}"
    eventually(lambda: "之前的登录全部失效" in stack.call("GET", listed, operator, Accept="text/html").text)


def test_once_the_cause_is_mended_it_is_tried_again_and_takes_effect(stack: Stack, operator: str) -> None:
    community = misspeak(stack)
    event = eventually(lambda: parked(stack, operator, community))
    mended = {"event.data.name": "新社区", "event.data.name_en": "New"}
    stack.database("district")["held"].update_one({"_id": event["id"]}, {"$set": mended})
    assert stack.call("POST", f"/district/operations/aside/{event['id']}/retry", operator, {}).ok
    eventually(lambda: stack.call("GET", f"/district/communities/{community}", operator).ok)


def test_what_was_said_may_be_said_again_and_changes_nothing_where_it_was_heard(stack: Stack, operator: str) -> None:
    staff = stack.token("staff@community:yueran")
    began = now()
    post = {"id": "west", "kind": "gate", "name": "西门", "name_en": "West gate", "place": "西侧", "needs": []}
    assert stack.call("POST", f"{SHIFTS}/posts", staff, post).ok
    before = eventually(lambda: told(stack, operator))
    again = stack.call("POST", f"{SHIFTS}/operations/said-again", operator, {"since": began.isoformat()})
    assert again.json()["events"] >= 1
    eventually(lambda: stack.call("GET", f"{SHIFTS}/operations", operator).json()["waiting"] == 0)
    assert told(stack, operator) == before


def test_nobody_but_operators_looks_into_it(stack: Stack, operator: str) -> None:
    assert operator
    for grant in ("officer@district", "staff@community:yueran"):
        assert stack.call("GET", f"{SHIFTS}/operations", stack.token(grant)).status_code == 403
