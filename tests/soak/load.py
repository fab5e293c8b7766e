"""The load: people at work through the HTTP doors, and its own record of every act and of how it was answered."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests

from shared.i18n.timezone import SHANGHAI
from shared.kernel.ids import new_id, now
from shared.security.tokens import Grant, TokenMaker
from tests.soak.district import District

ANSWER_SECONDS = 20
PAUSE_SECONDS = 0.3
DAYS_AT_ONCE = 31
TURN_HOURS = 2
BULK_WORKERS, LIFE_WORKERS = 2, 2  # per community
TOO_FAR_BEHIND = 40_000  # events on their way beyond which nobody plans another month
LIVES_PER_GATE = 40
REST_DAYS = 2  # between two claims of one person, so that only sometimes a rule says no

APPLIED = "volunteers.volunteer.applied.v1"
APPROVED = "volunteers.volunteer.approved.v1"
SUSPENDED = "volunteers.volunteer.suspended.v1"
REINSTATED = "volunteers.volunteer.reinstated.v1"
REGISTERED = "accounts.account.registered.v1"
COMMUNITY = "accounts.community.registered.v1"
POST_OPENED = "shifts.post.opened.v1"
POST_CLOSED = "shifts.post.closed.v1"
PLANNED = "shifts.shift.planned.v1"
CLAIMED = "shifts.shift.claimed.v1"
RELEASED = "shifts.shift.released.v1"
CHECKED_IN = "shifts.shift.checked-in.v1"
CHECKED_OUT = "shifts.shift.checked-out.v1"


class GaveUp(Exception):
    """The soak is over and an act is still without an answer."""


@dataclass
class Deed:
    """One act as its doer knows it. `makes` is the event it must have made, of `subject`, `times` times, if it was answered yes;
    `unanswered` counts the attempts of which nobody can say whether they took effect."""

    path: str
    actor: str | None
    makes: str
    subject: str | None = None
    times: int = 1
    status: int | None = None
    unanswered: int = 0
    answer: Any = None


@dataclass
class Record:
    """All deeds, and the statuses of all answers."""

    deeds: list[Deed] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


class Load:
    """Starts its people with `start`; `finish` lets each end what it is about, for so many seconds at most."""

    def __init__(self, district: District, seed: int, behind: Callable[[], int], rest_seconds: float) -> None:
        self.record = Record()
        self._district = district
        self._tokens = TokenMaker(district.stack.signing_key)
        self._seed = seed
        self._behind = behind
        self._rest_seconds = rest_seconds
        self._approved: dict[str, list[str]] = {one: [] for one in district.stack.communities}
        self._finishing = False
        self._deadline = float("inf")
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for community in self._district.stack.communities:
            self._register_community(community)
            for number in range(BULK_WORKERS + LIFE_WORKERS):
                work = self._plan_forever if number < BULK_WORKERS else self._live_forever
                dice = random.Random(f"{self._seed} {community} {number}")
                self._threads.append(threading.Thread(target=self._run, args=(work, dice, community, number)))
        for thread in self._threads:
            thread.start()

    def finish(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._finishing = True
        for thread in self._threads:
            thread.join()

    def _run(self, work: Callable[..., None], dice: random.Random, community: str, number: int) -> None:
        try:
            work(dice, community, f"{community[0]}{number}")
        except GaveUp:
            return

    def _plan_forever(self, dice: random.Random, community: str, name: str) -> None:
        place = 0
        while not self._finishing:
            if self._behind() > TOO_FAR_BEHIND:
                time.sleep(0.5)
                continue
            place += 1
            self._plan_and_close(dice, community, f"bulk-{name}-{place}")
            time.sleep(self._rest_seconds)

    def _plan_and_close(self, dice: random.Random, community: str, post: str) -> None:
        """A post is opened, planned for months, taken by a few, and closed again."""
        self._open(community, post)
        months = dice.randint(1, 2)
        first = datetime.now(SHANGHAI).date() + timedelta(days=dice.choice((0, 1, 4, 4)))
        for month in range(months):
            self._plan(community, post, first + timedelta(days=month * DAYS_AT_ONCE), DAYS_AT_ONCE, 2)
        for volunteer in dice.sample(self._approved[community], min(3, len(self._approved[community]))):
            day = first + timedelta(days=dice.randrange(2, DAYS_AT_ONCE))
            self._assign(community, f"{post}-{day:%Y%m%d}T{2 * dice.randrange(12):02}00", volunteer)
        self._staff(community, f"posts/{post}/closure", {}, POST_CLOSED, post)

    def _live_forever(self, dice: random.Random, community: str, name: str) -> None:
        gate, lives = "", 0
        while not self._finishing:
            if lives % LIVES_PER_GATE == 0:
                gate = f"gate-{name}-{lives}"
                self._open(community, gate)
                self._plan(community, gate, datetime.now(SHANGHAI).date(), DAYS_AT_ONCE, 50)
            lives += 1
            self._live(dice, community, gate, with_account=lives % 5 == 1)

    def _live(self, dice: random.Random, community: str, gate: str, *, with_account: bool) -> None:
        """One volunteer: applies, is approved, stands guard now, takes shifts and gives some back, is suspended, comes back."""
        account = self._register() if with_account else new_id()
        volunteer = self._apply(community, account)
        if volunteer is None:
            return
        self._decide(community, volunteer, "approval", APPROVED)
        today = datetime.now(SHANGHAI)
        running = f"{gate}-{today:%Y%m%d}T{today.hour - today.hour % TURN_HOURS:02}00"
        if not self._assign_once_known(community, running, volunteer):
            return
        self._approved[community].append(volunteer)
        self._staff(community, f"{running}/claims/{volunteer}/check-in", {}, CHECKED_IN, running)
        for number in range(dice.randint(1, 4)):
            day = today + timedelta(days=REST_DAYS * (1 + number) + dice.randrange(2))
            shift = f"{gate}-{day:%Y%m%d}T{2 * dice.randrange(12):02}00"
            own = [Grant("volunteer", f"community:{community}")]
            path = f"/communities/{community}/shifts/{shift}/claims"
            self._do(path, {}, account, own, CLAIMED, shift)
            if dice.random() < 0.3:
                self._do(f"{path}/{volunteer}/release", {}, account, own, RELEASED, shift)
        if dice.random() < 0.7:
            self._staff(community, f"{running}/claims/{volunteer}/check-out", {}, CHECKED_OUT, running)
        if dice.random() < 0.4:
            self._approved[community].remove(volunteer)
            self._decide(community, volunteer, "suspension", SUSPENDED, {"reason": "休整"})
            if dice.random() < 0.5:
                self._decide(community, volunteer, "reinstatement", REINSTATED)
                self._approved[community].append(volunteer)

    def _register_community(self, community: str) -> None:
        body = {"slug": community, "name": f"{community}社区", "name_en": community, "residents": 5000}
        operator = [Grant("operator", "district")]
        self._do("/accounts/communities", body, new_id(), operator, COMMUNITY, community)

    def _register(self) -> str:
        body = {"user": f"u{new_id()}", "password": new_id()}
        deed = self._do("/accounts", body, None, [], REGISTERED, None)
        return str(deed.answer["id"])

    def _apply(self, community: str, account: str) -> str | None:
        body = {
            "display_name": "林晓雨",
            "home": "3号楼",
            "phone": "19000000001",
            "name_shown": True,
            "skills": ["medical"],
        }
        deed = self._do(f"/volunteers/{community}/applications", body, account, [], APPLIED, None)
        return deed.answer["id"] if deed.subject else None

    def _decide(
        self, community: str, volunteer: str, what: str, makes: str, body: dict[str, Any] | None = None
    ) -> None:
        staff = [Grant("staff", f"community:{community}")]
        self._do(f"/volunteers/{community}/{volunteer}/{what}", body or {}, new_id(), staff, makes, volunteer)

    def _open(self, community: str, post: str) -> None:
        body = {"id": post, "kind": "gate", "name": "西门", "name_en": "West gate", "place": "A1"}
        self._staff(community, "posts", body, POST_OPENED, post)

    def _plan(self, community: str, post: str, first: Any, days: int, head_count: int) -> None:
        body = {
            "post": post, "first_day": first.isoformat(), "days": days, "turn_hours": TURN_HOURS, "head_count": head_count,
        }  # fmt: skip
        self._staff(community, "plan", body, PLANNED, None)

    def _assign(self, community: str, shift: str, volunteer: str) -> Deed:
        return self._staff(community, f"{shift}/claims", {"volunteer": volunteer}, CLAIMED, shift)

    def _assign_once_known(self, community: str, shift: str, volunteer: str) -> bool:
        """The approval travels as an event; until it has arrived the shifts know nobody of that name."""
        while not self._finishing:
            deed = self._assign(community, shift, volunteer)
            if deed.status and deed.status < 300:
                return True
            if deed.answer.get("code") != "volunteer-not-approved":
                return False
            time.sleep(1)
        return False

    def _staff(self, community: str, path: str, body: dict[str, Any], makes: str, subject: str | None) -> Deed:
        """As somebody of the staff who does only this: the act's events carry an actor of their own."""
        staff = [Grant("staff", f"community:{community}")]
        return self._do(f"/communities/{community}/shifts/{path}", body, new_id(), staff, makes, subject)

    def _do(
        self, path: str, body: dict[str, Any], account: str | None, grants: Sequence[Grant], makes: str, subject: str | None
    ) -> Deed:  # fmt: skip
        """Asks until there is an answer, each time under the same key. Raises GaveUp."""
        deed = Deed(path, account, makes, subject)
        self.record.deeds.append(deed)
        key = new_id()
        while True:
            response = self._ask(path, body, account, grants, key)
            if response is not None:
                self.record.statuses[response.status_code] += 1
            if response is not None and response.status_code < 500 and response.status_code not in (401, 429):
                deed.status, deed.answer = response.status_code, response.json() if response.content else None
                if response.ok:
                    self._note(deed)
                return deed
            deed.unanswered += 1
            if time.monotonic() > self._deadline:
                raise GaveUp
            time.sleep(PAUSE_SECONDS)

    def _note(self, deed: Deed) -> None:
        if deed.makes == PLANNED:
            deed.times = deed.answer["planned"]
        elif deed.subject is None:
            deed.subject = deed.answer["id"]

    def _ask(
        self, path: str, body: dict[str, Any], account: str | None, grants: Sequence[Grant], key: str
    ) -> requests.Response | None:
        headers = {"Idempotency-Key": key}
        if account is not None:
            token = self._tokens.make(account, grants, now(), name="soak", audience="district")
            headers["Authorization"] = f"Bearer {token}"
        address = random.choice(self._district.addresses(path))
        try:
            return requests.post(f"http://{address}{path}", json=body, headers=headers, timeout=ANSWER_SECONDS)
        except requests.RequestException:
            return None
