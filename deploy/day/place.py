"""What happens in one community while its day is played; all of it by its staff, whom people have told or called."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from deploy.demo.doors import Account, Refused
from deploy.demo.gates import BUSY, FROM
from shared.kernel.ids import new_id, now

PER_RESIDENT = 0.3  # passages a day
MOST_AT_ONCE = 2_000  # passages in one upload
FEVERS = 1_500  # one temperature in so many is a fever
LOOKED_AT_A_DAY = 150  # how often staff look at their duty: every ten minutes
FILLED = 0.3  # chance, at a look, that somebody is found for a gap …
LEAVES = 0.12  # … that somebody on duty goes home before the relief is there …
GIVES_UP = 0.06  # … and that somebody cannot come to a coming turn
PLANNED_DAYS, TURN_HOURS = 2, 8
# How often a day each of these happens in a community, on the average.
ASKS, ISSUES, RECEIVES, TELLS, DISINFECTS = 6, 5, 1, 0.4, 0.3
REASONS = ("各门岗夜班", "入户摸排", "楼道消杀", "巡逻队")
ASKED: tuple[tuple[str, str], ...] = (
    ("luggage", "两箱菜和一袋米，拿不动"), ("medicine", "降压药，社区医院已开好"), ("shopping", "一袋面、一桶油"),
    ("lift", "下午去医院复诊，需要搭车"),
)  # fmt: skip
NOTICES = (
    ("今晚八点起西侧停水两小时", "请提前存水。\n\n高龄独居的老人，楼栋负责人会送水上门。"),
    ("口罩到了，按楼栋领取", "每户十只，明天上午在门岗领取。\n\n行动不便的，请打楼门口的电话。"),
    ("返京人员请先登记", "回来的邻居请在门岗登记，在家的健康观察有人送菜送药。"),
)
DIRTY: tuple[tuple[str, str, str], ...] = (
    ("lift", "2号楼1单元电梯", "有住户发热，已送医"), ("area", "垃圾点", "垃圾清运后要全面消杀"),
    ("stairwell", "5号楼3单元楼道", "有返京人员入住"),
)  # fmt: skip


@dataclass
class Place:
    """One community. `volunteers` and `gates` are learnt when first needed."""

    slug: str
    residents: int
    staff: Account
    chance: random.Random
    volunteers: list[str] = field(default_factory=list)
    gates: list[str] = field(default_factory=list)

    @property
    def shifts(self) -> str:
        return f"/communities/{self.slug}/shifts"

    @property
    def grid(self) -> str:
        return f"/communities/{self.slug}/grid"

    def live(self, days: float, hour: int, since: datetime) -> int:
        """So much of a day passes here, `hour` being the hour it is there; what it brings is told as of `since` until now.

        Returns how many deeds were done. Raises requests.RequestException."""
        done = self._try(lambda: self._pass_gates(days, hour, since))
        often: tuple[tuple[float, Callable[[], None]], ...] = (
            (LOOKED_AT_A_DAY, self._look_after_duty), (ASKS, self._ask), (ASKS, self._settle), (ISSUES, self._issue),
            (RECEIVES, self._receive), (TELLS, self._tell), (DISINFECTS, self._disinfect),
        )  # fmt: skip
        for times_a_day, deed in often:
            if self.chance.random() < times_a_day * days:
                done += self._try(deed)
        return done

    def prepare(self, day: str) -> None:
        """The next days' turns are planned, as far as they are not yet."""
        for post in self.staff.get(f"{self.shifts}/posts")["items"]:
            if post["open"] and post["needs"]:
                plan = {"post": post["id"], "first_day": day, "days": PLANNED_DAYS, "turn_hours": TURN_HOURS}
                self._try(lambda plan=plan: self.staff.post(f"{self.shifts}/plan", plan))  # type: ignore[misc]
        self.gates = [one["id"] for one in self.staff.get(f"{self.grid}/gates/")["items"] if one["is_open"]]
        listed = self.staff.pages(f"/volunteers/{self.slug}/")
        self.volunteers = [one["id"] for one in listed if one["standing"] == "approved"]

    def _try(self, deed: Callable[[], object]) -> int:
        """A rule may say no, as it would to anybody."""
        try:
            deed()
        except Refused as refusal:
            if refusal.code.startswith("5"):
                raise
            return 0
        return 1

    def _pass_gates(self, days: float, hour: int, since: datetime) -> None:
        expected = self.residents * PER_RESIDENT * days * 24 * BUSY[hour] / sum(BUSY)
        count = min(int(expected + self.chance.random()), MOST_AT_ONCE)
        if count and self.gates:
            span = (now() - since).total_seconds()
            entries = [self._entry(since + timedelta(seconds=self.chance.uniform(0, span)), hour) for _ in range(count)]
            self.staff.post(f"{self.grid}/gate-log/entries", {"entries": entries})

    def _entry(self, at: datetime, hour: int) -> dict[str, Any]:
        comes, is_vehicle = self.chance.random() < (0.3 if hour < 10 else 0.6), self.chance.random() < 0.2  # noqa: PLR2004
        told: dict[str, Any] = {
            "id": new_id(), "gate": self.chance.choice(self.gates), "at": at.isoformat(), "offset": 0,
            "direction": "in" if comes else "out", "kind": "vehicle" if is_vehicle else "person",
        }  # fmt: skip
        if is_vehicle:
            told["plate"] = f"京N{self.chance.randrange(10_000, 99_999)}"
        elif comes:
            has_fever = self.chance.randrange(FEVERS) == 0
            told["temperature"] = 37.8 if has_fever else round(min(self.chance.gauss(36.5, 0.2), 37.1), 1)
            if self.chance.random() < 0.01:  # noqa: PLR2004
                told["returnee_from"] = self.chance.choice(FROM)
        return told

    def _look_after_duty(self) -> None:
        """Those who have come are checked in, those whose turn is over out; somebody leaves, gives up, is found."""
        coverage = self.staff.get(f"{self.shifts}/coverage")
        for shift in coverage["unfinished"]:
            for claim in shift["claims"]:
                if claim["checked_in"] and not claim["checked_out"]:
                    self._change(shift, claim, "check-out")
        running = [shift for post in coverage["posts"] for shift in post["now"]]
        here = [(shift, claim) for shift in running for claim in shift["claims"]]
        for shift, claim in [one for one in here if not one[1]["checked_in"]][:2]:
            self._change(shift, claim, "check-in")
        on_duty = [one for one in here if one[1]["checked_in"] and not one[1]["checked_out"]]
        if on_duty and self.chance.random() < LEAVES:
            shift, claim = self.chance.choice(on_duty)
            self._change(shift, claim, "check-out")
            self.staff.post(f"{self.shifts}/{shift['id']}/need", {"head_count": shift["head_count"] + 1})
        if self.chance.random() < GIVES_UP:
            self._give_up()
        for gap in coverage["gaps"]:
            if self.chance.random() < FILLED:
                self._fill(gap["shift"])

    def _change(self, shift: dict[str, Any], claim: dict[str, Any], how: str) -> None:
        door = f"{self.shifts}/{shift['id']}/claims/{claim['volunteer']}/{how}"
        self._try(lambda: self.staff.post(door))

    def _give_up(self) -> None:
        """Somebody cannot come to a turn of tomorrow."""
        tomorrow = (now() + timedelta(days=1)).date().isoformat()
        ahead = [one for one in self.staff.get(f"{self.shifts}/?day={tomorrow}")["items"] if one["claims"]]
        if ahead:
            shift = self.chance.choice(ahead)
            self._change(shift, self.chance.choice(shift["claims"]), "release")

    def _fill(self, shift: dict[str, Any]) -> None:
        """Whoever is asked first and may, comes."""
        door = f"{self.shifts}/{shift['id']}/claims"
        for volunteer in self.chance.sample(self.volunteers, min(3, len(self.volunteers))):
            if self._try(lambda volunteer=volunteer: self.staff.post(door, {"volunteer": volunteer})):  # type: ignore[misc]
                return

    def _ask(self) -> None:
        kind, what = self.chance.choice(ASKED)
        door, phone = f"{self.grid}/requests/", f"1900000{self.chance.randrange(10_000):04}"
        where = f"{self.chance.randint(1, 12)}号楼 {self.chance.randint(1, 3)}单元"
        words = {"kind": kind, "who": "一位邻居", "phone": phone, "where": where, "what": what}
        self.staff.post(door, words | ({"gate": self.gates[0]} if kind == "luggage" and self.gates else {}))

    def _settle(self) -> None:
        """What waits longest has been seen to."""
        waiting = self.staff.get(f"{self.grid}/requests/")["items"]
        if waiting:
            request = waiting[0]["request"]
            how = "completion" if request["taken_by"] else "withdrawal"
            self.staff.post(f"{self.grid}/requests/{request['id']}/{how}")

    def _issue(self) -> None:
        stock = self._stock()
        if stock is not None and stock["balance"]:
            most = max(stock["balance"] // 6, 1)
            body = {"quantity": self.chance.randint(1, most), "reason": self.chance.choice(REASONS)}
            self.staff.post(f"/supplies/{self.slug}/stock/{stock['item']}/issues", body)

    def _receive(self) -> None:
        stock = self._stock()
        if stock is not None:
            self.staff.post(f"/supplies/{self.slug}/stock/{stock['item']}/receipts", {"quantity": 50})

    def _stock(self) -> dict[str, Any] | None:
        stocks: list[dict[str, Any]] = self.staff.get(f"/supplies/{self.slug}/stock")["items"]
        return self.chance.choice(stocks) if stocks else None

    def _tell(self) -> None:
        title, body = self.chance.choice(NOTICES)
        here = f"/notices/{self.slug}"
        words = {"kind": "tip", "public": True, "audience": ["everyone"], "title": title, "body": body}
        made = self.staff.post(f"{here}/drafts", words)
        self.staff.post(f"{here}/{made['id']}/release")

    def _disinfect(self) -> None:
        kind, where, why = self.chance.choice(DIRTY)
        urgency = self.chance.choice(("at-once", "today", "today"))
        self.staff.post(f"{self.grid}/disinfection", {"kind": kind, "place": where, "why": why, "urgency": urgency})

    def confirm(self) -> None:
        """What a team has done is looked at and found good."""
        for one in self.staff.get(f"{self.grid}/disinfection")["items"]:
            if one["state"] == "done":
                self._try(lambda one=one: self.staff.post(f"{self.grid}/disinfection/{one['id']}/confirmation"))  # type: ignore[misc]
