"""Every form in which something kept is changed: sent back as it was shown it changes nothing; refused it keeps what was typed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from services.catalogue import service_class, service_names
from shared.kernel.ids import new_id, now
from shared.runtime.tenants import Stores
from tests.forms import Form, form_to
from tests.speaker import Speaker
from tests.stack import Stack, eventually

STAFF, OFFICER = "staff@community:yueran", "officer@district"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
SHIFTS, GRID, VOLUNTEERS = "/communities/yueran/shifts", "/communities/yueran/grid", "/volunteers/yueran"
BOOKKEEPING = {"meta", "changed", "changed_by", "moved"}  # who pressed the button last, and how often
AWKWARD = "\n 第一行 <b>&amp;\"'\n\n第三行，有逗号；和 {括号}\n"
_made = iter(range(1000))


def fresh(prefix: str) -> str:
    return f"{prefix}-{next(_made)}"


@dataclass
class Town:
    stack: Stack
    account: str = field(default_factory=new_id)

    @property
    def token(self) -> str:
        """Somebody who may change everything, so that the journal tells what they did."""
        return self.stack.token(STAFF, OFFICER, account=self.account)

    def ok(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        answer = self.stack.call(method, path, token or self.stack.token(STAFF, OFFICER), body)
        assert answer.ok, f"{path}: {answer.text}"
        return answer.json() if answer.content else None

    def page(self, path: str, method: str = "GET") -> str:
        answer = self.stack.call(method, path, self.token, Accept="text/html")
        assert answer.ok, f"{path}: {answer.text}"
        return answer.text

    def send(self, form: Form, fields: list[tuple[str, str]]) -> requests.Response:
        headers = {**FORM, "Authorization": f"Bearer {self.token}"}
        return requests.post(
            self.stack.url(form.action), data=urlencode(fields), headers=headers, timeout=30, allow_redirects=False
        )


@dataclass(frozen=True)
class Edit:
    """One form in which something kept is changed. `make` makes what it is about, as rich as may be and as poor as may be, and
    says where its form is and where it goes to; `service` keeps it."""

    template: str
    service: str
    community: str | None
    make: Callable[[Town, bool], tuple[str, str]]
    drawn_by: str = "GET"

    def __str__(self) -> str:
        return self.template


def draft(town: Town, rich: bool) -> tuple[str, str]:
    poor = {"kind": "tip", "title": "停水", "body": "明天停水。", "audience": [], "ways": [], "public": True}
    full = {
        "kind": "important", "title": '停 水 "<通知>"', "body": AWKWARD, "title_en": "No water", "body_en": AWKWARD,
        "audience": ["everyone", "role:staff", f"person:{new_id()}", "volunteer:v1", "building:拆掉的楼", "team:gone"],
        "ways": ["sms"], "public": False, "paper": True, "ask": True,
        "send_at": (now() + timedelta(days=2, seconds=17)).isoformat(),
    }  # fmt: skip
    notice = town.ok("POST", "/notices/yueran/drafts", full if rich else poor)["id"]
    return f"/notices/yueran/{notice}/edit", f"/notices/yueran/{notice}/draft"


def notice_rule(town: Town, rich: bool) -> tuple[str, str]:
    name = fresh("rule")
    words = {"title": "{{ post }}", "body": AWKWARD, "title_en": "{{ post }}", "body_en": AWKWARD}
    rule: dict[str, Any] = {"trigger": "post-closed", "kind": "letter", **words}
    if rich:
        rule |= {
            "ways": ["sms", "group"],
            "public": True,
            "paper": True,
            "ask": True,
            "communities": ["yueran", "gone"],
        }
    town.ok("POST", f"/notices/rules/{name}", rule)
    return (f"/notices/rules/{name}",) * 2


def habits(town: Town, rich: bool) -> tuple[str, str]:
    said: dict[str, Any] = {"lang": "en", "quiet_from": 0, "quiet_to": 0, "community": "gone", "building": "平房区"}
    if rich:
        said |= {"digest": True, "over_60": True, "sms": "13800138000", "email": "lin@example.org"}
        said |= {"community": "yueran", "building": "3号楼", "unit": "东门", "quiet_from": 23, "quiet_to": 5}
    town.ok("POST", "/notices/me", said, town.token)
    return ("/notices/me",) * 2


def alert_rule(town: Town, rich: bool) -> tuple[str, str]:
    rule = "screening-stalled" if rich else "fever-cluster"
    told = {"severity": "urgent", "raise_at": 900, "clear_below": 700, "clear_minutes": 3, "on": rich}
    town.ok("POST", f"/district/alerts/rules/{rule}", told)
    return (f"/district/alerts/rules/{rule}",) * 2


def gate_rules(town: Town, rich: bool) -> tuple[str, str]:
    town.ok("POST", f"{GRID}/gate-log/rules", {"fever": 37.35 if rich else 38, "keep_days": 9})
    return (f"{GRID}/gate-log/rules",) * 2


def own_team(town: Town, rich: bool) -> tuple[str, str]:
    team = None
    if rich:
        name = fresh("队")
        team = town.ok("POST", f"{VOLUNTEERS}/teams", {"name": name, "name_en": name})["id"]
        eventually(lambda: town.stack.database("grid", "yueran")["own_teams"].find_one({"_id": team}))
    town.ok("POST", f"{GRID}/disinfection/team", {"team": team})
    return (f"{GRID}/disinfection/team",) * 2


def household(town: Town, rich: bool) -> tuple[str, str]:
    cell = town.ok("POST", f"{GRID}/cells", {"name": fresh("网格")})
    building = f"{next(_made)}号楼"
    town.ok("POST", f"{GRID}/buildings", {"name": building, "cell": cell["id"], "units": ["1单元"]})
    home = town.ok("POST", f"{GRID}/households", {"building": building, "unit": "1单元", "door": "101", "name": "陈安"})
    at = f"{GRID}/households/{home['id']}"
    if rich:
        town.ok("POST", f"{at}/care", {"flags": ["old-alone", "isolation"]})
    return f"{at}/look", f"{at}/care"


def rescue_team(town: Town, rich: bool) -> tuple[str, str]:
    name = fresh("team")
    told: dict[str, Any] = {
        "name": '蓝天 "<队>"', "name_en": "Blue & Sky", "capacity": 3, "on_call_from": 20, "on_call_until": 8,
        "equipment": ["sprayer"],
    }  # fmt: skip
    if rich:
        told |= {"ranks": {"yueran": 1, "biguiyuan": 7}, "equipment": ["sprayer", "vehicle"]}
    town.ok("POST", "/rescue/teams", {"id": name, **told})
    town.ok("POST", f"/rescue/teams/{name}", {**told, "active": rich})
    return (f"/rescue/teams/{name}",) * 2


def post(town: Town, rich: bool) -> tuple[str, str]:
    name = fresh("gate")
    told: dict[str, Any] = {"id": name, "kind": "care", "name": '2号"门"', "name_en": "Gate <2>", "place": "北侧"}
    if rich:
        slug = f"b{next(_made)}"
        town.ok("POST", f"{VOLUNTEERS}/buildings", {"slug": slug, "name": f"{slug}号楼", "units": []})
        known = {"_id": f"yueran/{slug}"}
        eventually(lambda: town.stack.database("shifts", "yueran")["buildings"].find_one(known))
        needs = [{"from_hour": 8, "to_hour": 20, "heads": 2}, {"from_hour": 20, "to_hour": 8, "heads": 1}]
        told |= {"skill": "medical", "needs": needs, "buildings": [f"yueran/{slug}"]}
    town.ok("POST", f"{SHIFTS}/posts", told)
    return f"{SHIFTS}/posts/{name}/edit", f"{SHIFTS}/posts/{name}"


def rota_rules(town: Town, rich: bool) -> tuple[str, str]:
    rules = town.ok("GET", f"{SHIFTS}/rules")
    town.ok("POST", f"{SHIFTS}/rules", rules | {"rest_hours": 11 if rich else 9})
    return (f"{SHIFTS}/rules",) * 2


def shift(town: Town, rich: bool) -> tuple[str, str]:
    _, gate = post(town, False)
    day = str((now() + timedelta(days=3)).date())
    plan = {
        "post": gate.rpartition("/")[2],
        "first_day": day,
        "days": 1,
        "turn_hours": 8,
        "head_count": 3 if rich else 1,
    }
    town.ok("POST", f"{SHIFTS}/plan", plan)
    found = town.stack.database("shifts", "yueran")["shifts"].find_one({"post": plan["post"]})
    return f"{SHIFTS}/{found['_id']}", f"{SHIFTS}/{found['_id']}/need"


def limit(town: Town, rich: bool) -> tuple[str, str]:
    if rich:
        town.ok("POST", "/supplies/yueran/limit", {"litres": 77})
    return "/supplies/yueran/stock", "/supplies/yueran/limit"


def expectation(town: Town, rich: bool) -> tuple[str, str]:
    item = fresh("item")
    town.ok("POST", "/supplies/items", {
        "id": item, "name": "口罩", "name_en": "Mask", "unit": "只", "unit_en": "pc", "pack": 1,
    })  # fmt: skip
    town.ok("POST", f"/supplies/yueran/stock/{item}/receipts", {"quantity": 10})
    if rich:
        town.ok("POST", f"/supplies/yueran/stock/{item}/expectation", {"per_day": 7})
    at = f"/supplies/yueran/stock/{item}"
    return at, f"{at}/expectation"


def applied(town: Town, rich: bool) -> str:
    """The caller as a volunteer, newly applied, and approved."""
    town.account = new_id()
    told: dict[str, Any] = {"display_name": '叶 "知<秋>"', "home": "6号楼", "phone": "+852 5123 4567"}
    if rich:
        told |= {"occupation": "教师 & 护士", "party_member": True, "name_shown": True, "skills": ["driving"]}
    volunteer = str(town.ok("POST", f"{VOLUNTEERS}/applications", told, town.token)["id"])
    town.ok("POST", f"{VOLUNTEERS}/{volunteer}/approval")
    return volunteer


def profile(town: Town, rich: bool) -> tuple[str, str]:
    applied(town, rich)
    return (f"{VOLUNTEERS}/me",) * 2


def abilities(town: Town, rich: bool) -> tuple[str, str]:
    at = f"{VOLUNTEERS}/{applied(town, rich)}/abilities"
    if rich:
        town.ok("POST", at, {"skills": ["medical", "driving"], "available": ["weekday-night", "weekend-morning"]})
    return at, at


def roles(town: Town, rich: bool) -> tuple[str, str]:
    at = f"{VOLUNTEERS}/{applied(town, rich)}"
    if rich:
        town.ok("POST", f"{at}/roles", {"roles": ["duty"]})
    return f"{at}/abilities", f"{at}/roles"


def building(town: Town, rich: bool) -> tuple[str, str]:
    slug = f"b{next(_made)}"
    units = ["1单元", "东 单元", "A&B"] if rich else []
    town.ok("POST", f"{VOLUNTEERS}/buildings", {"slug": slug, "name": f'{slug} "楼"', "units": units})
    return f"{VOLUNTEERS}/buildings/{slug}", f"{VOLUNTEERS}/buildings"


EDITS = [
    Edit("notify/write.html", "notify", None, draft),
    Edit("notify/rule.html", "notify", None, notice_rule),
    Edit("notify/me.html", "notify", None, habits),
    Edit("district/alert_rule.html", "district", None, alert_rule),
    Edit("grid/gate_rules.html", "grid", "yueran", gate_rules),
    Edit("grid/disinfection_team.html", "grid", "yueran", own_team),
    Edit("grid/looked_at.html", "grid", "yueran", household, drawn_by="POST"),
    Edit("rescue/team.html", "rescue", None, rescue_team),
    Edit("shifts/new_post.html", "shifts", "yueran", post),
    Edit("shifts/rules.html", "shifts", "yueran", rota_rules),
    Edit("shifts/shift.html", "shifts", "yueran", shift),
    Edit("supplies/stock.html", "supplies", None, limit),
    Edit("supplies/card.html", "supplies", None, expectation),
    Edit("volunteers/me.html", "volunteers", None, profile),
    Edit("volunteers/abilities.html", "volunteers", None, abilities),
    Edit("volunteers/abilities.html", "volunteers", None, roles),
    Edit("volunteers/building.html", "volunteers", None, building),
]
REDRAWN = [one for one in EDITS if one.template not in (
    "grid/looked_at.html", "supplies/stock.html", "volunteers/abilities.html", "volunteers/building.html",
)]  # fmt: skip
# Forms that ask for something new each time they are sent: nothing kept is in them.
ASK = {
    "accounts/code.html", "accounts/communities.html", "accounts/me.html", "accounts/person.html", "accounts/phone.html",
    "accounts/phone_code.html", "accounts/register.html", "accounts/sign_in.html", "district/alert.html",
    "grid/ask.html", "grid/disinfection.html", "grid/disinfection_new.html", "grid/disinfection_proof.html",
    "grid/doors.html", "grid/draw.html", "grid/erasure.html", "grid/gate.html", "grid/imports.html",
    "grid/resident.html", "grid/rounds.html", "notify/bulletin_form.html", "notify/bulletin_parts.html",
    "notify/bulletin_preview.html", "notify/channels.html", "notify/correct.html", "rescue/mission.html",
    "rescue/proof.html", "shifts/closing.html", "shifts/plan.html", "shifts/proposals.html",
    "shifts/proposed_shift.html", "shifts/swap.html", "supplies/gate.html", "supplies/import_counts.html",
    "supplies/import_items.html", "supplies/needs.html", "supplies/new_donation.html", "supplies/new_item.html",
    "supplies/new_pledge.html", "supplies/pledges.html", "supplies/sharings.html", "supplies/transfers.html",
    "volunteers/apply.html", "volunteers/exports.html", "volunteers/help_district.html",
    "volunteers/help_request.html", "volunteers/import.html", "volunteers/imports.html", "volunteers/list.html",
    "volunteers/my_loans.html", "volunteers/person.html", "volunteers/record.html", "volunteers/register.html",
    "volunteers/team.html", "volunteers/teams.html",
}  # fmt: skip


@pytest.fixture(scope="module")
def town(stack: Stack) -> Iterator[Town]:
    for one in ("notify", "district", "rescue", "supplies", "volunteers", "grid.yueran", "shifts.yueran"):
        stack.start(one)  # one after another: together they take longer on a busy machine than one may
    accounts = Speaker(stack, "accounts")
    for slug in ("yueran", "biguiyuan"):
        accounts.say("accounts.community.registered", slug, {"name": slug, "name_en": slug, "residents": 500})
    for service in ("notify", "rescue", "supplies", "volunteers"):
        eventually(lambda one=service: stack.database(one)["places"].find_one({"_id": "biguiyuan"}))  # type: ignore[misc]
    yield Town(stack)
    accounts.stop()


def kept(town: Town, edit: Edit) -> dict[str, Any]:
    """All aggregates of the service, without who wrote them last."""
    stores = next(one for one in vars(service_class(edit.service)).values() if isinstance(one, Stores))
    database = town.stack.database(edit.service, edit.community)
    return {
        f"{kind.collection}/{one['_id']}": {
            key: in_any_order(value) for key, value in one.items() if key not in BOOKKEEPING
        }
        for kind in stores.store_class.kinds.values()
        for one in database[kind.collection].find()
    }


def in_any_order(value: Any) -> Any:
    """Boxes are ticked in any order."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return sorted(value)
    return value


def said(town: Town, edit: Edit) -> list[str]:
    """The events that the caller's own acts made."""
    journal = town.stack.database(edit.service, edit.community)["journal"]
    return [one["type"] for one in journal.find({"actor": town.account})]


@pytest.mark.parametrize("rich", [True, False], ids=["rich", "poor"])
@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_what_a_form_shows_changes_nothing_when_it_is_sent_back(town: Town, edit: Edit, rich: bool) -> None:
    at, action = edit.make(town, rich)
    form = form_to(town.page(at, edit.drawn_by), at, action)
    before, events = kept(town, edit), said(town, edit)

    answer = town.send(form, form.fields)

    assert answer.status_code in (200, 303), answer.text
    assert kept(town, edit) == before
    assert said(town, edit) == events


@pytest.mark.parametrize("edit", REDRAWN, ids=str)
def test_a_form_that_is_refused_comes_back_with_what_was_typed(town: Town, edit: Edit) -> None:
    at, action = edit.make(town, True)
    form = form_to(town.page(at, edit.drawn_by), at, action)
    typed = Form(form.action, form.method, otherwise(form), form.offered, form.typed)

    refused = town.send(form, [*typed.fields, ("no-such-field", "x")])

    assert refused.status_code == 422, refused.text
    assert form_to(refused.text, at, action).shown == typed.shown


def otherwise(form: Form) -> list[tuple[str, str]]:
    """The same form filled in differently: other words, other ticks; what is hidden stays."""
    fields = []
    for name, value in form.fields:
        if name in form.typed:
            fields.append((name, f"{value}9" if value else "9"))
        elif name not in form.offered:
            fields.append((name, value))
    for name, offered in form.offered.items():
        ticked = set(form.values(name))
        if ticked == set(offered) or len(offered) == 1:  # a single box: the other way
            fields += [] if ticked else [(name, offered[0])]
        else:
            fields.append((name, next(one for one in offered if one not in ticked)))
    return fields


@pytest.mark.parametrize("ways", [[], ["sms"], ["inbox", "group"]], ids=len)
def test_what_the_district_typed_is_what_it_sends_and_may_change_after_looking(town: Town, ways: list[str]) -> None:
    new, look, send = (f"/notices/bulletins{end}" for end in ("/new", "/preview", ""))
    form = form_to(town.page(new), new, look)
    words = {
        "title": "致居民",
        "body": AWKWARD.replace("\n", "\r\n"),
        "title_en": "",
        "body_en": "",
        "kind": "letter",
        "send_at": "",
    }
    typed = [
        *words.items(), ("audience", "everyone"), ("public", "true"), ("communities", "yueran"),
        *(("ways", one) for one in ways),
    ]  # fmt: skip
    assert {name for name, _ in typed} <= {*form.shown, *form.offered}

    looked_at = town.send(form, typed).text

    wanted = {name: [value for known, value in typed if known == name] for name, _ in typed}
    assert form_to(looked_at, look, look).shown == wanted
    sending = form_to(looked_at, look, send)
    assert {name: value for name, value in sending.shown.items() if value != [""]} == {
        name: value for name, value in wanted.items() if value != [""]
    }
    assert town.send(sending, sending.fields).status_code == 303
    sent = town.stack.database("notify")["notices"].find_one({}, sort=[("_id", -1)])
    assert (sent["ways"], sent["wording"]["body"]) == (ways, AWKWARD)


def test_every_form_is_known_as_one_that_changes_or_one_that_asks() -> None:
    """A form of a new page is named in EDITS, and tried with the others, or in ASK."""
    found = set()
    for service in service_names():
        for path in Path(f"services/{service}/pages").glob("*.html"):
            words = path.read_text()
            drawn = "ui.form(" in words or any(
                'method="post"' in one.partition(">")[0] and ('name="' in one or "amount(" in one or "_field(" in one)
                for one in words.split("<form")[1:]
            )
            if drawn:
                found.add(f"{service}/{path.name}")
    assert found == ASK | {one.template for one in EDITS}
