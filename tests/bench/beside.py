"""Whether a community's service is disturbed while a rota is searched for: its pages and its memory, before and meanwhile."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from statistics import quantiles

import requests

from services.shifts.domain.posts import Post
from services.shifts.domain.rosters import Roster
from services.shifts.domain.shifts import Shift
from services.shifts.store import ShiftsStore
from shared.i18n.domain_labels import TIME_WORDS
from shared.i18n.timezone import SHANGHAI
from shared.kernel.command import Command
from shared.kernel.ids import new_id, now
from tests.bench.ground import Ground
from tests.bench.measuring import memory_of
from tests.bench.rows import Row
from tests.stack import Stack, eventually

COMMUNITY = "c000"
HOME = f"/communities/{COMMUNITY}/shifts"
GATES, TURNS, DAYS, PEOPLE = 3, 6, 14, 60
SECONDS = 60  # a search
LOOKS = 400  # at the board, one after the other


def beside(ground: Ground) -> Iterator[Row]:
    """The board as a program asks for it, while the solver has sixty people's fortnight in hand on both cores."""
    with ground.stack([COMMUNITY]) as stack:
        store = ShiftsStore(stack.database("shifts", COMMUNITY), COMMUNITY)
        stack.start(f"shifts.{COMMUNITY}")
        first = _fill(store)
        token = stack.token(f"captain@community:{COMMUNITY}")
        pid = stack.processes[f"shifts.{COMMUNITY}"].pid
        looks = 20 if ground.quick else LOOKS
        _times(stack, token, range(looks // 4))
        at_rest, memory = _times(stack, token, range(looks)), memory_of(pid)

        asked = {"first_day": str(first.date()), "days": DAYS, "seconds": SECONDS}
        proposal = stack.call("POST", f"{HOME}/proposals", token, asked).json()["id"]

        def is_solving() -> bool:
            seen = stack.call("GET", f"{HOME}/proposals/{proposal}", token).json()["proposal"]
            return bool(seen["state"] == "solving" and seen["seconds"] > 0)

        eventually(is_solving)
        meanwhile = _times(stack, token, range(looks), is_solving)
        most = memory_of(pid)
        stack.call("POST", f"{HOME}/proposals/{proposal}/stop", token)
    yield Row("rota-beside", "looks while solving", len(meanwhile))
    for name, place in (("p50", 49), ("p99", 98)):
        during, before = (round(1e3 * quantiles(times, n=100)[place], 1) for times in (meanwhile, at_rest))
        yield Row("rota-beside", f"board {name}, ms", during, "at rest", before)
    yield Row("rota-beside", "memory, MB", round(most), "at rest", round(memory))


def _times(stack: Stack, token: str, looks: range, going_on: Callable[[], bool] | None = None) -> list[float]:
    """Seconds of each look; none after the search has ended."""
    times = []
    with requests.Session() as session:
        for number in looks:
            if going_on and number % 20 == 0 and not going_on():
                break
            began = time.perf_counter()
            answer = session.get(stack.url(f"{HOME}/"), headers={"Authorization": f"Bearer {token}"}, timeout=30)
            times.append(time.perf_counter() - began)
            assert answer.ok, answer.text
    return times


def _fill(store: ShiftsStore) -> datetime:
    """Three gates around the clock and sixty people with what they offer. Returns the first day's midnight."""
    chance = random.Random(1)
    first = datetime.combine(now().astimezone(SHANGHAI).date() + timedelta(days=2), datetime.min.time(), SHANGHAI)
    things: list[Post | Shift | Roster] = []
    for gate in range(GATES):
        post = f"gate-{gate}"
        things.append(Post(post, "gate", f"{gate}号门", f"Gate {gate}", "岗亭"))
        for turn in range(DAYS * TURNS):
            starts = first + timedelta(hours=24 / TURNS * turn)
            things.append(Shift(f"{post}-{turn:03}", post, starts, starts + timedelta(hours=24 / TURNS), 1))
    for _ in range(PEOPLE):
        offered = [one for one in TIME_WORDS if chance.random() < 0.6]
        things.append(Roster(new_id(), new_id(), available=offered))
    store.transaction(Command(), lambda tx: tx.save_all([(one, []) for one in things]))
    return first


SCENARIOS = {"rota-beside": beside}
