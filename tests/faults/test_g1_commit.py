"""G1: state and events commit together or not at all, whoever is killed, and however many want the same at once."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from services.shifts.domain.rosters import Roster
from services.shifts.store import ShiftsStore
from shared.i18n.timezone import SHANGHAI
from shared.kernel.command import Command
from shared.kernel.ids import new_id
from tests.faults.conftest import measured
from tests.lengths import by_length
from tests.stack import Stack, eventually

APPLICATION = {"display_name": "林晓雨", "home": "3号楼", "phone": "19000000001"}
APPLY = "/volunteers/yueran/applications"
SHIFTS = "/communities/yueran/shifts"
DEAD_BROKER = "amqp://127.0.0.1:9/nowhere"
PEOPLE = 100
KILLS = by_length(1, 3)


def apply(stack: Stack) -> bool:
    """Sends one application; whether it was answered."""
    try:
        return stack.call("POST", APPLY, stack.token(), APPLICATION).status_code == 201
    except requests.RequestException:
        return False


def test_a_service_killed_at_work_leaves_no_state_without_its_events_and_no_event_without_its_state(
    stack: Stack,
) -> None:
    answered: list[bool] = []
    for _ in range(KILLS):
        stack.spawn("volunteers", AMQP_URI=DEAD_BROKER)
        eventually(lambda: requests.get(f"http://{stack.addresses['volunteers']}/healthz/live", timeout=5).ok)
        senders = [threading.Thread(target=lambda: answered.extend(apply(stack) for _ in range(30))) for _ in range(4)]
        for sender in senders:
            sender.start()
        target = answered.count(True) + 20
        eventually(lambda target=target: answered.count(True) >= target)  # type: ignore[misc]
        stack.kill("volunteers")
        for sender in senders:
            sender.join()

    database = stack.database("volunteers")
    states = {one["_id"]: one["meta"]["sequence"] for one in database["volunteers"].find()}
    events: dict[str, list[int]] = defaultdict(list)
    for entry in database["journal"].find().sort("sequence", 1):
        events[entry["subject"]].append(entry["sequence"])
    assert len(states) >= answered.count(True) >= 20 * KILLS
    assert events == {subject: list(range(1, last + 1)) for subject, last in states.items()}


def test_a_service_killed_between_state_and_events_leaves_nothing_and_its_successor_works_at_once(
    stack: Stack,
) -> None:
    staff = stack.token("staff@community:yueran")
    stack.start("volunteers")
    made = stack.call("POST", APPLY, stack.token(), APPLICATION).json()
    stack.kill("volunteers")
    approval = f"/volunteers/yueran/{made['id']}/approval"
    dying = stack.spawn("volunteers", "tests.faults.dying_service")
    stack.await_ready("volunteers")
    with pytest.raises(requests.ConnectionError):
        stack.call("POST", approval, staff)
    dying.wait(10)

    stack.start("volunteers")
    with measured("approving again what a dead service had begun to approve", at_most=5):
        assert stack.call("POST", approval, staff).status_code == 200
    told = list(stack.database("volunteers")["journal"].find({"subject": made["id"]}).sort("sequence", 1))
    assert [one["sequence"] for one in told] == list(range(1, len(told) + 1))
    assert [one["type"] for one in told].count("volunteers.volunteer.approved.v1") == 1


def test_of_a_hundred_who_claim_the_last_place_at_once_one_gets_it_and_all_others_are_told_so(stack: Stack) -> None:
    stack.start("shifts.yueran")
    people = [new_volunteer(stack) for _ in range(PEOPLE)]
    (shift,) = planned(stack, "gate-1", turns=1)
    with measured(f"{PEOPLE} claims of one place", at_most=30):
        answers = at_once([lambda one=one: claim(stack, one, shift) for one in people])

    assert Counter(answers) == {(200, None): 1, (409, "shift-full"): PEOPLE - 1}
    journal = stack.database("shifts", "yueran")["journal"]
    assert journal.count_documents({"subject": shift, "type": "shifts.shift.claimed.v1"}) == 1


def test_one_person_who_claims_overlapping_shifts_at_once_gets_one_of_them(stack: Stack) -> None:
    stack.start("shifts.yueran")
    person = new_volunteer(stack)
    posts = [f"post-{number}" for number in range(8)]
    shifts = [shift for post in posts for shift in planned(stack, post, turns=1)]
    answers = at_once([lambda one=one: claim(stack, person, one) for one in shifts])

    assert Counter(answers) == {(200, None): 1, (409, "shifts-overlap"): len(shifts) - 1}


def planned(stack: Stack, post: str, turns: int) -> list[str]:
    """Opens a post and plans the day after tomorrow with one place per turn; returns its first shifts."""
    staff = stack.token("staff@community:yueran")
    opened = {"id": post, "kind": "gate", "name": post, "name_en": post, "place": "岗亭"}
    assert stack.call("POST", f"{SHIFTS}/posts", staff, opened).status_code == 201
    day = datetime.now(SHANGHAI).date() + timedelta(days=2)
    plan = {"post": post, "first_day": str(day), "days": 1, "turn_hours": 8, "head_count": 1}
    assert stack.call("POST", f"{SHIFTS}/plan", staff, plan).ok
    return [f"{post}-{day:%Y%m%d}T{8 * turn:02}00" for turn in range(turns)]


def new_volunteer(stack: Stack) -> str:
    """An account that shifts knows to be an approved volunteer's, as if volunteers had said so."""
    store = ShiftsStore(stack.database("shifts", "yueran"), "yueran")
    roster = Roster(new_id(), new_id())
    store.transaction(Command(), lambda tx: tx.save(roster))
    return roster.account


def claim(stack: Stack, account: str, shift: str) -> tuple[int, str | None]:
    token = stack.token("volunteer@community:yueran", account=account)
    answer = stack.call("POST", f"{SHIFTS}/{shift}/claims", token, {})
    return answer.status_code, answer.json().get("code")


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(lambda act: act(), acts))
