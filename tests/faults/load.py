"""People at work at a district's doors for as long as a test lets them, and what must be true of it afterwards."""

import threading
import time
from collections import Counter
from typing import Any

import requests

from tests.lengths import by_length
from tests.stack import Stack, eventually

APPLY = "/volunteers/yueran/applications"
APPLICATION = {"display_name": "林晓雨", "home": "3号楼", "phone": "19000000001"}
PEOPLE = 4
PAUSE_SECONDS = by_length(0.05, 0.0)  # of a person between two


class Load:
    """Applications, one after another, from a few people at once, for the length of a with-block; `at` one replica, or any."""

    def __init__(self, stack: Stack, at: str | None = None) -> None:
        self.stack = stack
        self.at = at
        self.acknowledged: list[str] = []
        self.answers: Counter[str] = Counter()
        self.slowest = 0.0
        self._enough = threading.Event()
        self._people = [threading.Thread(target=self._work) for _ in range(PEOPLE)]

    def __enter__(self) -> "Load":
        for person in self._people:
            person.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        for person in self._people:
            person.join()

    def goes_on(self, applications: int = 20) -> None:
        """Returns once so many more were acknowledged."""
        target = len(self.acknowledged) + applications
        eventually(lambda: len(self.acknowledged) >= target, seconds=30)

    def _work(self) -> None:
        while not self._enough.is_set():
            began = time.monotonic()
            try:
                answer = self.stack.call("POST", APPLY, self.stack.token(), APPLICATION, at=self.at)
            except requests.RequestException as fault:
                self.answers[type(fault).__name__] += 1
                self._enough.wait(0.1)
                continue
            self.slowest = max(self.slowest, time.monotonic() - began)
            self._note(answer)
            self._enough.wait(PAUSE_SECONDS)

    def _note(self, answer: requests.Response) -> None:
        if answer.status_code == 201:
            self.acknowledged.append(answer.json()["id"])
            self.answers["201"] += 1
        else:
            waits = f", again in {answer.headers['Retry-After']} s" if "Retry-After" in answer.headers else ""
            self.answers[f"{answer.status_code}{waits}"] += 1


def all_arrives(stack: Stack, acknowledged: list[str]) -> None:
    """Nothing acknowledged is missing, and every event of it has taken effect at the district, once and in order."""
    own, district = stack.database("volunteers"), stack.database("district")
    states: dict[str, int] = {one["_id"]: one["meta"]["sequence"] for one in own["volunteers"].find()}
    assert set(acknowledged) <= states.keys()
    assert own["journal"].count_documents({}) == sum(states.values())
    eventually(lambda: own["journal"].count_documents({"unpublished": True}) == 0, seconds=30)
    eventually(lambda: heard(district) == states, seconds=30)
    log = district["received"].count_documents({"event.source": "/district/volunteers"})
    assert log == sum(states.values())


def heard(district: Any) -> dict[str, int]:
    """The place the district has reached in each volunteer's story."""
    mine = district["inbox"].find({"_id": {"$regex": r"\|volunteers\.volunteer\|"}})
    return {one["_id"].rpartition("|")[2]: one["last"] for one in mine}
