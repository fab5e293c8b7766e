"""A community with something of everything in it, made by way of its doors; and all events there are, for whoever listens."""

from contextlib import closing
from datetime import timedelta
from typing import Any

import requests

from services.catalogue import service_class, service_names
from shared.events.contracts import registry
from shared.events.envelope import CONTENT_TYPE, Event, encode_batch
from shared.i18n.timezone import SHANGHAI
from shared.kernel.ids import new_id, now
from shared.messaging import dead_letter_admin
from shared.messaging.dead_letters import key_of
from shared.messaging.topology import Outgoing, Publisher, broker_login
from shared.runtime.event_subscriptions import subscription_of
from tests.contracts.samples import story
from tests.stack import Stack, eventually

HERE = "yueran"
# By name, what they may.
ROLES: dict[str, tuple[str, ...] | None] = {
    "nobody": None,
    "signed in": (),
    "volunteer": (f"volunteer@community:{HERE}",),
    "captain": (f"volunteer@community:{HERE}", f"captain@community:{HERE}"),
    "staff": (f"staff@community:{HERE}",),
    "officer": ("officer@district",),
    "operator": ("operator@district",),
    "rescuer": ("rescuer@team:blue-sky",),
    "donor": ("donor@self",),
}
PASSWORD = "nine bright gates"
KEEPERS = (("staff", HERE), ("officer", "district"))  # of stores
SELF = {role: new_id() for role in ROLES}  # the account of each; people_it registers the volunteer's
APPLICATION = {
    "display_name": "林晓雨",
    "home": "3号楼",
    "phone": "19000000001",
    "skills": ["medical"],
    "name_shown": True,
    "occupation": "教师",
}
ITEM = {"id": "alcohol", "name": "酒精", "name_en": "Alcohol", "unit": "瓶", "unit_en": "bottle", "dangerous_ml": 10}
TEAM = {
    "id": "blue-sky", "name": "蓝天救援队", "name_en": "Blue Sky", "capacity": 9, "equipment": ["sprayer"], "on_call_from": 0,
    "on_call_until": 24,
}  # fmt: skip
DISINFECTION = {"kind": "lift", "place": "3号楼电梯", "why": "发热", "urgency": "today"}
COMMUNITY = {
    "slug": HERE,
    "name": "悦然馨苑",
    "name_en": "Yueran",
    "residents": 5000,
    "street": "永乐街道",
    "street_en": "Yongle",
}
RESIDENT = {
    "building": "3号楼",
    "unit": "1单元",
    "door": "301",
    "name": "周奶奶",
    "phone": "19000000009",
    "born": "1940",
}
REQUEST = {
    "kind": "medicine",
    "who": "周奶奶",
    "phone": "19000000009",
    "where": "3号楼 1单元 301",
    "token": "a-private-link-0123456",
}
NOTICE = {
    "kind": "tip", "title": "停水通知", "body": "明天停水。", "audience": ["everyone"], "public": True, "paper": True, "ask": True,
}  # fmt: skip
POST = {"id": "gate-2", "kind": "gate", "name": "二号门", "name_en": "Gate 2", "place": "西侧"}


def instances() -> list[str]:
    """Every service, community services once."""
    return [f"{name}.{HERE}" if service_class(name).per_community else name for name in service_names()]


def people_it(stack: Stack) -> dict[str, list[str]]:
    """What is there then for a URL's names to name; `service.name` where services name different things alike."""
    return {
        "community": [HERE],
        **_registered(stack),
        **_staffed(stack),
        **_planned(stack),
        **_supplied(stack),
        **_lived_in(stack),
        **_told(stack),
    }


def known_as(there: dict[str, list[str]], service: str, name: str) -> list[str]:
    return there.get(f"{service}.{name}") or there.get(name, ["nothing"])


def post(stack: Stack, role: str, path: str, body: Any = None) -> Any:
    """What comes of it, done as whoever has that role."""
    answer = stack.call("POST", path, token_of(stack, role), {} if body is None else body)
    assert answer.ok, f"{path}: {answer.text}"
    return answer.json() if answer.content else {}


def token_of(stack: Stack, role: str) -> str | None:
    grants = ROLES[role]
    return None if grants is None else stack.token(*grants, account=SELF[role])


def _registered(stack: Stack) -> dict[str, list[str]]:
    """The volunteer's account is one that accounts knows, with a password."""
    post(stack, "operator", "/accounts/communities", COMMUNITY)
    SELF["volunteer"] = post(stack, "nobody", "/accounts", {"user": "lin.xiaoyu", "password": PASSWORD})["id"]
    right = {"role": "volunteer", "scope": f"community:{HERE}"}
    post(stack, "operator", f"/accounts/{SELF['volunteer']}/grants", right)
    return {"account": [SELF["volunteer"]]}


def _uploaded(stack: Stack, role: str, template: str, imports: str) -> str:
    """What comes of sending a template back as it is."""
    token = token_of(stack, role)
    content = stack.call("GET", template, token).content
    answer = requests.post(
        stack.url(imports),
        files={"file": ("list.xlsx", content)},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert answer.ok, f"{imports}: {answer.text}"
    return str(answer.json()["id"])


def _staffed(stack: Stack) -> dict[str, list[str]]:
    """Volunteers, one of whom serves, one waits to, one is to be lent; a team, and buildings to look after."""
    home = f"/volunteers/{HERE}"
    serving = post(stack, "volunteer", f"{home}/applications", APPLICATION)["id"]
    post(stack, "staff", f"{home}/{serving}/approval")
    waiting = post(stack, "captain", f"{home}/applications", {**APPLICATION, "phone": "19000000002"})["id"]
    today = _today()
    loan = post(stack, "volunteer", f"{home}/loans", {"borrower": "biguiyuan", "first_day": today, "last_day": today})[
        "id"
    ]
    team = post(stack, "staff", f"{home}/teams", {"name": "小雨滴", "name_en": "Raindrop"})["id"]
    post(stack, "staff", f"{home}/buildings/many", {"first": 1, "last": 2, "units": 2})
    file = _uploaded(stack, "staff", f"{home}/imports/template", f"{home}/imports")
    deed = post(stack, "staff", f"{home}/{serving}/deeds", {"day": today, "kind": "carried", "what": "帮邻居搬菜"})[
        "id"
    ]
    return {
        "volunteer": [serving, waiting], "loan": [loan], "volunteers.team": [team], "slug": ["b1"], "deed": [deed],
        "volunteers.file": [file],
    }  # fmt: skip


def _planned(stack: Stack) -> dict[str, list[str]]:
    """A post with turns, one of them taken and offered to others, and a rota proposed."""
    home = f"/communities/{HERE}/shifts"
    post(stack, "staff", f"{home}/posts", POST)
    tomorrow = str((now() + timedelta(days=1)).astimezone(SHANGHAI).date())
    post(
        stack,
        "staff",
        f"{home}/plan",
        {"post": "gate-2", "first_day": tomorrow, "days": 1, "turn_hours": 8, "head_count": 2},
    )
    shifts = [
        one["id"] for one in stack.call("GET", f"{home}/?day={tomorrow}", token_of(stack, "staff")).json()["items"]
    ]
    eventually(lambda: stack.call("POST", f"{home}/{shifts[-1]}/claims", token_of(stack, "volunteer"), {}).ok)
    swap = post(stack, "volunteer", f"{home}/{shifts[-1]}/swap")["id"]
    screen = post(stack, "staff", f"{home}/posts/gate-2/screen/link")["url"].rpartition("/")[2]
    proposal = post(stack, "staff", f"{home}/proposals", {"first_day": tomorrow, "days": 1, "seconds": 20})["id"]
    post(stack, "staff", f"{home}/proposals/{proposal}/stop")
    return {
        "post": ["gate-2"],
        "gate": ["gate-2"],
        "shift": shifts,
        "swap": [swap],
        "proposal": [proposal],
        "shifts.token": [screen],
    }


def _supplied(stack: Stack) -> dict[str, list[str]]:
    """Goods in store, on the way, needed and promised."""

    def made(role: str, path: str, body: dict[str, Any]) -> str:
        return str(post(stack, role, f"/supplies/{path}", body).get("id"))

    item = made("officer", "items", ITEM)
    for role, place in KEEPERS:
        made(role, f"{place}/stock/{item}/receipts", {"quantity": 1000, "code": "A"})
    made("staff", f"{HERE}/stock/{item}/expectation", {"per_day": 900})
    return {
        "item": [item],
        "need": [made("staff", f"{HERE}/needs", {"item": item})],
        "pledge": [made("staff", "pledges", {"item": item, "quantity": 5, "place": place}) for place in (HERE, None)],
        "donation": [made(role, f"{place}/donations", {"item": item, "quantity": 5}) for role, place in KEEPERS],
        "import_": [
            _uploaded(stack, *one)
            for one in [
                ("officer", "/supplies/items/imports/template", "/supplies/items/imports"),
                ("staff", f"/supplies/{HERE}/exports/count-sheet", f"/supplies/{HERE}/counts"),
                ("officer", "/supplies/district/exports/count-sheet", "/supplies/district/counts"),
            ]
        ],
        "transfer": [
            made("officer", "district/transfers", {"item": item, "quantity": 5, "receiver": HERE}),
            made("staff", f"{HERE}/transfers", {"item": item, "quantity": 5, "receiver": "district"}),
        ],
        "sharing": [made("officer", "district/sharings", {"item": item, "quantity": 50})],
    }


def _lived_in(stack: Stack) -> dict[str, list[str]]:
    """A building with somebody in it, a round of screening, a request for help, and a rescue team that is asked for."""
    home = f"/communities/{HERE}/grid"
    building = post(stack, "staff", f"{home}/buildings", {"name": "3号楼", "units": ["1单元"]})["id"]
    household = post(stack, "staff", f"{home}/households", RESIDENT)["id"]
    round_ = post(stack, "staff", f"{home}/rounds")["id"]
    asked = post(stack, "staff", f"{home}/requests/", REQUEST)["request"]["id"]
    post(stack, "officer", "/rescue/teams", TEAM)
    wanted = post(stack, "staff", f"{home}/disinfection", DISINFECTION)["id"]
    mission = f"/rescue/inbox/blue-sky/{wanted}"
    eventually(lambda: stack.call("POST", f"{mission}/acceptance", token_of(stack, "rescuer"), {}).ok)
    for step in ("departure", "beginning"):
        post(stack, "rescuer", f"{mission}/{step}")
    entry = {"id": new_id(), "gate": "gate-2", "direction": "in", "kind": "person", "temperature": 38.2}
    eventually(lambda: post(stack, "staff", f"{home}/gate-log/entries", {"entries": [entry]})["logged"] is not None)
    file = _uploaded(stack, "staff", f"{home}/imports/template", f"{home}/imports")
    return {
        "building": [building], "household": [household], "round_": [round_], "rescue.team": ["blue-sky"], "mission": [wanted],
        "request": [asked, wanted], "grid.token": [REQUEST["token"]], "entry": [entry["id"]], "grid.file": [file],
    }  # fmt: skip


def _told(stack: Stack) -> dict[str, list[str]]:
    """Notices of the community and of the district: one sent, one still a draft, one to everybody; and a way to send by."""
    home = f"/notices/{HERE}"
    sent, draft = (post(stack, "staff", f"{home}/drafts", NOTICE)["id"] for _ in range(2))
    post(stack, "staff", f"{home}/{sent}/release")
    bulletin = post(stack, "officer", "/notices/bulletins", NOTICE)["items"][0]["bulletin"]
    channel = {"kind": "sms", "label": "网关", "address": "http://127.0.0.1:9/"}
    mine = {"person": SELF["volunteer"], "way": "inbox"}
    letter = eventually(lambda: stack.database("notify")["deliveries"].find_one(mine))
    return {
        "delivery": [letter["_id"]],
        "notice": [sent, draft], "bulletin": [bulletin], "rule": ["cover-asked", "alert-raised"],
        "channel": [post(stack, "staff", f"{home}/channels", channel)["id"]],
    }  # fmt: skip


def _today() -> str:
    return str(now().astimezone(SHANGHAI).date())


def tell_everything(stack: Stack) -> None:
    """The golden samples, to whoever hears them; returns once the district and notify have taken them."""
    told = [event for event in story() if event.type.split(".")[0] in service_names()]
    _publish(stack, [Outgoing(one.routing_key, encode_batch([one]), CONTENT_TYPE) for one in told])
    for service in ("district", "notify"):
        _await_heard(stack, service, told)


def _await_heard(stack: Stack, service: str, told: list[Event]) -> None:
    heard = [one for one in told if one.aggregate in subscription_of(service_class(service)).aggregates]
    last = key_of(next(one for one in reversed(heard) if not registry.is_single(one.type)))
    eventually(lambda: stack.database(service)["inbox"].find_one({"_id": last}))


def tell_the_unbearable(stack: Stack) -> None:
    """To every service: what nobody can read, what breaks its contract, what nobody knows, and what came too early; and to the
    district two such events that an operator has passed over."""
    broken = [_said("accounts.community.registered", 1, {"name": ["?"], "residents": {}}) for _ in range(2)]
    unknown = [_said("accounts.community.moved-away", 1, {"to": [1, {"": None}], "at": 2**40}) for _ in range(2)]
    early = _said("accounts.community.registered", 7, {"name": "新社区", "name_en": "New", "residents": 5000})
    _publish(
        stack, [Outgoing(one.routing_key, encode_batch([one]), CONTENT_TYPE) for one in (*broken, *unknown, early)]
    )
    _publish(stack, [Outgoing(early.routing_key, b"not an event", CONTENT_TYPE)])
    district = stack.database("district")
    eventually(lambda: district["held"].count_documents({"state": "parked"}) >= 4 and district["raw"].find_one())
    for one in (broken[0], unknown[0]):
        dead_letter_admin.discard(district, one.id, by="a-test", reason="说错了")
    eventually(lambda: district["received"].count_documents({"event.id": {"$in": [broken[0].id, unknown[0].id]}}) == 2)


def _said(what: str, sequence: int, data: dict[str, Any]) -> Event:
    subject = "c" + new_id().replace("-", "")[-12:]
    return Event(
        id=new_id(),
        type=f"{what}.v1",
        source="/district/accounts",
        subject=subject,
        sequence=sequence,
        time=now(),
        community=subject,
        data=data,
    )


def _publish(stack: Stack, messages: list[Outgoing]) -> None:
    """As the administrator, who may say again what anybody said."""
    with closing(Publisher(broker_login(stack.admin_amqp_uri, "", {}))) as publisher:
        publisher.publish(messages)
