"""How the invented communities of a large district come about: registered, with posts, people, goods, duty and a letter."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from deploy.demo.doors import Account, Doors, patiently
from deploy.demo.gates import bring_in, passages
from deploy.demo.notices import LETTER, release
from deploy.demo.people import GIVEN, SURNAMES
from deploy.demo.rota import Helper, LeftOpen, share_out, take_place
from deploy.demo.streets import POSTS, Invented
from deploy.demo.supplies import Goods, fill, list_items
from services.volunteers.sheets import COLUMNS
from shared.documents.excel_reader import Leaf
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI

AT_ONCE = 6
DAYS, TURN_HOURS = 2, 8
GATES = [post.id for post in POSTS if post.kind == "gate"]
PEOPLE = 24
BUILDINGS = 12
AROUND = timedelta(minutes=90)  # as much of yesterday's passages stands beside today's
ONE_IN_SO_MANY_SHORT = 3  # communities that lack somebody soon, ...
ONE_IN_SO_MANY_LATE = 9  # ... and those where somebody on duty has not come yet
USED = (("mask-n95", 24), ("alcohol", 4), ("disinfectant", 6))  # a day


@dataclass(frozen=True)
class Place:
    """A hosted community and its staff."""

    community: Invented
    staff: Account
    chance: random.Random

    @property
    def slug(self) -> str:
        return self.community.slug


class LargeDistrict:
    """Everything is asked for as if for the first time and what is there already stays: it may be run again at any point."""

    def __init__(self, base_url: str, operator: str, password: str, at: datetime, say: Callable[[str], None]) -> None:
        self._operator = Account(Doors(base_url), operator, password)
        self._at = at
        self._today = at.astimezone(SHANGHAI).date()
        self._say = say

    def load(self, communities: Sequence[Invented]) -> None:
        """Some communities at once. Raises Refused, requests.RequestException."""
        places = [Place(one, staff_of(self._operator, one.slug), random.Random(one.slug)) for one in communities]  # noqa: S311
        for one in places:
            self._operator.post("/accounts/communities", one.community.registration(), already=("community-known",))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                waiting = [pool.submit(self._settle, one) for one in places]
                for number, done in enumerate(as_completed(waiting), start=1):
                    done.result()
                    self._say(f"{number} of {len(places)} communities are hosted")
            finally:
                pool.shutdown(cancel_futures=True)

    def _settle(self, place: Place) -> None:
        self._operator.appoint(place.staff, "staff", f"community:{place.slug}")
        self._open_posts(place)
        people = _bring_people(place)
        self._fill_store(place)
        if place.chance.random() < 0.5:  # noqa: PLR2004  (every other one has told its residents something)
            release(place.staff, f"/notices/{place.slug}", LETTER)
        self._share_duty(place, people)
        self._pass_gates(place)

    def _open_posts(self, place: Place) -> None:
        home = place.community.shifts
        for post in POSTS:
            place.staff.post(f"{home}/posts", post.opening(), already=("post-exists",))
            plan = {"post": post.id, "first_day": f"{self._today}", "days": DAYS, "turn_hours": TURN_HOURS}
            place.staff.post(f"{home}/plan", plan)

    def _fill_store(self, place: Place) -> None:
        """Some stores last a day, others for weeks."""
        list_items(place.staff)
        stock = f"/supplies/{place.slug}/stock"
        patiently(lambda: place.staff.finds(stock), f"supplies to know {place.slug}")
        if not place.staff.get(stock)["items"]:
            for item, per_day in USED:
                days = place.chance.choice((2, 6, 8, 10, 14, 20))
                fill(place.staff, place.slug, Goods(item, per_day * days, 300, per_day, 0), self._today)

    def _share_duty(self, place: Place, people: Sequence[str]) -> None:
        """The running turns have their people, who are there; of those ahead a few lack somebody."""
        home, staff = place.community.shifts, place.staff
        days = [self._today + timedelta(days=number) for number in range(DAYS)]
        shifts = [one for day in days for one in staff.get(f"{home}/?day={day}")["items"]]
        midnight = datetime.combine(self._today, datetime.min.time(), SHANGHAI)
        crew = [Helper(one, midnight) for one in people]
        for volunteer, shift, _ in share_out(self._left_open(place), shifts, crew, self._today, self._at):
            take_place(staff, f"{home}/{shift}/claims", {"volunteer": volunteer})
        posts = staff.get(f"{home}/coverage")["posts"]
        on_duty = [
            (shift["id"], one["volunteer"]) for post in posts for shift in post["now"] for one in shift["claims"]
        ]
        late = place.chance.randrange(ONE_IN_SO_MANY_LATE) == 0
        for shift, volunteer in on_duty[late:]:
            staff.post(f"{home}/{shift}/claims/{volunteer}/check-in", already=("shift-over",))

    def _left_open(self, place: Place) -> LeftOpen:
        if place.chance.randrange(ONE_IN_SO_MANY_SHORT):
            return frozenset()
        return frozenset({(place.chance.randrange(DAYS), place.chance.choice((0, 8, 16)), place.chance.choice(GATES))})

    def _pass_gates(self, place: Place) -> None:
        """Who passed in the last hour and a half, and around this time of yesterday."""
        grid = place.community.grid
        patiently(lambda: len(place.staff.get(f"{grid}/gates/")["items"]) == len(GATES), f"{grid} to know its gates")
        midnight = self._at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        entries = []
        for days in (1, 0):
            then = self._at - timedelta(days=days)
            until = min(then + AROUND, self._at)
            of_day = (place.slug, place.community.residents, GATES, midnight - timedelta(days=days))
            entries += passages(*of_day, until, then - AROUND)
        bring_in(place.staff, grid, entries)


def staff_of(operator: Account, slug: str) -> Account:
    """Who runs a hosted community."""
    return operator.other(f"staff-{slug}")


def _bring_people(place: Place) -> list[str]:
    """The volunteers come in from a file, as a list that existed before; their ids, in its order."""
    home, staff = f"/volunteers/{place.slug}", place.staff
    patiently(lambda: staff.finds(f"{home}/imports"), f"volunteers to know {place.slug}")
    rows = [_row(place, number) for number in range(PEOPLE)]
    from shared.documents.excel_drawing import draw

    content = draw([Leaf(Text("志愿者", "Volunteers"), COLUMNS, rows)], "zh")
    made = staff.upload(f"{home}/imports", {}, {"file": content})
    if staff.post(f"{home}/imports/{made['id']}/confirmation", {}, already=("nobody-new",)) is not None:
        patiently(lambda: _is_in(staff, home, made["id"]), f"the volunteers of {place.slug}")
    return [one["id"] for one in staff.pages(f"{home}/") if one["standing"] == "approved"]


def _is_in(staff: Account, home: str, file: str) -> bool:
    return bool(staff.get(f"{home}/imports/{file}")["job"]["state"] == "done")


def _row(place: Place, number: int) -> dict[str, Any]:
    """Everybody's phone is made up, and no two of the district have the same."""
    name = place.chance.choice(SURNAMES) + GIVEN[(number * 7 + len(place.slug)) % len(GIVEN)]
    phone = f"191{random.Random(f'{place.slug} {number}').randrange(10**8):08}"  # noqa: S311
    return {"name": name, "phone": phone, "home": f"{number % BUILDINGS + 1}号楼", "name_shown": True}
