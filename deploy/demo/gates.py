"""The demo's gates: two days of who passed, brought by handhelds, and what residents ask those on duty for."""

import hashlib
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.demo.doors import Account, Refused, patiently
from deploy.demo.places import Community
from shared.i18n.timezone import SHANGHAI

BEFORE = 2  # days before today
AT_ONCE = 5_000
# How busy each hour is, from midnight: out to work and to shop in the morning, home in the evening.
BUSY = (1, 1, 1, 1, 2, 6, 18, 34, 30, 22, 20, 24, 22, 14, 14, 16, 24, 36, 38, 26, 16, 10, 5, 2)
PER_RESIDENT = 0.15  # passages a day; a real community sees ten times as many, and loading is to stay quick
SLOW_CLOCK = 95  # seconds by which one handheld's clock is behind
FROM = ("河北", "山东", "河南", "天津")
REQUESTS: tuple[tuple[str, str, str, str], ...] = (
    ("luggage", "周奶奶", "3号楼 1单元 502", "两箱菜和一袋米，拿不动"),
    ("medicine", "陈先生", "7号楼 2单元 301", "降压药，社区医院已开好"),
    ("lift", "刘女士", "1号楼 1单元 101", "下午三点去医院复诊"),
)


def pass_gates(staff: Account, community: Community, at: datetime) -> None:
    """Bring in who passed until now, the oldest first; nothing where some of today are there already."""
    grid = _grid(community)
    gates = [post.id for post in community.posts if post.kind == "gate" and post.heads]

    def known() -> bool:
        return {gate["id"] for gate in _today(staff, grid)} >= set(gates)

    patiently(known, f"{grid} to know its gates")
    if any(gate["came"] + gate["went"] for gate in _today(staff, grid)):
        return
    midnight = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(days=number) for number in range(BEFORE, -1, -1)]
    entries = [entry for day in days for entry in passages(community.slug, community.residents, gates, day, at)]
    bring_in(staff, grid, entries)


def bring_in(staff: Account, grid: str, entries: list[dict[str, Any]]) -> None:
    for start in range(0, len(entries), AT_ONCE):
        staff.post(f"{grid}/gate-log/entries", {"entries": entries[start : start + AT_ONCE]})


def ask_for_help(staff: Account, helper: Account | None, community: Community) -> None:
    """A few requests wait, written down by staff for those who called; one is taken by somebody on duty."""
    grid = _grid(community)
    gate = next(post.id for post in community.posts if post.kind == "gate" and post.heads)
    asked = []
    for number, (kind, who, where, what) in enumerate(REQUESTS):
        phone = f"1900000{number:04}"
        token = hashlib.sha256(f"{staff.password} {number}".encode()).hexdigest()[:22]
        at = {"gate": gate} if kind == "luggage" else {}
        words = {"kind": kind, "who": who, "phone": phone, "where": where, "what": what, "token": token, **at}
        asked.append(staff.post(f"{grid}/requests/", words)["request"]["id"])
    if helper is not None:
        patiently(lambda: _takes(helper, f"{grid}/requests/{asked[1]}/taking"), f"{grid} to know who is on duty")


def _today(staff: Account, grid: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = staff.get(f"{grid}/gates/")["items"]
    return found


def _takes(helper: Account, door: str) -> bool:
    """The grid hears by event who has checked in."""
    try:
        helper.post(door, already=("taken-already", "request-settled"))
    except Refused as refusal:
        if refusal.code == "not-on-duty":
            return False
        raise
    return True


def passages(
    community: str, residents: int, gates: list[str], midnight: datetime, until: datetime, since: datetime | None = None
) -> list[dict[str, Any]]:
    """A day's, the same each time they are asked for: an entry keeps its id."""
    chance = random.Random(f"{community} {midnight:%Y-%m-%d}")  # noqa: S311  (a demo's)
    hours = chance.choices(range(24), BUSY, k=int(residents * PER_RESIDENT))
    made = (_entry(chance, community, gates, midnight + timedelta(hours=hour), n) for n, hour in enumerate(hours))
    return [entry for happened, entry in made if (since or midnight) <= happened <= until]


def _entry(
    chance: random.Random, community: str, gates: list[str], hour: datetime, number: int
) -> tuple[datetime, dict[str, Any]]:
    happened = (hour + timedelta(seconds=chance.randrange(3600))).astimezone(UTC)
    gate, is_vehicle = chance.choice(gates), chance.random() < 0.2  # noqa: PLR2004  (one in five)
    slow = SLOW_CLOCK if gate == gates[-1] else 0
    comes = chance.random() < (0.3 if hour.hour < 10 else 0.6)  # noqa: PLR2004  (out before ten, home after)
    told: dict[str, Any] = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{community} {hour:%Y-%m-%dT%H} {number}")),
        "gate": gate,
        "at": (happened - timedelta(seconds=slow)).isoformat(),
        "offset": slow,
        "direction": "in" if comes else "out",
        "kind": "vehicle" if is_vehicle else "person",
    }
    if is_vehicle:
        told["plate"] = f"京N{chance.randrange(10_000, 99_999)}"
    elif comes:
        told["temperature"] = 37.6 if number == 7 else round(chance.gauss(36.5, 0.2), 1)  # noqa: PLR2004
        if chance.random() < 0.01:  # noqa: PLR2004
            told["returnee_from"] = chance.choice(FROM)
    return happened, told


def _grid(community: Community) -> str:
    return f"/communities/{community.slug}/grid"
