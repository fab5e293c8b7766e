"""The demo's residents: invented households for every door of a community, its cells, and a screening round under way."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from deploy.demo.doors import Account, Refused
from deploy.demo.people import GIVEN, SURNAMES
from deploy.demo.places import Community
from services.grid.sheets import COLUMNS
from shared.documents.excel_reader import Leaf
from shared.i18n.text import Text

UNITS = 3
PER_CELL = 6  # buildings
PATIENCE_SECONDS = 120.0  # for one file, on a slow machine
THIS_YEAR = 2020  # the year of the reports
OLD_SHARE = {"yueran": 0.15, "biguiyuan": 0.25}
SCREENED = 0.6  # of the households
OUTCOMES = ("visited",) * 15 + ("not-home",) * 3 + ("revisit", "refused")
AT_ONCE = 500
WITH_FLAG = 60  # one household in so many
FLAGS = ("独居老人", "需要帮助", "居家隔离")
VERY_OLD = 75


@dataclass(frozen=True)
class Home:
    building: int
    unit: int
    floor: int
    side: int

    @property
    def door(self) -> str:
        return f"{self.floor}{self.side:02}"


def files(staff: Account, community: Community) -> list[list[dict[str, Any]]]:
    """The rows of some buildings in each, as staff would bring them in; none where everybody is registered already."""
    home = f"/communities/{community.slug}/grid"
    if sum(one["residents"] for one in staff.get(f"{home}/")["items"]) >= community.residents:
        return []
    return [list(rows) for _, rows in groupby(residents(community), key=lambda row: row["cell"])]


def bring_in(staff: Account, community: Community, rows: list[dict[str, Any]]) -> None:
    home = f"/communities/{community.slug}/grid"
    from shared.documents.excel_drawing import draw

    content = draw([Leaf(Text("住户", "Residents"), COLUMNS, rows)], "zh")
    made = staff.upload(f"{home}/imports", {}, {"file": content})
    if staff.post(f"{home}/imports/{made['id']}/confirmation", already=("nothing-new",)) is None:
        return
    deadline = time.monotonic() + PATIENCE_SECONDS
    while staff.get(f"{home}/imports/{made['id']}")["job"]["state"] == "working":
        if time.monotonic() > deadline:
            raise Refused("late", "A file of residents is still being brought in.")
        time.sleep(0.2)


def screen(staff: Account, community: Community) -> None:
    """A round is under way, with most doors seen; one that was begun before is left as it is."""
    home = f"/communities/{community.slug}/grid"
    if staff.get(f"{home}/rounds")["items"]:
        return
    begun = staff.post(f"{home}/rounds", {})
    chance = random.Random(community.slug)  # noqa: S311  (the same invented people on every run)
    entries = list[dict[str, Any]]()
    for building in staff.get(f"{home}/")["items"]:
        doors = staff.get(f"{home}/rounds/{begun['id']}/doors?building={building['id']}")["items"]
        share = chance.choice((0.0, SCREENED, SCREENED, 1.0, 1.0))
        entries += [_entry(one["household"], chance) for one in doors if chance.random() < share]
    if entries:
        entries[0]["outcome"] = "unwell"
    for start in range(0, len(entries), AT_ONCE):
        staff.post(f"{home}/rounds/{begun['id']}/entries", {"entries": entries[start : start + AT_ONCE]})


def residents(community: Community) -> Iterator[dict[str, Any]]:
    """As many rows as the community has residents, the same ones on every run."""
    chance = random.Random(community.slug)  # noqa: S311  (the same invented people on every run)
    left, number = community.residents, 0
    places = community.buildings * UNITS
    for place in range(places):
        here = left // (places - place)
        left -= here
        for home in _homes(place):
            size = min(here, chance.choice((1, 2, 2, 3, 3, 3, 4, 5)))
            here -= size
            born = _years(size, chance, OLD_SHARE[community.slug])
            flag = _flag(born, chance)
            for who, year in enumerate(born):
                number += 1
                yield _row(home, number, year, who == 0, flag, chance)
            if here == 0:
                break


def _flag(born: list[int], chance: random.Random) -> str | None:
    """Most of the very old who live alone are known to staff; of the others one household in so many."""
    if len(born) == 1 and THIS_YEAR - born[0] > VERY_OLD:
        return FLAGS[0]
    return chance.choice(FLAGS[1:]) if chance.randrange(WITH_FLAG) == 0 else None


def _homes(place: int) -> Iterator[Home]:
    """The doors of a unit, floor by floor, two on each."""
    for floor in range(1, 40):
        for side in (1, 2):
            yield Home(place // UNITS + 1, place % UNITS + 1, floor, side)


def _years(size: int, chance: random.Random, old: float) -> list[int]:
    """Households of old people, and others."""
    if chance.random() < old:
        return [THIS_YEAR - chance.randint(62, 88) for _ in range(size)]
    return [THIS_YEAR - chance.randint(25, 58) if one < 2 else THIS_YEAR - chance.randint(1, 20) for one in range(size)]  # noqa: PLR2004


def _row(home: Home, number: int, born: int, first: bool, flag: str | None, chance: random.Random) -> dict[str, Any]:  # noqa: FBT001
    """The first of a household is whom staff would call, and beside whose name they note what to mind."""
    surname, given = chance.choice(SURNAMES), GIVEN[number % len(GIVEN)]  # no two of a household have one name
    return {
        "cell": f"第{(home.building - 1) // PER_CELL + 1}网格", "building": f"{home.building}号楼", "unit": f"{home.unit}单元",
        "door": home.door, "name": surname + given, "phone": f"190{number + 10_000_000:08}" if first else None,
        "born": born, "flags": flag if first else None,
    }  # fmt: skip


def _entry(household: str, chance: random.Random) -> dict[str, Any]:
    return {
        "id": f"demo-{household}", "household": household, "outcome": chance.choice(OUTCOMES),
        "seconds_ago": chance.randrange(3600),
    }  # fmt: skip
