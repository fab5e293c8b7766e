"""The demo's two communities: their posts, the pattern of their duty, and the places that nobody has taken yet."""

from dataclasses import dataclass, field

from deploy.demo.people import Fate, Person, invent

TURN_HOURS = 4
DAYS = 7
NIGHT, DAY, EVENING = (0, 8), (8, 20), (20, 24)  # hours of Shanghai's clock


@dataclass(frozen=True)
class Post:
    """A post, with the people it needs by `hours`; a post without is closed again: nobody may pass there."""

    id: str
    kind: str
    name: str
    name_en: str
    place: str
    heads: dict[tuple[int, int], int] = field(default_factory=dict)

    def opening(self) -> dict[str, object]:
        names = {"name": self.name, "name_en": self.name_en}
        needs = [{"from_hour": since, "to_hour": until, "heads": heads} for (since, until), heads in self.heads.items()]
        return {"id": self.id, "kind": self.kind, **names, "place": self.place, "needs": needs}

    def plan(self, first_day: str) -> dict[str, object]:
        """The week's plan as its door takes it, with as many people as the post needs by the hour."""
        return {"post": self.id, "first_day": first_day, "days": DAYS, "turn_hours": TURN_HOURS}


@dataclass(frozen=True)
class Community:
    """`left_open`: (day from 0, hour, post) where one place stays free. `suffix` tells its user names from the other's."""

    slug: str
    name: str
    name_en: str
    residents: int
    street: tuple[str, str]
    suffix: str
    buildings: int
    posts: tuple[Post, ...]
    people: list[Person]
    left_open: frozenset[tuple[int, int, str]]

    @property
    def home(self) -> str:
        return f"/communities/{self.slug}/shifts"

    def registration(self) -> dict[str, object]:
        names = {"name": self.name, "name_en": self.name_en, "street": self.street[0], "street_en": self.street[1]}
        return {"slug": self.slug, **names, "residents": self.residents}


def _open(*rows: str) -> frozenset[tuple[int, int, str]]:
    """`"1 20 gate-3 patrol"`: on the second day from 20:00 gate-3 and the patrol each lack one."""
    said = (row.split() for row in rows)
    return frozenset((int(day), int(hour), post) for day, hour, *posts in said for post in posts)


def _fates(approved: int) -> list[Fate]:
    return [*["approved"] * approved, "suspended", "refused", "applied", "applied", "applied"]  # type: ignore[list-item]


ROUND_THE_CLOCK = {NIGHT: 1, DAY: 1, EVENING: 1}

YUERAN = Community(
    "yueran", "悦然馨苑", "Yueran Gardens", 5000, ("文昌街道", "Wenchang Street"), "", 22,
    (
        Post("gate-2", "gate", "2号门", "Gate 2", "东侧主入口", {NIGHT: 1, DAY: 2, EVENING: 1}),
        Post("gate-3", "gate", "3号门", "Gate 3", "南侧，靠近幼儿园", ROUND_THE_CLOCK),
        Post("gate-4", "gate", "4号门", "Gate 4", "北侧车行口", ROUND_THE_CLOCK),
        Post("patrol", "patrol", "小区巡逻", "Patrol", "全小区", {DAY: 2}),
    ),
    invent(_fates(35), prefix="volunteer", buildings=22, offset=0),
    _open(
        "0 20 gate-4", "1 0 gate-3", "1 12 patrol", "1 16 gate-2", "2 4 gate-4", "2 20 gate-3", "3 12 patrol",
        "3 20 gate-2", "4 0 gate-3", "4 8 patrol", "4 20 gate-2 gate-4", "5 0 gate-2", "5 12 gate-3 patrol",
        "5 20 gate-3", "6 0 gate-3 gate-4", "6 8 gate-2 patrol", "6 16 gate-2 patrol", "6 20 gate-2 gate-4",
    ),
)  # fmt: skip

BIGUIYUAN = Community(
    "biguiyuan", "碧桂园", "Biguiyuan", 13000, ("南桥街道", "Nanqiao Street"), "-b", 46,
    (
        Post("west-gate", "gate", "西门", "West gate", "唯一开放的出入口", {NIGHT: 2, DAY: 3, EVENING: 2}),
        Post("north-gate", "gate", "北门", "North gate", "北侧"),
        Post("south-gate", "gate", "南门", "South gate", "南侧"),
        Post("help-car", "help-car", "帮扶车", "Help car", "西门内侧", {DAY: 2}),
        Post("screening", "screening", "入户摸排", "Door-to-door screening", "1–30号楼", {DAY: 3}),
        Post("patrol", "patrol", "小区巡逻", "Patrol", "全小区", ROUND_THE_CLOCK),
        Post("raindrop", "disinfection", "小雨滴消杀", "Raindrop team, disinfection", "楼道和电梯", {(8, 12): 2}),
    ),
    invent(_fates(60), prefix="volunteer-b", buildings=46, offset=40),
    _open(
        "0 20 west-gate", "1 0 patrol", "1 8 screening", "1 16 help-car", "2 0 west-gate", "2 12 screening",
        "2 20 patrol", "3 8 help-car", "3 16 screening", "4 0 west-gate", "4 12 help-car screening", "4 20 patrol",
        "5 0 patrol", "5 8 screening raindrop", "5 16 help-car", "5 20 west-gate", "6 0 west-gate patrol",
        "6 8 help-car screening", "6 12 screening", "6 16 help-car screening", "6 20 west-gate patrol",
    ),
)  # fmt: skip

COMMUNITIES = (YUERAN, BIGUIYUAN)
