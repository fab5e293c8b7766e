"""The demo's disinfections: two rescue teams, one mission done and confirmed, one that waits to be taken, and one for a community's
own team."""

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw

from deploy.demo.care import TEAM
from deploy.demo.doors import Account, Refused, patiently

BLUE_SKY, NORTH = "blue-sky", "north-shore"
TEAMS: tuple[dict[str, Any], ...] = (
    {
        "id": BLUE_SKY, "name": "蓝天救援队", "name_en": "Blue Sky Rescue", "capacity": 3, "on_call_from": 0, "on_call_until": 24,
        "equipment": ["sprayer", "fogger", "vehicle"], "ranks": {"yueran": 1, "biguiyuan": 2},
    },
    {
        "id": NORTH, "name": "北岸救援队", "name_en": "North Shore Rescue", "capacity": 1, "on_call_from": 0, "on_call_until": 24,
        "equipment": ["sprayer", "wipes"], "ranks": {"yueran": 2, "biguiyuan": 1},
    },
)  # fmt: skip
AGENT = "chlorine"
ITEM = {
    "id": AGENT, "name": "含氯消毒液（原液）", "name_en": "Chlorine disinfectant", "unit": "升", "unit_en": "L", "pack": 5,
    "dangerous_ml": 0,
}  # fmt: skip
IN_STOCK, USED = 40, 6
LIFT = {
    "kind": "lift", "place": "3号楼2单元电梯", "building": "3号楼", "why": "有住户发热，已送医", "urgency": "at-once",
}  # fmt: skip
BINS = {"kind": "area", "place": "西门垃圾点", "why": "垃圾清运后要全面消杀", "urgency": "today"}
STAIRS = {
    "kind": "stairwell",
    "place": "12号楼1单元楼道",
    "building": "12号楼",
    "why": "有返京人员入住",
    "urgency": "today",
}
SAID = {"areas": "轿厢、按钮和楼道扶手", "agent": AGENT, "litres": str(USED), "people": "3"}
SETTLED = (
    "already-yours", "already-on-the-way", "already-at-work", "mission-over", "disinfection-over", "not-offered",
)  # fmt: skip


@dataclass(frozen=True)
class Asker:
    """A community's staff, and where they ask."""

    staff: Account
    community: str

    @property
    def home(self) -> str:
        return f"/communities/{self.community}/grid/disinfection"


def send_teams(officer: Account, rescuer: Account, yueran: Asker, biguiyuan: Asker) -> None:
    """What is there already stays as it is."""
    for team in TEAMS:
        officer.post("/rescue/teams", team, already=("team-exists",))
    officer.post("/supplies/items", ITEM, already=("item-exists",))
    stock = f"/supplies/{yueran.community}/stock"
    if AGENT not in {one["item"] for one in yueran.staff.get(stock)["items"]}:
        yueran.staff.post(f"{stock}/{AGENT}/receipts", {"quantity": IN_STOCK})

    lift = _ask(yueran, LIFT)
    _do(officer, rescuer, yueran, lift)
    _await_offers(officer, _ask(yueran, BINS))
    _name_own_team(biguiyuan)
    _ask(biguiyuan, STAIRS)
    patiently(lambda: yueran.staff.get(f"{stock}/{AGENT}")["balance"] == IN_STOCK - USED, "the stock that was used")


def _ask(asker: Asker, job: dict[str, Any]) -> str:
    """The request about this place, made before or now."""
    known = [*asker.staff.get(asker.home)["items"], *asker.staff.get(f"{asker.home}/closed")["items"]]
    same = [one["id"] for one in known if one["place"] == job["place"]]
    return str(same[0] if same else asker.staff.post(asker.home, job)["id"])


def _do(officer: Account, rescuer: Account, asker: Asker, request: str) -> None:
    """The team accepts, goes, works and proves it; the community confirms."""
    _await_offers(officer, request)
    mission, one = f"/rescue/inbox/{BLUE_SKY}/{request}", f"{asker.home}/{request}"
    for step in ("acceptance", "departure", "beginning"):
        rescuer.post(f"{mission}/{step}", already=SETTLED)
    rescuer.upload(f"{mission}/proof", SAID, {"photo": photo()}, already=SETTLED)
    patiently(lambda: asker.staff.get(one)["state"] in ("done", "confirmed"), "the proof to reach the community")
    asker.staff.post(f"{one}/confirmation", already=SETTLED)
    patiently(lambda: officer.get(f"/rescue/missions/{request}")["state"] == "confirmed", "the community's word")


def _await_offers(officer: Account, mission: str) -> None:
    def offered() -> bool:
        try:
            return bool(officer.get(f"/rescue/missions/{mission}")["offers"])
        except Refused:
            return False

    patiently(offered, "a mission to be offered")


def _name_own_team(asker: Asker) -> None:
    """The community's grid learns by event which teams of volunteers there are."""
    teams = asker.staff.get(f"/volunteers/{asker.community}/teams")["items"]
    (own,) = [one["id"] for one in teams if one["name"] == TEAM]

    def named() -> bool:
        try:
            asker.staff.post(f"{asker.home}/team", {"team": own})
        except Refused as refusal:
            if refusal.code == "not-found":
                return False
            raise
        return True

    patiently(named, "the grid to know the team")


def photo() -> bytes:
    """A lift's doors, as far as a few lines make one."""
    image = Image.new("RGB", (640, 480), "#b8bcc0")
    draw = ImageDraw.Draw(image)
    draw.rectangle((120, 40, 520, 480), fill="#8f959b", outline="#5c6166", width=6)
    draw.line((320, 40, 320, 480), fill="#5c6166", width=6)
    draw.rectangle((560, 220, 600, 300), fill="#e9ecef", outline="#5c6166", width=3)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
