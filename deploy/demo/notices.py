"""The demo's notices: what each community has told its residents, one on paper, one that waits as a draft."""

from typing import Any

from deploy.demo.doors import Account, patiently

LETTER = {
    "kind": "letter", "public": True, "paper": False, "audience": ["everyone"],
    "title": "致全体居民的一封信",
    "body": "各位居民：\n\n这段时间，守门、排查、送货上门的，都是您的邻居。进出请走西门，配合登记和测温；"
            "家里有困难，请告诉楼门口贴着的负责人。"
            "\n\n大家一起，把这段日子过好。",
    "title_en": "A letter to all residents",
    "body_en": "Dear neighbours,\n\nthose who keep the gates, call at your door and carry your shopping live next door. "
               "Please use the west gate, sign in and have your temperature taken. If you need anything, tell whoever "
               "cares for your building: the name is at your door.",
}  # fmt: skip
SNOW = {
    "kind": "important", "public": True, "paper": True, "audience": ["everyone"],
    "title": "今夜有大雪，老人请不要出门",
    "body": "今夜到明天上午有大雪，路面结冰。\n\n买菜、买药请打楼门口的电话，志愿者送上门。\n\n扫雪的邻居请早上 7 点在西门集合。",
    "title_en": "Heavy snow tonight: please stay in if you are old",
    "body_en": "Heavy snow tonight until tomorrow morning, with ice on the paths.\n\nFor food and medicine call the "
               "number at your door; volunteers bring it.\n\nWhoever can shovel: seven in the morning at the west gate.",
}  # fmt: skip
DRAFT = {
    "kind": "tip", "public": True, "audience": ["role:volunteer"], "ask": True,
    "title": "周末消杀，谁能来？", "body": "{{ community }}周六上午给楼道消杀，需要6个人。能来的请点一下。",
}  # fmt: skip


def tell_residents(staff: Account, community: str) -> None:
    """Nothing where the community has notices already."""
    here = f"/notices/{community}"
    patiently(lambda: staff.finds(f"{here}/desk"), f"notices to know {community}")
    there = {one["wording"]["title"] for one in staff.get(f"{here}/desk")["items"]}
    for notice in (LETTER, SNOW):
        if notice["title"] not in there:
            release(staff, here, notice)
    if DRAFT["title"] not in there:
        _draft(staff, here, DRAFT)


def release(staff: Account, here: str, notice: dict[str, Any]) -> None:
    staff.post(f"{here}/{_draft(staff, here, notice)}/release", already=("notice-not-a-draft",))


def _draft(staff: Account, here: str, notice: dict[str, Any]) -> str:
    return str(staff.post(f"{here}/drafts", notice)["id"])
