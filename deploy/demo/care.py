"""Who looks after which building in the demo, what people can do and when, and the one team: as its staff write it down."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from deploy.demo.doors import Account
from deploy.demo.places import Community

UNITS = 3
LEFT_OPEN = 7  # one building in so many has nobody yet, another one only in its first unit
ROLES = ("publicity", "duty", "oversight", "service", "advocacy", "guide")
TIMES = (
    ["weekday-evening", "weekend-morning", "weekend-afternoon"], ["weekday-morning", "weekday-afternoon"],
    ["weekday-night", "weekend-night"], ["weekend-morning", "weekend-afternoon", "weekend-evening"],
)  # fmt: skip
PAPERS = {
    "medical": ("护士执业证书", 400),
    "driving": ("驾驶证 C1", 1200),
    "repairs": ("电工证", 20),
}  # ends in so many days
TEAM, TEAM_EN = "小雨滴", "Raindrop"
TEAM_SIZE = 8


@dataclass(frozen=True)
class Write:
    path: str
    body: dict[str, Any]
    already: tuple[str, ...] = ()


def register_buildings(staff: Account, community: Community) -> None:
    body = {"first": 1, "last": community.buildings, "units": UNITS}
    staff.post(f"/volunteers/{community.slug}/buildings/many", body)


def writes(community: Community, helping: list[dict[str, Any]], today: date) -> Iterator[Write]:
    """`helping`: the approved, as the staff's list shows them. What somebody stated meanwhile stays."""
    home = f"/volunteers/{community.slug}"
    for building in range(1, community.buildings + 1):
        if building % LEFT_OPEN != 0:
            near = [one for one in helping if one["home"].startswith(f"{building}号楼")] or helping[building::9]
            unit = {"unit": "1单元"} if building % LEFT_OPEN == 1 else {}
            body = {"volunteer": near[0]["id"], "part": "owner", **unit}
            yield Write(f"{home}/buildings/b{building}/care", body, ("somebody-cares", "not-yet-helping"))
    for number, one in enumerate(helping):
        if number % 2 == 0 and not one["available"]:
            stated = {"skills": one["skills"], "available": TIMES[number // 2 % len(TIMES)]}
            yield Write(f"{home}/{one['id']}/abilities", stated)
            yield from _papers(f"{home}/{one['id']}/certificates", one["skills"], today)
        if number % 5 == 1 and number // 5 < len(ROLES) and not one["roles"]:
            yield Write(f"{home}/{one['id']}/roles", {"roles": [ROLES[number // 5]]})


def found_team(staff: Account, community: Community, helping: list[dict[str, Any]]) -> None:
    """Led by the first of its members."""
    teams = f"/volunteers/{community.slug}/teams"
    staff.post(teams, {"name": TEAM, "name_en": TEAM_EN}, already=("team-exists",))
    (team,) = [one for one in staff.get(teams)["items"] if one["name"] == TEAM]
    if team["size"]:
        return
    members = [one["id"] for one in helping[:: len(helping) // TEAM_SIZE][:TEAM_SIZE]]
    for one in members:
        staff.post(f"{teams}/{team['id']}/members", {"volunteer": one}, already=("already-a-member",))
    staff.post(f"{teams}/{team['id']}/leader", {"volunteer": members[0]})


def _papers(door: str, skills: list[str], today: date) -> Iterator[Write]:
    for skill in skills:
        if skill in PAPERS:
            kind, days = PAPERS[skill]
            yield Write(door, {"skill": skill, "kind": kind, "until": f"{today + timedelta(days=days)}"})
