"""Disinfection on real parts: from a cut-off community to the stock that was used, and many teams at one mission."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from pymongo import MongoClient

from deploy import team_queue
from services.rescue.domain.missions import Mission
from services.rescue.domain.teams import Team
from services.rescue.store import RescueStore
from services.rescue.usecases import missions, teams
from shared.kernel.command import Command
from shared.kernel.errors import RuleBroken
from shared.kernel.ids import new_id, now
from tests.faults.proxy import Proxy
from tests.photos import photo
from tests.stack import ROOT, Stack, eventually

HERE = "yueran"
HOME = f"/communities/{HERE}/grid/disinfection"
OVERVIEW = "/district/"
THREADS = 12
ABLE = {"capacity": 2, "equipment": ["sprayer"], "on_call_from": 0, "on_call_until": 24, "active": True}
LIFT = {
    "kind": "lift",
    "place": "3号楼2单元电梯",
    "building": "3号楼",
    "why": "有住户发热，已送医",
    "urgency": "at-once",
}
PROOF = {"areas": "轿厢和按钮", "agent": "disinfectant", "litres": "6", "people": "3"}


def staff(stack: Stack) -> str:
    return stack.token(f"staff@community:{HERE}")


def asked(stack: Stack, path: str, token: str) -> Any:
    answer = stack.call("GET", path, token)
    assert answer.ok, answer.text
    return answer.json()


def does(stack: Stack, path: str, token: str, body: Any = None) -> Any:
    answer = stack.call("POST", path, token, body or {})
    assert answer.ok, answer.text
    return answer.json()


def proves(stack: Stack, path: str, token: str, **more: str) -> requests.Response:
    files = {"photo": ("done.jpg", photo(), "image/jpeg")}
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    return requests.post(stack.url(path), data={**PROOF, **more}, files=files, headers=headers, timeout=30)


@pytest.fixture(scope="module")
def link(stack: Stack) -> Iterator[Proxy]:
    """The community's grid speaks to the broker over a link that can be cut; of the district nothing runs yet."""
    made = Proxy(stack.parts.amqp_port)
    stack.start(f"grid.{HERE}", AMQP_URI=f"amqp://127.0.0.1:{made.port}/{stack.name}")
    yield made
    made.close()


def test_from_a_cut_off_community_to_the_stock_that_was_used(stack: Stack, link: Proxy) -> None:
    link.cut()
    request = does(stack, HOME, staff(stack), LIFT)
    assert (request["state"], request["mission"]) == ("passed-on", "")
    one = f"{HOME}/{request['id']}"

    link.heal()
    stack.start("rescue", "supplies", "district")
    officer, member = stack.token("officer@district"), stack.token("rescuer@team:blue-sky")
    inbox = "/rescue/inbox/blue-sky"
    does(stack, "/rescue/teams", officer, {"id": "blue-sky", "name": "蓝天救援队", "name_en": "Blue Sky", **ABLE})
    item = {"name": "84 消毒液", "name_en": "Disinfectant", "unit": "升", "unit_en": "L", "pack": 1, "dangerous_ml": 0}
    does(stack, "/supplies/items", officer, {"id": "disinfectant", **item})
    does(stack, f"/supplies/{HERE}/stock/disinfectant/receipts", staff(stack), {"quantity": 10})

    def board() -> Any:
        return asked(stack, "/rescue/", officer)["items"]

    eventually(lambda: [mission["id"] for mission in board()] == [request["id"]])
    # It came before any team was registered: the office is told, and asks the team by name.
    does(stack, f"/rescue/missions/{request['id']}/offers", officer, {"team": "blue-sky"})
    mission = f"{inbox}/{asked(stack, inbox, member)['items'][0]['id']}"
    for step in ("acceptance", "departure", "undoing", "departure", "beginning"):
        does(stack, f"{mission}/{step}", member)
    refused = stack.call("POST", f"{mission}/departure", member, {})
    assert (refused.status_code, refused.json()["code"]) == (409, "already-at-work")
    eventually(lambda: asked(stack, one, staff(stack))["mission"] == "begun")

    stranger = stack.token("rescuer@team:harbour")
    assert stack.call("POST", f"{mission}/undoing", stranger, {}).status_code == 404
    assert "您还不在任何救援队里" in stack.call("GET", "/rescue/inbox", stranger, Accept="text/html").text
    done = proves(stack, f"{mission}/proof", member)
    assert done.ok, done.text
    assert proves(stack, f"{mission}/proof", member).json()["code"] == "mission-over"
    shown = f"/rescue/photos/{done.json()['proofs'][0]['photo']}"
    assert stack.call("GET", shown, staff(stack)).headers["Content-Type"] == "image/jpeg"
    assert stack.call("GET", shown, stranger).status_code == 404
    assert stack.call("GET", shown, stack.token("staff@community:biguiyuan")).status_code == 404

    eventually(lambda: asked(stack, one, staff(stack))["state"] == "done")
    confirmed = does(stack, f"{one}/confirmation", staff(stack))
    (place,) = asked(stack, f"{HOME}/places", staff(stack))["items"]
    assert (place["place"], place["next_due"]) == (LIFT["place"], confirmed["next_due"])

    def stock() -> int:
        return int(asked(stack, f"/supplies/{HERE}/stock/disinfectant", staff(stack))["balance"])

    eventually(lambda: stock() == 4)
    eventually(lambda: asked(stack, f"/rescue/missions/{request['id']}", officer)["state"] == "confirmed")

    def told() -> bool:
        said = [one["type"] for one in asked(stack, OVERVIEW, officer)["happenings"]]
        return {"rescue.mission.finished.v1", "grid.disinfection.confirmed.v1"} <= set(said)

    eventually(told)
    assert asked(stack, OVERVIEW, officer)["missions"] == []
    day = asked(stack, "/district/report", officer)["totals"]
    assert (day["disinfections"], day["confirmed"], day["litres"]) == (1, 1, 6)


def test_what_was_used_beyond_the_book_is_for_somebody_to_count_and_a_second_complaint_sends_the_same_team(
    stack: Stack,
) -> None:
    officer, member = stack.token("officer@district"), stack.token("rescuer@team:blue-sky")
    request = does(stack, HOME, staff(stack), {**LIFT, "place": "5号楼电梯"})["id"]
    mission, one = f"/rescue/inbox/blue-sky/{request}", f"{HOME}/{request}"
    eventually(lambda: asked(stack, "/rescue/inbox/blue-sky", member)["items"])
    for step in ("acceptance", "departure", "beginning"):
        does(stack, f"{mission}/{step}", member)
    eventually(lambda: request in [it["id"] for it in asked(stack, OVERVIEW, officer)["missions"]])
    assert proves(stack, f"{mission}/proof", member, litres="9").ok
    eventually(lambda: asked(stack, one, staff(stack))["state"] == "done")

    does(stack, f"{one}/complaint", staff(stack), {"reason": "按钮没有擦"})
    eventually(lambda: asked(stack, f"/rescue/missions/{request}", officer)["state"] == "accepted")
    found = stack.database("supplies")["discrepancies"]
    eventually(lambda: [row["quantity"] for row in found.find()] == [5])
    does(stack, f"/rescue/missions/{request}/cancellation", officer, {"reason": "改由社区自己做"})
    eventually(lambda: asked(stack, one, staff(stack))["state"] == "asked")
    does(stack, f"{one}/withdrawal", staff(stack), {"reason": "已经擦好"})


def test_the_communitys_own_team_does_it_first_and_rescue_when_its_time_is_up(stack: Stack) -> None:
    stack.start("volunteers")
    account, there = new_id(), f"/volunteers/{HERE}"
    told = {"display_name": "温小满", "name_shown": True, "home": "3号楼", "phone": "19000000001"}
    volunteer = does(stack, f"{there}/applications", stack.token(account=account), told)["id"]
    does(stack, f"{there}/{volunteer}/approval", staff(stack))
    team = does(stack, f"{there}/teams", staff(stack), {"name": "小雨滴", "name_en": "Raindrops"})["id"]
    does(stack, f"{there}/teams/{team}/members", staff(stack), {"volunteer": volunteer})
    eventually(lambda: stack.call("POST", f"{HOME}/team", staff(stack), {"team": team}).ok)
    member, other = (stack.token(f"volunteer@community:{HERE}", account=one) for one in (account, new_id()))

    stairs = {"kind": "stairwell", "place": "12号楼1单元", "why": "有人返京", "urgency": "today"}
    first, second = (does(stack, HOME, staff(stack), {**stairs, "place": place}) for place in ("1单元", "2单元"))
    assert (first["state"], first["by_rescue"]) == ("asked", False)
    one = f"{HOME}/{first['id']}"
    assert stack.call("POST", f"{one}/taking", other, {}).json()["code"] == "not-in-own-team"
    eventually(lambda: stack.call("POST", f"{one}/taking", member, {}).ok)
    assert proves(stack, f"{one}/proof", member, agent="chlorine", litres="2").json()["state"] == "done"
    shown = asked(stack, one, member)["proofs"][0]["photo"]
    assert stack.call("GET", f"{HOME}/photos/{shown}", member).headers["Content-Type"] == "image/jpeg"
    assert does(stack, f"{one}/complaint", staff(stack), {"reason": "扶手没擦"})["state"] == "taken"
    found = stack.database("supplies")["discrepancies"]
    eventually(lambda: found.find_one({"item": "chlorine", "quantity": 2}))

    late = {"$set": {"own_until": now()}}
    stack.database("grid", HERE)["disinfections"].update_one({"_id": second["id"]}, late)
    eventually(lambda: asked(stack, f"{HOME}/{second['id']}", staff(stack))["mission"] == "offered")
    does(stack, f"{HOME}/team", staff(stack))


def test_a_third_partys_program_reads_what_its_team_is_asked_for_off_the_teams_own_queue(stack: Stack) -> None:
    uri = team_queue.make(stack.admin_amqp_uri, stack.parts.management_url, "blue-sky")
    command = [sys.executable, "-u", "docs/examples/team_inbox.py", "blue-sky"]
    program = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "AMQP_URI": uri}, stdout=subprocess.PIPE, text=True
    )
    try:
        does(stack, HOME, staff(stack), {**LIFT, "place": "7号楼电梯"})
        assert program.stdout is not None
        assert program.stdout.readline().split()[:3] == [HERE, "7号楼电梯", "lift"]
    finally:
        program.kill()
        program.wait()


@pytest.fixture
def store(stack: Stack) -> Iterator[RescueStore]:
    """A database of its own, without a service, and as many teams as threads, each with one pair of hands."""
    with MongoClient[dict[str, Any]](stack.parts.mongodb_uri) as client:
        made = RescueStore(client[f"{stack.name}_rescue_{new_id()[-6:]}"])
        made.prepare()
        for number in range(THREADS):
            name = f"team-{number}"
            told = {**ABLE, "capacity": 1, "name": name, "name_en": name, "ranks": {HERE: number + 1}}
            teams.register(made, Command(), name, told)
        yield made
        client.drop_database(made.database.name)


def opened(store: RescueStore) -> Mission:
    """Offered to all, as when nobody has answered for long."""
    at = now()
    one = Mission(new_id(), HERE, "3号楼", None, "stairwell", "发热", "today", at, searching=at)

    def do(tx: RescueStore) -> None:
        happened = one.open(at)
        for team in tx.teams():
            happened += one.ask(team, at)
        missions.keep(tx, one, happened)

    store.transaction(Command(), do)
    return store.load(Mission, one.id)


def code_of(step: Any) -> str:
    try:
        step()
    except RuleBroken as refusal:
        return refusal.code
    return "yes"


def test_of_many_teams_that_accept_at_once_exactly_one_has_it(store: RescueStore) -> None:
    one = opened(store)
    with ThreadPoolExecutor(THREADS) as pool:
        said = list(
            pool.map(lambda n: code_of(lambda: missions.accept(store, Command(), f"team-{n}", one.id)), range(THREADS))
        )
    assert sorted(said) == ["mission-taken"] * (THREADS - 1) + ["yes"]
    accepted = [entry for entry in store["journal"].find() if entry["type"] == "rescue.mission.accepted.v1"]
    assert [entry["data"]["team"] for entry in accepted] == [f"team-{said.index('yes')}"]
    assert [team.id for team in store.teams() if team.missions] == [f"team-{said.index('yes')}"]


def test_a_team_takes_no_more_at_once_than_it_has_hands(store: RescueStore) -> None:
    several = [opened(store) for _ in range(4)]
    with ThreadPoolExecutor(len(several)) as pool:
        said = list(pool.map(lambda one: code_of(lambda: missions.accept(store, Command(), "team-0", one.id)), several))
    assert sorted(said) == ["team-full"] * 3 + ["yes"]
    assert len(store.load(Team, "team-0").missions) == 1
