"""Heavy work side by side: papers, workbooks, photos and passwords at once, and the service goes on, logs, and takes events."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import requests
from PIL import Image

from shared.events.envelope import CONTENT_TYPE
from shared.kernel.ids import new_id
from shared.messaging.topology import Outgoing, Publisher, broker_login
from tests.bench.measuring import memory_of
from tests.lengths import by_length
from tests.speaker import Speaker
from tests.stack import ROOT, Stack, eventually

HERE = "/supplies/yueran"
ITEM = {"id": "mask-n95", "name": "N95口罩", "name_en": "N95 mask", "unit": "只", "unit_en": "pc"}
PEOPLE = 4
ROUNDS = 6
PHOTOS, PAPERS = by_length((16, 8), (40, 20))


@pytest.fixture
def staff(stack: Stack) -> str:
    return stack.token("staff@community:yueran")


@pytest.fixture(params=["INFO", "DEBUG"])
def supplies(stack: Stack, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """Fresh: what it draws with is not even loaded."""
    yield stack.start("supplies", LOG_LEVEL=request.param)
    stack.kill("supplies")


def at_once(work: Callable[[], requests.Response], times: int) -> list[requests.Response]:
    with ThreadPoolExecutor(PEOPLE) as people:
        return list(people.map(lambda _: work(), range(times)))


def draw_card(stack: Stack, staff: str) -> requests.Response:
    """Patiently: they are drawn one after another."""
    url, headers = stack.url(f"{HERE}/stock/mask-n95/card"), {"Authorization": f"Bearer {staff}"}
    return requests.get(url, headers=headers, timeout=120)


def workers_of(stack: Stack, instance: str) -> list[int]:
    pid = stack.processes[instance].pid
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def threads_of(stack: Stack, instance: str) -> int:
    return len(list(Path(f"/proc/{stack.processes[instance].pid}/task").iterdir()))


def memory(stack: Stack, instance: str) -> float:
    return memory_of(stack.processes[instance].pid)


def misspeak(stack: Stack) -> str:
    """Says what nobody can read; returns a word by which the log knows it."""
    about = new_id()
    with closing(Publisher(broker_login(stack.amqp_uri, "district", stack.passwords))) as publisher:
        publisher.publish([Outgoing(f"yueran.district.help.goods-asked.{about}", b"?", CONTENT_TYPE)])
    return about


def test_papers_drawn_at_once_leave_a_service_that_answers_logs_and_takes_events(supplies: Stack, staff: str) -> None:
    supplies.call("POST", "/supplies/items", supplies.token("officer@district"), ITEM)
    papers = at_once(lambda: draw_card(supplies, staff), PEOPLE)
    assert [paper.content[:5] for paper in papers] == [b"%PDF-"] * PEOPLE
    assert supplies.call("GET", "/healthz/ready", at="supplies").status_code == 200
    asked, district = new_id(), Speaker(supplies, "district")
    wanted = {"giver": "yueran", "receiver": "biguiyuan", "item": "mask-n95", "quantity": 60}
    district.say("district.help.goods-asked", asked, wanted, community="yueran")
    eventually(lambda: supplies.database("supplies")["transfers"].find_one({"_id": asked}))
    district.stop()
    log, unreadable = supplies.home / "supplies.log", misspeak(supplies)
    eventually(lambda: unreadable in log.read_text())
    assert "fontTools" not in log.read_text()


def test_all_kinds_of_heavy_work_at_once_end_right_in_one_process_that_logs_meanwhile() -> None:
    busy = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.busy", str(ROUNDS)], cwd=ROOT, capture_output=True, timeout=300,
        check=True,
    )  # fmt: skip
    said = json.loads(busy.stdout)
    assert said["right"] == dict.fromkeys(("paper", "workbook", "picture", "password"), ROUNDS)
    assert busy.stderr.count(b'"says":"line ') == said["lines"] > ROUNDS
    assert said["threads"] == 1


def test_a_storm_of_photos_and_papers_leaves_no_memory_taken_and_no_thread(stack: Stack, staff: str) -> None:
    stack.start("supplies", "volunteers")
    stack.call("POST", "/supplies/items", stack.token("officer@district"), ITEM)
    volunteer = stack.token(account=new_id())
    body = {"display_name": "温小满", "home": "6号楼", "phone": "19000000001", "name_shown": False}
    stack.call("POST", "/volunteers/yueran/applications", volunteer, body)
    large = io.BytesIO()
    Image.new("RGB", (4032, 3024), "green").save(large, "PNG")

    def send() -> requests.Response:
        return requests.post(
            stack.url("/volunteers/yueran/me/photo"), files={"photo": ("me.png", large.getvalue(), "image/png")},
            headers={"Authorization": f"Bearer {volunteer}"}, timeout=120,
        )  # fmt: skip

    before = {one: memory(stack, one) for one in ("supplies", "volunteers")}
    assert {answer.status_code for answer in at_once(send, PHOTOS)} == {200}
    assert {answer.status_code for answer in at_once(lambda: draw_card(stack, staff), PAPERS)} == {200}
    for one, held in before.items():
        assert threads_of(stack, one) == 1
        assert memory(stack, one) < 1.2 * held, one
        eventually(lambda one=one: not workers_of(stack, one), seconds=60)
