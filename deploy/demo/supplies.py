"""The demo's goods: what lies in each store, what is short, who gives something, and what is on its way."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from deploy.demo.doors import Account, patiently

DISTRICT = "district"
ITEMS = (
    ("mask-n95", "N95 口罩", "N95 mask", "只", "pc", 20, 0),
    ("mask-surgical", "医用外科口罩", "Surgical mask", "只", "pc", 50, 0),
    ("alcohol", "75% 酒精 500 毫升", "Alcohol 75%, 500 mL", "瓶", "bottle", 12, 500),
    ("disinfectant", "84 消毒液", "Disinfectant", "瓶", "bottle", 6, 0),
    ("gloves", "一次性手套", "Gloves", "双", "pair", 100, 0),
    ("suit", "防护服", "Protective suit", "件", "pc", 10, 0),
    ("thermometer", "额温枪", "Thermometer", "把", "pc", 1, 0),
    ("meal", "盒饭", "Hot meal", "份", "meal", 1, 0),
)


@dataclass(frozen=True)
class Goods:
    """What lies in one store: how many, good for how many days (0: for good), used a day, given out today."""

    item: str
    quantity: int
    good_for: int
    per_day: int
    issued: int


STORES = {
    "yueran": (
        Goods("mask-n95", 40, 400, 22, 18), Goods("mask-surgical", 900, 700, 110, 60), Goods("alcohol", 36, 300, 4, 2),
        Goods("disinfectant", 26, 12, 4, 2), Goods("gloves", 700, 0, 60, 40), Goods("suit", 14, 900, 1, 0),
        Goods("thermometer", 6, 0, 0, 0),
    ),
    "biguiyuan": (
        Goods("mask-n95", 190, 400, 65, 40), Goods("mask-surgical", 3200, 700, 310, 150), Goods("alcohol", 60, 250, 7, 3),
        Goods("disinfectant", 90, 200, 9, 4), Goods("gloves", 420, 0, 130, 60), Goods("thermometer", 9, 0, 0, 0),
    ),
    DISTRICT: (
        Goods("mask-n95", 800, 500, 0, 0), Goods("suit", 120, 900, 0, 0), Goods("disinfectant", 240, 25, 0, 0),
    ),
}  # fmt: skip
NEEDS: tuple[tuple[str, str, int | None, str, bool], ...] = (
    ("yueran", "mask-n95", 300, "now", True),
    ("yueran", "meal", None, "days", False),
    ("biguiyuan", "thermometer", 10, "days", True),
    ("biguiyuan", "gloves", None, "later", True),
)
SHOP = {"kind": "merchant", "name": "北街口平安药店", "shown": True}
PART, PLEDGED = 20, 200
WALKED_IN = (
    ("yueran", {"item": "alcohol", "quantity": 10, "kind": "person", "name": "一位志愿者", "shown": True}),
    ("yueran", {"item": "meal", "quantity": 24, "kind": "merchant", "name": "老街面馆", "shown": True}),
    ("biguiyuan", {"item": "mask-surgical", "quantity": 100, "kind": "person"}),
)


def fill_stores(keepers: dict[str, Account], officer: Account, donor: Account, today: date) -> None:
    """Where a store holds something already, it stays as it is."""
    list_items(officer)
    patiently(
        lambda: all(officer.finds(f"/supplies/{place}/stock") for place in keepers), "supplies to know the communities"
    )
    if officer.get(f"/supplies/{DISTRICT}/stock")["items"]:
        return
    for place, keeper in keepers.items():
        for goods in STORES[place]:
            fill(keeper, place, goods, today)
    for place, item, quantity, urgency, confirmed in NEEDS:
        need = keepers[place].post(f"/supplies/{place}/needs", {"item": item, "quantity": quantity, "urgency": urgency})
        if confirmed:
            officer.post(f"/supplies/{place}/needs/{need['id']}/confirmation")
    for place, gift in WALKED_IN:
        keepers[place].post(f"/supplies/{place}/donations", gift)
    _give(keepers["yueran"], donor)
    _move(keepers, officer)


def list_items(keeper: Account) -> None:
    for code, name, name_en, unit, unit_en, pack, dangerous_ml in ITEMS:
        told = {"name": name, "name_en": name_en, "unit": unit, "unit_en": unit_en}
        keeper.post(
            "/supplies/items",
            {"id": code, **told, "pack": pack, "dangerous_ml": dangerous_ml},
            already=("item-exists",),
        )


def fill(keeper: Account, place: str, goods: Goods, today: date) -> None:
    stock = f"/supplies/{place}/stock/{goods.item}"
    expires = str(today + timedelta(days=goods.good_for)) if goods.good_for else None
    keeper.post(f"{stock}/receipts", {"quantity": goods.quantity, "code": f"{today:%y%m}A", "expires": expires})
    if goods.per_day:
        keeper.post(f"{stock}/expectation", {"per_day": goods.per_day})
    if goods.issued:
        keeper.post(f"{stock}/issues", {"quantity": goods.issued, "reason": "各门岗夜班"})


def _give(staff: Account, donor: Account) -> None:
    """One pledge is brought by half and thanked for; one waits for a community, one for whoever needs it most."""
    pledged = donor.post("/supplies/pledges", {"item": "mask-n95", "quantity": PLEDGED, "place": "yueran", **SHOP})
    here = f"/supplies/yueran/pledges/{pledged['id']}"
    staff.post(f"{here}/acceptance")
    staff.post(f"{here}/deliveries", {"quantity": PART})
    staff.post(f"{here}/thanks", {"words": "谢谢！第一批口罩今晚就到三个门岗了。"})
    donor.post("/supplies/pledges", {"item": "thermometer", "quantity": 10, "place": "biguiyuan", **SHOP})
    donor.post("/supplies/pledges", {"item": "gloves", "quantity": 500, "kind": "person"})


def _move(keepers: dict[str, Account], officer: Account) -> None:
    """A neighbour offers some; the district has sent some."""
    offers: list[tuple[Account, str, dict[str, Any]]] = [
        (keepers["biguiyuan"], "biguiyuan", {"receiver": "yueran", "item": "mask-surgical", "quantity": 200}),
        (officer, DISTRICT, {"receiver": "yueran", "item": "disinfectant", "quantity": 30}),
    ]
    for keeper, place, offer in offers:
        made = keeper.post(f"/supplies/{place}/transfers", offer)
        if place == DISTRICT:
            keepers["yueran"].post(f"/supplies/yueran/transfers/{made['id']}/agreement")
            officer.post(f"/supplies/{DISTRICT}/transfers/{made['id']}/dispatch", {"quantity": offer["quantity"]})
