"""Operators see how each part of the district runs, and decide what becomes of what was set aside."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest

from shared.events.envelope import CONTENT_TYPE, Event, encode_batch
from shared.kernel.ids import new_id, now
from shared.messaging.topology import Outgoing, Publisher, broker_login
from shared.observability.metrics import log_to_stderr
from tests.stack import ROOT, Stack, eventually

SHIFTS = "/communities/yueran/shifts"
META = {"version": 1, "sequence": 0, "order": 0}


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
    with closing(Publisher(broker_login(stack.amqp_uri, "accounts", stack.passwords))) as publisher:
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
    with closing(Publisher(broker_login(stack.amqp_uri, "accounts", stack.passwords))) as publisher:
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


@pytest.fixture
def broken_search(stack: Stack, operator: str) -> Iterator[str]:
    """A search for people that cannot be read, in a community whose other work goes on; its id."""
    id_, covers = new_id(), stack.database("shifts", "yueran")["covers"]
    covers.insert_one({"_id": id_, "ended": None, "meta": META})
    yield id_
    covers.delete_one({"_id": id_})


def figures(stack: Stack, name: str) -> dict[str, float]:
    """What the shifts of yueran tell of a metric, by the labels as they stand there."""
    told = stack.call("GET", "/metrics", at="shifts.yueran").text.splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in told if line.startswith(name)}


def logged(stack: Stack, word: str) -> list[Any]:
    """The lines of its log in which that stands."""
    text = (stack.home / "shifts.yueran.log").read_text()
    return [json.loads(line) for line in text.splitlines() if line.startswith("{") and word in line]


def test_what_the_clock_asks_for_and_cannot_be_done_is_told_counted_and_logged(
    stack: Stack, operator: str, broken_search: str
) -> None:
    def shown() -> Any:
        found = stack.call("GET", f"{SHIFTS}/operations", operator).json()["failing"]
        return next((one for one in found if one["item"] == broken_search), None)

    told = eventually(shown, seconds=60)
    assert (told["job"], "required field missing @ $.started" in told["reason"]) == ("tend-covers", True)
    page = stack.call("GET", f"{SHIFTS}/operations", operator, Accept="text/html", Accept_Language="zh").text
    assert f"tend-covers {broken_search}" in page
    labels = '{community="yueran",job="tend-covers",service="shifts"}'
    assert figures(stack, "lianfang_job_failures_total")[f"lianfang_job_failures_total{labels}"] >= 1
    assert figures(stack, "lianfang_job_failing")[f"lianfang_job_failing{labels}"] == 1
    (line, *_) = logged(stack, broken_search)
    told_of = (line["service"], line["job"], line["community"], line["id"], "Traceback" in line["error"])
    assert told_of == ("shifts", "tend-covers", "yueran", broken_search, True)


def test_a_fault_that_nobody_foresaw_is_logged_once_and_counted(stack: Stack, operator: str) -> None:
    staff, posts = stack.token("staff@community:yueran"), stack.database("shifts", "yueran")["posts"]
    before = figures(stack, "lianfang_http_unexpected_total")["lianfang_http_unexpected_total"]
    posts.insert_one({"_id": "no-post", "meta": META})
    try:
        assert stack.call("GET", f"{SHIFTS}/posts", staff).status_code == 500
    finally:
        posts.delete_one({"_id": "no-post"})
    assert figures(stack, "lianfang_http_unexpected_total")["lianfang_http_unexpected_total"] == before + 1
    assert [line["says"] for line in logged(stack, "Traceback") if "structuring Post" in line["error"]] == [
        "unexpected fault"
    ]


def test_what_an_alarm_asks_for_is_told_before_anything_has_gone_wrong(stack: Stack, operator: str) -> None:
    """A counter that begins with its first fault has not grown, so that no alarm would ring."""
    asked = set(re.findall(r"lianfang_\w+", (ROOT / "deploy/prometheus/alerts.yml").read_text()))
    told = stack.call("GET", "/metrics", at="shifts.yueran").text
    assert {name for name in asked if not re.search(rf"^{name}[ {{]", told, re.MULTILINE)} == set()


def test_a_refusal_that_is_foreseen_writes_nothing(stack: Stack, operator: str) -> None:
    staff = stack.token("staff@community:yueran")
    before = (stack.home / "shifts.yueran.log").stat().st_size
    assert stack.call("GET", f"{SHIFTS}/nobody-s-shift", staff).status_code == 404
    assert stack.call("POST", f"{SHIFTS}/posts", staff, {}).status_code == 422
    assert (stack.home / "shifts.yueran.log").read_bytes()[before:].count(b"error handling worker") == 0


def test_what_happens_in_a_worker_that_is_no_door_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    log_to_stderr("INFO")
    log = logging.getLogger("nameko.containers")
    door, other = (SimpleNamespace(entrypoint=SimpleNamespace(answers_faults=one)) for one in (True, False))
    log.addHandler(caplog.handler)
    for worker in (door, other):
        try:
            raise RuntimeError
        except RuntimeError:
            log.exception("error handling worker %s: %s", worker, "…")
    assert [record.args[0] for record in caplog.records if record.args] == [other]
