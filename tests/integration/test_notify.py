"""notify on real parts: writing, audience, sending, reading, answering, paper, rules and alerts, by its doors."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
import xmlschema
import zxingcpp
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from shared.crypto.sealed_boxes import Sealer
from shared.kernel.ids import new_id, now
from shared.outbound.chat_webhooks import HOSTS
from tests.outside import Gateway, MailServer, Robots, subject_of, text_of
from tests.speaker import Speaker
from tests.stack import ROOT, Stack, eventually

STAFF, OFFICER = "staff@community:yueran", "officer@district"
PAGE = {"Accept": "text/html"}
HOUR = timedelta(hours=1)
CAP_SCHEMA = Path(__file__).parents[1] / "cap/CAP-v1.2.xsd"
ALERT = Path(__file__).parents[1] / "cap/alert.xml"


@dataclass
class Town:
    """notify's process, the voices it hears, and the world it speaks to."""

    stack: Stack
    accounts: Speaker
    volunteers: Speaker
    shifts: Speaker
    gateway: Gateway
    mail: MailServer
    robots: Robots
    staff: str
    officer: str
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(10_000, 99_999)))

    def get(self, path: str, token: str | None = None, **headers: str) -> Any:
        answer = self.stack.call("GET", path, token or self.staff, **headers)
        assert answer.ok, answer.text
        return answer.text if headers else answer.json()

    def post(self, path: str, body: Any = None, token: str | None = None) -> requests.Response:
        return self.stack.call("POST", path, token or self.staff, body)

    def person(self, *, sms: bool = True, email: bool = False, **more: Any) -> tuple[str, str]:
        """Somebody who signed in and said how to be told: account and mobile number."""
        account, number = new_id(), f"+86138000{next(self.numbers)}"
        said = {"community": "yueran", "building": "3号楼", "quiet_from": 0, "quiet_to": 0, **more}
        said |= {"sms": number} if sms else {}
        said |= {"email": f"p{number[-5:]}@example.org"} if email else {}
        answer = self.post("/notices/me", said, self.stack.token(account=account))
        assert answer.ok, answer.text
        return account, number

    def volunteer(self, *, skills: tuple[str, ...] = (), account: str | None = None) -> tuple[str, str]:
        """An approved volunteer of yueran: their id and account."""
        volunteer, account = new_id(), account or new_id()
        self.volunteers.say("volunteers.volunteer.applied", volunteer, {"account": account}, community="yueran")
        approved = {"account": account, "skills": list(skills)}
        self.volunteers.say("volunteers.volunteer.approved", volunteer, approved, community="yueran")
        group = f"yueran/volunteer:{volunteer}"
        eventually(lambda: self.db["people"].find_one({"groups": group, "helping.standing": "approved"}))
        return volunteer, account

    @property
    def db(self) -> Any:
        return self.stack.database("notify")

    def draft(self, *audience: str, **more: Any) -> str:
        body = {"kind": "tip", "title": "停水通知", "body": "明天停水。", "audience": list(audience), **more}
        answer = self.post("/notices/yueran/drafts", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def send(self, *audience: str, **more: Any) -> str:
        notice = self.draft(*audience, **more)
        answer = self.post(f"/notices/yueran/{notice}/release")
        assert answer.ok, answer.text
        return notice

    def states(self, notice: str) -> dict[str, str]:
        return {one["way"]: one["state"] for one in self.db["deliveries"].find({"notice": notice})}

    def only(self, notice: str, way: str) -> Any:
        return self.db["deliveries"].find_one({"notice": notice, "way": way})


@pytest.fixture(scope="module")
def town(stack: Stack) -> Iterator[Town]:
    gateway, mail, robots = Gateway(), MailServer(), Robots(stack.home, *HOSTS.values())
    stack.start("notify", **robots.way)
    town = Town(
        stack, Speaker(stack, "accounts"), Speaker(stack, "volunteers"), Speaker(stack, "shifts", "yueran"), gateway,
        mail, robots, stack.token(STAFF), stack.token(OFFICER),
    )  # fmt: skip
    sms = {"kind": "sms", "label": "网关", "address": gateway.address, "rate": 6000}
    post = {"kind": "email", "label": "邮件", "server": "127.0.0.1", "port": mail.port, "secure": "insecure",
            "sender": "yueran@example.org", "rate": 6000}  # fmt: skip
    for channel in (sms, post):
        answer = town.post("/notices/yueran/channels", channel)
        assert answer.status_code == 201, answer.text
    yield town
    for one in (town.accounts, town.volunteers, town.shifts, gateway, mail, robots):
        one.stop()


@pytest.fixture(autouse=True)
def _calm(town: Town) -> None:
    town.gateway.answer = lambda _: 200
    town.mail.answer = lambda _: "250 taken"


def test_a_notice_reaches_inbox_phone_and_mail_of_its_audience_once(town: Town) -> None:
    account, number = town.person(email=True)
    notice = town.send(f"person:{account}", title_en="No water", body_en="No water tomorrow.")
    eventually(lambda: town.states(notice) == dict.fromkeys(("inbox", "sms", "email"), "sent"))
    assert [one.title for one in town.gateway.to(number)] == ["停水通知"]
    (letter,) = town.mail.to(f"p{number[-5:]}@example.org")
    assert subject_of(letter) == "停水通知"
    assert "明天停水。" in text_of(letter)
    assert letter["Message-ID"] == f"<{notice}.{account}.email@example.org>"
    inbox = town.get("/notices/inbox", town.stack.token(account=account))["items"]
    assert [(one["title"], one["read"]) for one in inbox] == [("停水通知", None)]


def test_addresses_rest_sealed(town: Town) -> None:
    _, number = town.person(email=True)
    everything = str(list(town.db["people"].find())) + str(list(town.db["channels"].find()))
    assert number not in everything
    assert number[3:] not in everything
    assert "example.org" not in everything
    assert town.gateway.address not in everything


def test_an_address_that_came_sealed_by_event_is_used_and_rests_under_the_communitys_own_key(town: Town) -> None:
    volunteer, _ = town.volunteer()
    sealer = Sealer(town.stack.home / "sealing.public")
    box = sealer.seal({"phone": "+8613912345678", "building": "6号楼"})
    town.volunteers.say("volunteers.volunteer.reachable", volunteer, {"sealed": box}, community="yueran")
    known = eventually(lambda: town.db["people"].find_one({"groups": "yueran/building:6号楼"}))
    assert known["box"] is None
    assert "13912345678" not in str(known)
    notice = town.send("building:6号楼", kind="important")
    eventually(lambda: town.states(notice).get("sms") == "sent")
    assert len(town.gateway.to("+8613912345678")) == 1


def test_the_audience_is_counted_before_anything_is_sent(town: Town) -> None:
    volunteer, _ = town.volunteer()
    team = new_id()
    town.volunteers.say("volunteers.team.founded", team, {"name": "小雨滴", "name_en": "Raindrop"}, community="yueran")
    town.volunteers.say("volunteers.team.member-joined", team, {"volunteer": volunteer}, community="yueran")
    town.volunteers.say("volunteers.volunteer.roles-taken", volunteer, {"roles": ["duty"]}, community="yueran")
    town.person(over_60=True, building="9号楼")

    def count(*groups: str) -> int:
        asked = "&".join(f"audience={group}" for group in groups)
        return int(town.get(f"/notices/yueran/audience?{asked}")["people"])

    eventually(lambda: count(f"team:{team}") == count("role:duty", f"team:{team}") == 1)
    assert count("over-60") == count("building:9号楼") == count("over-60", "building:9号楼") == 1
    shift, starts = new_id(), now() - HOUR
    town.shifts.say("shifts.post.opened", "gate-2", {"kind": "gate", "name": "二号门", "name_en": "Gate 2"})
    planned = {"post": "gate-2", "starts": starts, "ends": starts + 4 * HOUR, "head_count": 1}
    town.shifts.say("shifts.shift.planned", shift, planned)
    town.shifts.say("shifts.shift.claimed", shift, {"volunteer": volunteer})
    assert count("on-duty") == 0
    town.shifts.say("shifts.shift.checked-in", shift, {"volunteer": volunteer, "at": now()})
    eventually(lambda: count("on-duty") == 1)
    town.shifts.say("shifts.shift.checked-out", shift, {"volunteer": volunteer, "at": now(), "minutes": 60})
    eventually(lambda: count("on-duty") == 0)
    draft = town.draft(f"team:{team}")
    assert town.db["deliveries"].count_documents({"notice": draft}) == 0
    assert "发给 1 人" in town.get(f"/notices/yueran/{draft}/preview", **PAGE)


def test_a_template_may_name_what_it_is_told_and_nothing_else(town: Town) -> None:
    account, number = town.person(building="5号楼")
    notice = town.send(f"person:{account}", body="{{ building }}的{{ name }}：今晚检修。")
    eventually(lambda: town.states(notice).get("sms") == "sent")
    assert town.gateway.to(number)[0].body == "5号楼的各位居民：今晚检修。"
    for bad in ("{{ ''.__class__ }}", "{% for a in name %}x{% endfor %}", "{{ phone }}", "{{ name"):
        answer = town.post("/notices/yueran/drafts", {"kind": "tip", "title": "题", "body": bad, "public": True})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad-template"), bad


def test_nothing_is_sent_to_nobody_nor_twice(town: Town) -> None:
    nobody = town.draft()
    assert town.post(f"/notices/yueran/{nobody}/release").json()["code"] == "nobody-chosen"
    account, _ = town.person()
    notice = town.send(f"person:{account}")
    assert town.post(f"/notices/yueran/{notice}/release").json()["code"] == "notice-not-a-draft"
    assert town.post("/notices/yueran/drafts", {"kind": "tip", "title": "题", "body": "文", "audience": ["all"]}).json()[
        "code"
    ] == "no-such-group"  # fmt: skip


def test_a_scheduled_notice_goes_out_at_its_time_and_a_withdrawn_one_never(town: Town) -> None:
    account, _ = town.person()
    soon = (now() + timedelta(seconds=3)).isoformat()
    notice = town.send(f"person:{account}", send_at=soon)
    gone = town.send(f"person:{account}", send_at=soon)
    assert town.get(f"/notices/yueran/{notice}/preview")["standing"] == "scheduled"
    assert town.post(f"/notices/yueran/{gone}/withdrawal").ok
    eventually(lambda: town.states(notice) == {"inbox": "sent", "sms": "sent"})
    assert town.states(gone) == {}
    late = town.draft(f"person:{account}", send_at=(now() - HOUR).isoformat())
    assert town.post(f"/notices/yueran/{late}/release").json()["code"] == "time-is-past"


def test_residents_read_public_notices_without_signing_in(town: Town) -> None:
    notice = town.send("everyone", public=True, title="西门夜间关闭", title_en="West gate closed at night")
    page = town.stack.call("GET", "/notices/yueran/", **PAGE).text
    assert f'href="/notices/yueran/{notice}"' in page
    assert "西门夜间关闭" in town.stack.call("GET", f"/notices/yueran/{notice}", **PAGE).text
    assert "West gate" in town.stack.call("GET", f"/notices/yueran/{notice}?lang=en", **PAGE).text
    private = town.send("role:staff")
    assert town.stack.call("GET", f"/notices/yueran/{private}").status_code == 404
    assert town.stack.call("GET", f"/notices/yueran/{town.draft(public=True)}").status_code == 404


def test_a_correction_reaches_the_same_people_and_says_what_was_wrong(town: Town) -> None:
    account, number = town.person(quiet_from=0, quiet_to=0)
    old = town.send(f"person:{account}", public=True, body="今天停水。")
    eventually(lambda: town.states(old).get("sms") == "sent")
    assert "今天停水。" in town.get(f"/notices/yueran/{old}/correction", **PAGE)
    words = {"reason": "日期写错", "title": "停水通知", "body": "后天停水。"}
    new = town.post(f"/notices/yueran/{old}/corrections", words).json()["id"]
    eventually(lambda: town.states(new).get("sms") == "sent")
    got = {one.title: one.body for one in town.gateway.to(number)}
    assert {"停水通知", "更正：停水通知"} <= got.keys()
    assert "更正说明：日期写错" in got["更正：停水通知"]
    page = town.stack.call("GET", f"/notices/yueran/{old}", **PAGE).text
    assert "已更正" in page
    assert f"/notices/yueran/{new}" in page
    assert town.post(f"/notices/yueran/{old}/corrections", words).json()["code"] == "notice-corrected"
    assert next(one["id"] for one in town.get("/notices/yueran/")["items"]) == new


def test_a_withdrawn_notice_says_so_and_what_waits_is_not_sent(town: Town) -> None:
    hour = (now() + 8 * HOUR).hour
    account, number = town.person(quiet_from=hour, quiet_to=(hour + 2) % 24)
    notice = town.send(f"person:{account}", public=True)
    eventually(lambda: town.states(notice).get("sms") == "waiting")
    assert town.post(f"/notices/yueran/{notice}/withdrawal").ok
    assert town.states(notice)["sms"] == "dropped"
    assert "已撤回" in town.stack.call("GET", f"/notices/yueran/{notice}", **PAGE).text
    assert notice not in [one["id"] for one in town.get("/notices/yueran/")["items"]]
    assert town.gateway.to(number) == []


def test_quiet_hours_and_the_digest_hold_back_what_is_not_important(town: Town) -> None:
    hour = (now() + 8 * HOUR).hour
    sleeper, _ = town.person(quiet_from=hour, quiet_to=(hour + 2) % 24)
    gathers, number = town.person(digest=True)
    tip, grave = (town.send(f"person:{sleeper}", f"person:{gathers}", kind=kind) for kind in ("tip", "important"))
    eventually(lambda: town.db["deliveries"].count_documents({"notice": grave, "way": "sms", "state": "sent"}) == 2)
    waiting = list(town.db["deliveries"].find({"notice": tip, "way": "sms"}))
    assert {one["state"] for one in waiting} == {"waiting"}
    assert all(one["due"] > utc_now() for one in waiting if one["person"] == sleeper)
    second = town.send(f"person:{gathers}", title="第二条")
    eventually(lambda: town.states(second).get("sms") == "waiting")
    town.db["deliveries"].update_many({"person": gathers, "state": "waiting"}, {"$set": {"due": now()}})
    eventually(lambda: town.states(second).get("sms") == "sent")
    (_, digest) = town.gateway.to(number)
    assert digest.title == "今天的通知（2条）"
    assert "第二条" in digest.body


def test_a_server_that_fails_stalls_or_answers_twice_gets_each_message_to_its_end(
    town: Town, chats: dict[str, str]
) -> None:
    """Failing: tried again under the same key. Refusing: failed. Silent: unknown, or for important ones sent again. The
    stalled ones hold up nobody else."""
    (fails, n1), (refused, n2), (silent, n3), (grave, n4), (twice, n5), (fine, n6) = (town.person() for _ in range(6))
    said: dict[str, list[int | None]] = {
        n1: [503, 200], n2: [404], n3: [None], n4: [None, 200], n5: [2], n6: [200],
    }  # fmt: skip
    town.gateway.answer = lambda got: said[got.to].pop(0)
    tip = town.send(*(f"person:{one}" for one in (fails, refused, silent, twice)), ways=["sms"])
    important = town.send(f"person:{grave}", ways=["sms"], kind="important")
    (mute, n7), (stammers, n8) = (town.person(sms=False, email=True) for _ in range(2))
    mails = {f"p{n7[-5:]}@example.org": None, f"p{n8[-5:]}@example.org": "250 taken\r\n250 taken"}
    town.mail.answer = lambda message: mails[message["X-To"]]
    letter = town.send(f"person:{mute}", f"person:{stammers}", ways=["email"])
    answers: dict[str, list[Any]] = {"wecom": [None, {"errcode": 0}], "dingtalk": [503], "feishu": [{"code": 0}]}
    town.robots.answer = lambda host: answers[KINDS[host]].pop(0)
    chat = town.send("role:donor", ways=["group"], kind="important")
    eventually(lambda: len(town.gateway.to(n3)) == len(town.gateway.to(n4)) == 1)
    quick = town.send(f"person:{fine}", ways=["sms"])
    eventually(lambda: town.states(quick) == {"sms": "sent"})

    def state_of(notice: str, person: str) -> Any:
        return town.db["deliveries"].find_one({"notice": notice, "person": person, "way": {"$ne": "inbox"}})

    def state_in(kind: str) -> tuple[str, int, bool]:
        one = town.db["deliveries"].find_one({"notice": chat, "via": chats[kind]})
        return one["state"], one["tries"], one["twice"]

    assert state_of(tip, silent)["state"] == "sending"
    eventually(lambda: (state_in("dingtalk"), state_in("feishu")) == (("waiting", 1, False), ("sent", 1, False)))
    eventually(lambda: state_of(letter, stammers)["state"] == "sent")
    eventually(lambda: state_of(tip, twice)["state"] == "sent")
    assert (state_of(tip, refused)["state"], state_of(tip, refused)["why"]) == ("failed", "HTTP 404")
    first = state_of(tip, fails)
    assert (first["state"], first["tries"], first["due"] > utc_now()) == ("waiting", 1, True)
    town.db["deliveries"].update_one({"_id": first["_id"]}, {"$set": {"due": now()}})
    eventually(lambda: state_of(tip, fails)["state"] == "sent")
    eventually(lambda: state_of(tip, silent)["state"] == state_of(letter, mute)["state"] == "unknown", seconds=40)
    eventually(lambda: state_of(important, grave)["state"] == "sent", seconds=40)
    eventually(lambda: state_in("wecom") == ("sent", 2, True))
    assert [one.key for one in town.gateway.to(n4)] == [f"{important}.{grave}.sms"] * 2
    assert len(town.gateway.to(n1)) == 2
    assert town.get(f"/notices/yueran/{important}/reach")["twice"] == 1
    assert f"{tip}.{silent}.sms" in town.get("/notices/yueran/undecided", **PAGE)
    said[n3] = [200]
    deliveries = "/notices/yueran/deliveries"
    assert town.post(f"{deliveries}/{tip}.{silent}.sms/decision", {"again": True}).ok
    eventually(lambda: state_of(tip, silent)["state"] == "sent")
    again = town.post(f"{deliveries}/{tip}.{silent}.sms/decision", {"again": False})
    assert again.json()["code"] == "nothing-to-decide"
    town.gateway.stalled.set()


def test_a_mail_server_that_refuses_for_now_is_asked_again_and_one_for_good_is_not(town: Town) -> None:
    (later, n1), (never, n2) = (town.person(sms=False, email=True) for _ in range(2))
    told = {f"p{n1[-5:]}@example.org": ["451 later", "250 taken"], f"p{n2[-5:]}@example.org": ["550 no"]}
    town.mail.answer = lambda message: told[message["X-To"]].pop(0)
    notice = town.send(f"person:{later}", f"person:{never}", ways=["email"])
    states = {"waiting", "failed"}
    eventually(lambda: {one["state"] for one in town.db["deliveries"].find({"notice": notice})} == states)
    town.db["deliveries"].update_one({"notice": notice, "state": "waiting"}, {"$set": {"due": now()}})
    eventually(lambda: {one["state"] for one in town.db["deliveries"].find({"notice": notice})} == {"sent", "failed"})
    ids = {message["Message-ID"] for message in town.mail.to(f"p{n1[-5:]}@example.org")}
    assert ids == {f"<{notice}.{later}.email@example.org>"}


SHOWN = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-wecom",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=kdingtalk",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/k-feishu",
}  # as the chat programs show them
KINDS = {host: kind for kind, host in HOSTS.items()}


@pytest.fixture
def chats(town: Town) -> Iterator[dict[str, str]]:
    """Yueran has a robot of each kind; what is told its groups, by kind."""
    ids = {}
    for kind, address in SHOWN.items():
        robot = {"kind": kind, "label": kind, "address": address, "rate": 600}
        secret = {} if kind == "wecom" else {"secret": "SECabc123"}
        ids[kind] = town.post("/notices/yueran/channels", robot | secret).json()["id"]
    town.robots.got.clear()
    yield ids
    for channel in ids.values():
        assert town.post(f"/notices/yueran/channels/{channel}/removal").ok


def test_the_robots_of_chats_are_asked_in_their_own_way_and_believed_only_when_they_say_yes(
    town: Town, chats: dict[str, str]
) -> None:
    """All three refuse with HTTP 200 and a code in the body."""
    said: dict[str, dict[str, Any]] = {
        "wecom": {"errcode": 0, "errmsg": "ok"}, "dingtalk": {"errcode": 0, "errmsg": "ok"},
        "feishu": {"code": 0, "msg": "success", "data": {}},
    }  # fmt: skip
    town.robots.answer = lambda host: said[KINDS[host]]

    def ends(notice: str) -> dict[str, tuple[str, str]]:
        found = {one["via"]: (one["state"], one["why"]) for one in town.db["deliveries"].find({"notice": notice})}
        return {kind: found[id_] for kind, id_ in chats.items() if id_ in found}

    told = {"ways": ["group"], "kind": "important", "public": True}
    notice = town.send("role:donor", **told, body="明天停水。" * 200)
    eventually(lambda: ends(notice) == dict.fromkeys(chats, ("sent", "")))
    got = {KINDS[host]: (host, path, body) for host, path, body in town.robots.got}
    assert len(town.robots.got) == len(got) == len(chats)
    for kind, (host, path, _) in got.items():
        assert f"https://{host}{path}".startswith(SHOWN[kind])
    texts = {kind: (body["content"] if kind == "feishu" else body)["text"] for kind, (_, _, body) in got.items()}
    assert texts["feishu"] == texts["dingtalk"]["content"]
    assert len(texts["wecom"]["content"].encode()) <= 2048
    assert texts["wecom"]["content"].endswith(f"……\n\n全文：{town.stack.origin}/notices/yueran/{notice}")
    assert "&sign=" in got["dingtalk"][1]
    assert {"timestamp", "sign"} <= got["feishu"][2].keys()

    said["wecom"], said["dingtalk"], said["feishu"] = {"errcode": 93000}, {"errcode": 130101}, {"code": 19024}
    notice = town.send("role:donor", **told)
    no = {
        "wecom": ("failed", "wecom 93000"),
        "dingtalk": ("waiting", "dingtalk 130101"),
        "feishu": ("failed", "feishu 19024"),
    }
    eventually(lambda: ends(notice) == no)
    tested = town.post(f"/notices/yueran/channels/{chats['wecom']}/test", {}).json()
    assert tested == {"outcome": "refused", "why": "wecom 93000"}


def test_a_channel_sends_no_more_than_its_rate(town: Town) -> None:
    robot = {"kind": "webhook", "label": "群", "address": town.gateway.address, "rate": 6}
    channel = town.post("/notices/yueran/channels", robot).json()["id"]
    notices = [town.send("role:donor", ways=["group"], kind="important", title=f"群{n}") for n in range(3)]
    sent = {"notice": {"$in": notices}, "state": "sent"}
    eventually(lambda: town.db["deliveries"].count_documents(sent) == 1)
    waiting = {"notice": {"$in": notices}, "state": "waiting"}
    eventually(lambda: town.db["deliveries"].count_documents(waiting) == 2)
    account, _ = town.person()
    other = town.send(f"person:{account}", ways=["sms"])
    eventually(lambda: town.states(other) == {"sms": "sent"})
    assert town.db["deliveries"].count_documents(sent) <= 2
    assert town.post(f"/notices/yueran/channels/{channel}/removal").ok


def test_channels_lead_only_where_they_may(town: Town) -> None:
    def refused(**said: Any) -> str:
        answer = town.post("/notices/yueran/channels", {"label": "x", **said})
        return str(answer.json().get("code"))

    assert refused(kind="webhook", address="ftp://example.org/x") == "address-not-allowed"
    assert refused(kind="webhook", address="file:///etc/passwd") == "address-not-allowed"
    assert refused(kind="syslog", address="http://example.org") == "invalid"
    assert refused(kind="email") == "invalid"
    listed = town.get("/notices/yueran/channels")["items"]
    gateway = next(one for one in listed if one["kind"] == "sms")
    tested = town.post(f"/notices/yueran/channels/{gateway['id']}/test", {"to": "+8613000000000"}).json()
    assert tested["outcome"] == "sent"
    assert "address" not in gateway
    elsewhere = town.stack.token("staff@community:biguiyuan")
    assert town.post(f"/notices/yueran/channels/{gateway['id']}/test", {}, elsewhere).status_code == 403


def test_answers_are_given_by_private_link_and_looking_answers_nothing(town: Town) -> None:
    account, number = town.person()
    notice = town.send(f"person:{account}", ask=True)
    eventually(lambda: town.states(notice).get("sms") == "sent")
    link = town.gateway.to(number)[0].body.rpartition("/notices/answers/")[2].split()[0]
    assert len(link) == 32
    assert link not in str(list(town.db["links"].find())) + str(list(town.db["asks"].find()))
    page = town.stack.call("GET", f"/notices/answers/{link}", **PAGE)
    assert "能来" in page.text
    assert town.stack.call("GET", f"/notices/answers/{link}").json()["answer"] is None
    for answer in ("yes", "yes", "no"):
        assert town.stack.call("POST", f"/notices/answers/{link}", body={"answer": answer}).ok
    said = [
        one["data"]["answer"]
        for one in town.db["journal"].find({"type": "notify.answer.given.v1", "subject": f"{notice}.{account}"})
    ]
    assert said == ["yes", "no"]
    assert town.post(f"/notices/yueran/{notice}/withdrawal").ok
    refused = town.stack.call("POST", f"/notices/answers/{link}", body={"answer": "yes"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no-longer-asked")
    assert "不用回复了" in town.stack.call("GET", f"/notices/answers/{link}", **PAGE).text
    assert town.stack.call("GET", "/notices/answers/00000000000000000000000000000000").status_code == 404


def utc_now() -> datetime:
    """As a client that knows no zones reads it."""
    return now().replace(tzinfo=None)


def shift_of(town: Town, *, begins_in: timedelta = 3 * HOUR, post: str = "gate-3") -> str:
    shift, starts = new_id(), now() + begins_in
    town.shifts.say(
        "shifts.post.opened",
        f"{post}-{shift}",
        {"kind": "gate", "name": "三号门", "name_en": "Gate 3", "place": "北侧"},
    )
    planned = {"post": f"{post}-{shift}", "starts": starts, "ends": starts + 4 * HOUR, "head_count": 1}
    town.shifts.say("shifts.shift.planned", shift, planned)
    return shift


def told(town: Town, rule: str, person: str) -> Any:
    """The letter this rule made for this person."""
    notices = [one["_id"] for one in town.db["notices"].find({"rule": rule})]
    return town.db["deliveries"].find_one({"notice": {"$in": notices}, "person": person, "way": "inbox"})


def test_whoever_is_asked_to_cover_is_told_and_their_answer_goes_back_by_event(town: Town) -> None:
    volunteer, account = town.volunteer()
    shift = shift_of(town)
    asked = {"step": "volunteers", "volunteers": [volunteer], "until": now() + HOUR}
    town.shifts.say("shifts.cover.started", shift, {"missing": 1})
    town.shifts.say("shifts.cover.asked", shift, asked)
    delivery = eventually(lambda: told(town, "cover-asked", account))
    mine = town.stack.token(account=account)
    (letter,) = town.get("/notices/inbox", mine)["items"]
    assert letter["title"] == "三号门缺人，您能来吗？"
    assert "北侧" in letter["body"]
    assert town.post(f"/notices/inbox/{delivery['_id']}/answer", {"answer": "yes"}, mine).json()["answer"] == "yes"
    (given,) = town.db["journal"].find({"type": "notify.answer.given.v1", "data.volunteer": volunteer})
    assert given["data"] == {"about": "cover", "subject": shift, "volunteer": volunteer, "answer": "yes"}
    assert given["community"] == "yueran"


def test_a_gap_asks_those_who_could_fill_it_and_not_those_who_rest(town: Town) -> None:
    words = {
        "title": "{{ post }}缺{{ missing }}人",
        "body": "{{ when }}",
        "title_en": "{{ post }}",
        "body_en": "{{ when }}",
    }
    rule = {"trigger": "gap-opened", "kind": "tip", "ways": ["inbox"], "on": True, "ask": True, **words}
    assert town.post("/notices/rules/gap-opened", rule, town.officer).ok
    (_, free_account), (busy, busy_account) = town.volunteer(), town.volunteer()
    other, wanted = shift_of(town, begins_in=timedelta()), shift_of(town, begins_in=6 * HOUR)
    town.shifts.say("shifts.shift.claimed", other, {"volunteer": busy})
    eventually(lambda: town.db["duties"].find_one({"holders": busy}))
    town.shifts.say("shifts.shift.gap-opened", wanted, {"missing": 1})
    assert eventually(lambda: told(town, "gap-opened", free_account))
    assert told(town, "gap-opened", busy_account) is None
    before = town.db["notices"].count_documents({"rule": "gap-opened"})
    town.shifts.say("shifts.shift.gap-opened", wanted, {"missing": 1})
    eventually(lambda: town.db["occasions"].find_one({"subject": wanted, "fate": "repeated"}))
    assert town.db["notices"].count_documents({"rule": "gap-opened"}) == before


def close(town: Town, name: str, **more: Any) -> str:
    """A post of that name is to close; the notice of it."""
    post, plan = new_id(), {"closure": new_id(), "starts": now() + HOUR, "ends": None, "move_to": None}
    town.shifts.say("shifts.post.opened", post, {"kind": "gate", "name": name, "name_en": name, "place": "北侧"})
    town.shifts.say("shifts.post.closing-planned", post, plan | more)
    said = {"rule": "closing-planned", "wording.title": f"{name}将关闭"}
    return str(eventually(lambda: town.db["notices"].find_one(said))["_id"])


def test_a_closing_tells_everybody_and_makes_a_poster_job_for_each_door_which_its_owner_hears_of(town: Town) -> None:
    volunteer, account = town.volunteer()
    for slug, units in (("b7", ["1单元", "2单元"]), ("b8", [])):
        building = {"name": f"{slug[1:]}号楼", "units": units}
        town.volunteers.say("volunteers.building.registered", f"yueran/{slug}", building, community="yueran")
    care = {"unit": None, "owner": volunteer, "deputy": None}
    town.volunteers.say("volunteers.building.care-taken", "yueran/b7", care, community="yueran")
    eventually(lambda: town.db["buildings"].find_one({"_id": "yueran/b7", "care": {"$ne": {}}}))
    notice = close(town, "北门")
    assert town.stack.call("GET", f"/notices/yueran/{notice}").json()["title"] == "北门将关闭"
    mine = town.stack.token("volunteer@community:yueran", account=account)
    jobs = town.get("/notices/yueran/posters/mine", mine)["items"]
    assert [(one["building"], one["unit"], one["owner"]) for one in jobs] == [
        ("7号楼", "1单元", volunteer),
        ("7号楼", "2单元", volunteer),
        ("8号楼", "", None),
    ]
    job = eventually(lambda: told(town, "posters-asked", account))
    letter = town.get(f"/notices/inbox/{job['_id']}", mine, **PAGE)
    assert "请贴海报：北门将关闭" in letter
    assert 'href="/notices/yueran/posters/mine"' in letter
    paper = town.stack.call("GET", f"/notices/yueran/{notice}/posters.pdf", mine)
    sheets = PdfReader(BytesIO(paper.content)).pages
    assert ["7号楼 2单元" in one.extract_text() for one in sheets] == [False, True, False]
    assert all("北门将关闭" in one.extract_text() and "北侧" in one.extract_text() for one in sheets)
    (code,) = zxingcpp.read_barcodes(PdfDocument(paper.content)[1].render(scale=2).to_pil())
    assert code.text == f"{town.stack.origin}/notices/yueran/{notice}"
    stranger = town.stack.token("volunteer@community:yueran")
    placing = f"/notices/yueran/posters/{jobs[0]['id']}/placing"
    assert town.post(placing, {}, stranger).json()["code"] == "not-your-poster"
    assert town.post(placing, {}, mine).ok
    assert town.post(placing, {}, mine).json()["code"] == "poster-placed"
    reach = town.get(f"/notices/yueran/{notice}/reach")
    assert next((one["doors"], one["posted"]) for one in reach["buildings"] if one["building"] == "7号楼") == (2, 1)


def test_a_gate_that_serves_some_buildings_closes_for_those_only(town: Town) -> None:
    (inside, _), (outside, _) = (town.person(building=f"{number}号楼") for number in (7, 8))
    notice = close(town, "东便门", buildings=["yueran/b7"])
    delivered = {"notice": notice, "way": "inbox"}
    eventually(lambda: town.db["deliveries"].find_one({**delivered, "person": inside}))
    assert town.db["deliveries"].find_one({**delivered, "person": outside}) is None
    assert {one["building"] for one in town.db["posters"].find({"notice": notice})} == {"7号楼"}


def test_a_rule_is_changed_by_the_district_and_tried_on_what_happened_without_sending(town: Town) -> None:
    close(town, "南便门", buildings=["yueran/b8"])
    home = town.db["people"].count_documents({"groups": "yueran/building:8号楼"})
    notices = town.db["notices"].count_documents({"rule": "closing-planned"})
    words = {
        "title": "{{ post }}要关了",
        "body": "从 {{ starts }} 起。",
        "title_en": "{{ post }} will be shut",
        "body_en": "From {{ starts }}.",
    }
    rule = {"trigger": "closing-planned", "kind": "important", "ways": ["inbox"], "on": False, **words}
    here = "/notices/rules/closing-planned"
    assert town.post(here, rule).status_code == 403
    assert town.post(here, rule | {"body": "{{ phone }}"}, town.officer).json()["code"] == "bad-template"
    unheard = town.post("/notices/rules/new", rule | {"trigger": "moonrise"}, town.officer)
    assert unheard.json()["code"] == "trigger-unknown"
    before = town.get(here, town.officer)
    assert town.post(here, rule, town.officer).json()["wording"]["title"] == "{{ post }}要关了"
    newest = town.get(here, town.officer, **PAGE).partition("试算")[2].partition("</li>")[0]
    assert "南便门要关了" in newest
    assert f"{home} 人" in newest
    assert town.db["notices"].count_documents({"rule": "closing-planned"}) == notices
    kept = {name: before[name] for name in ("trigger", "kind", "ways", "on", "public", "paper")} | before["wording"]
    assert town.post(here, kept, town.officer).ok


def test_who_was_not_reached_is_listed_with_the_reason_until_they_read_it(town: Town) -> None:
    (deaf, number), (reached, _), (silent, _) = (town.person(building="10号楼", sms=sms) for sms in (True, True, False))
    town.gateway.answer = lambda got: 404 if got.to == number else 200
    notice = town.send("building:10号楼", ways=["inbox", "sms"])
    reach = f"/notices/yueran/{notice}/reach"

    def missed() -> dict[str, tuple[str, str]]:
        return {one["person"]: (one["building"], one["why"]) for one in town.get(reach)["missed"]}

    eventually(lambda: missed() == {deaf: ("10号楼", "HTTP 404"), silent: ("10号楼", "")})
    assert reached not in missed()
    page = town.get(reach, **PAGE)
    assert "还没读站内信" in page
    assert "HTTP 404" in page
    assert next((one["people"], one["missed"]) for one in town.get(reach)["buildings"]) == (3, 2)
    for person in (deaf, silent):
        mine = town.stack.token(account=person)
        assert town.post(f"/notices/inbox/{notice}.{person}.inbox/reading", {}, mine).ok
    assert missed() == {}


def test_what_is_heard_too_late_or_again_is_recorded_and_told_to_nobody(town: Town) -> None:
    volunteer, account = town.volunteer()
    shift = shift_of(town)
    town.shifts.say("shifts.shift.reminder-due", shift, {"volunteer": volunteer, "hours": 3}, at=now() - 2 * HOUR)
    late = eventually(lambda: town.db["occasions"].find_one({"subject": shift}))
    assert late["fate"] == "too-old"
    town.shifts.say("shifts.shift.reminder-due", shift, {"volunteer": volunteer, "hours": 2})
    assert eventually(lambda: told(town, "reminder-due", account))
    notices = town.db["notices"].count_documents({})
    replay(town, "shifts_yueran")
    assert town.db["notices"].count_documents({}) == notices
    assert town.db["occasions"].count_documents({"subject": shift, "fate": "waiting"}) == 0
    run = town.get("/notices/rules/reminder-due", town.officer, **PAGE)
    assert "听到得太晚，没有发" in run


def replay(town: Town, database: str) -> None:
    """A publisher's whole journal once more into notify's queue, and until notify has taken it."""
    stack = town.stack
    command = [
        sys.executable,
        "-m",
        "shared.ops.cli",
        "--database",
        f"{stack.name}_{database}",
        "replay",
        "--to",
        "notify",
    ]
    environment = {**os.environ, "AMQP_URI": stack.admin_amqp_uri, "MONGODB_URI": stack.parts.mongodb_uri}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    volunteer, _ = town.volunteer()  # heard after it: the queue is in order
    assert volunteer


def test_donors_are_asked_in_a_shortage_and_thanked_for_what_came(town: Town) -> None:
    supplies = Speaker(town.stack, "supplies")
    donor, item = new_id(), new_id()
    registered = {"name": "口罩", "name_en": "Masks", "unit": "只", "unit_en": "pieces", "dangerous_ml": 0, "pack": 1}
    supplies.say("supplies.item.registered", item, registered, community="district")
    gift = {"place": "yueran", "item": item, "quantity": 200, "number": "YR-1", "pledge": None, "account": donor}
    supplies.say("supplies.donation.received", new_id(), gift, community="yueran")
    assert eventually(lambda: told(town, "donation-received", donor))
    short = {"place": "yueran", "item": item, "balance": 40, "days_left": 2}
    supplies.say("supplies.stock.shortage-raised", new_id(), short, community="yueran")
    assert eventually(lambda: told(town, "shortage-raised", donor))
    titles = [one["title"] for one in town.get("/notices/inbox", town.stack.token(account=donor))["items"]]
    assert titles == ["yueran的口罩快用完了", "谢谢您捐的口罩"]
    supplies.stop()


def test_rescue_teams_hear_what_they_are_asked_for_and_staff_what_becomes_of_it(town: Town) -> None:
    rescuer, stranger, staff = new_id(), new_id(), new_id()
    rights = (
        (rescuer, "rescuer", "team:blue-sky"),
        (stranger, "rescuer", "team:harbour"),
        (staff, "staff", "community:yueran"),
    )
    for account, role, scope in rights:
        town.accounts.say(
            "accounts.account.right-granted", account, {"role": role, "scope": scope}, community="district"
        )
    known = {"_id": {"$in": [rescuer, stranger, staff]}, "groups": {"$ne": []}}
    assert eventually(lambda: town.db["people"].count_documents(known) == 3)
    rescue, mission = Speaker(town.stack, "rescue"), new_id()
    job = {
        "place": "3号楼电梯",
        "building": None,
        "kind": "lift",
        "why": "发热",
        "urgency": "today",
        "due": now() + HOUR,
    }
    rescue.say_all([
        ("rescue.mission.opened", mission, job), ("rescue.mission.offered", mission, {**job, "teams": ["blue-sky"]}),
        ("rescue.mission.escalated", mission, {"to": "teams", "why": "nobody-accepted"}),
        ("rescue.mission.accepted", mission, {"team": "blue-sky", "name": "蓝天救援队", "name_en": "Blue Sky"}),
    ], community="yueran")  # fmt: skip
    assert eventually(lambda: told(town, "mission-offered", rescuer) and told(town, "mission-accepted", staff))
    assert told(town, "mission-offered", stranger) is None
    assert told(town, "mission-escalated", staff) is None
    titles = [one["title"] for one in town.get("/notices/inbox", town.stack.token(account=staff))["items"]]
    assert titles == ["蓝天救援队接下了消杀任务"]
    rescue.stop()


def test_officers_hear_of_alerts_and_the_letter_leads_to_the_alert(town: Town) -> None:
    officer, alert, district = new_id(), new_id(), Speaker(town.stack, "district")
    right = {"role": "officer", "scope": "district"}
    town.accounts.say("accounts.account.right-granted", officer, right, community="district")
    eventually(lambda: town.db["people"].find_one({"_id": officer, "groups": "district/role:officer"}))
    raised = {
        "rule": "uncovered-gate", "subject": "west", "severity": "urgent", "since": now(), "words": "西门没有人值守",
        "words_en": "Nobody is at West gate",
    }  # fmt: skip
    district.say("district.alert.raised", alert, raised, community="yueran")
    assert eventually(lambda: told(town, "alert-urgent", officer))
    assert told(town, "alert-raised", officer) is None
    (letter,) = town.get("/notices/inbox", town.stack.token(account=officer))["items"]
    assert letter["title"] == "紧急预警：yueran，西门没有人值守"
    district.say("district.alert.raised", new_id(), raised | {"subject": "mask"}, community="district")
    token = town.stack.token(account=officer)
    eventually(lambda: "全区 · " in town.get("/notices/inbox", token, **PAGE))
    of_the_district = next(one for one in town.get("/notices/inbox", token)["items"] if one["community"] == "district")
    assert "全区 · " in town.get(f"/notices/inbox/{of_the_district['id']}", token, **PAGE)
    assert "全区 · " in town.get("/notices/rules/alert-urgent", town.officer, **PAGE)
    district.stop()


def test_the_district_looks_first_and_writes_once_and_every_community_has_its_own(town: Town) -> None:
    written = {
        "kind": "letter",
        "title": "致居民",
        "body": "{{ community }}同心。",
        "audience": ["everyone"],
        "public": True,
    }
    notices = town.db["notices"].count_documents({})
    look = "/notices/bulletins/preview"
    here = town.db["people"].count_documents({"groups": "yueran/everyone"})
    seen = town.post(look, written | {"paper": True}, town.officer).json()["items"]
    assert [(one["community"], one["lacking"]) for one in seen] == [
        ("biguiyuan", ["email", "sms", "group"]), ("yueran", ["group"]),
    ]  # fmt: skip
    assert (seen[1]["people"], seen[1]["doors"] > 0) == (here, True)
    past = town.post(look, written | {"send_at": (now() - HOUR).isoformat()}, town.officer)
    assert past.json()["code"] == "time-is-past"
    page = town.stack.call("POST", look, town.officer, written, **PAGE).text
    assert "biguiyuan同心。" in page
    assert '<input type="hidden" name="title" value="致居民">' in page
    assert town.db["notices"].count_documents({}) == notices
    sent = town.post("/notices/bulletins", written, town.officer)
    assert sent.status_code == 201, sent.text
    assert [one["community"] for one in sent.json()["items"]] == ["biguiyuan", "yueran"]
    assert "致居民" in town.stack.call("GET", "/notices/biguiyuan/", **PAGE).text
    bulletin = sent.json()["items"][0]["bulletin"]
    assert town.post(f"/notices/bulletins/{bulletin}/withdrawal", {}, town.officer).ok
    assert "致居民" not in town.stack.call("GET", "/notices/biguiyuan/", **PAGE).text
    assert town.post("/notices/bulletins", {"kind": "letter", "title": "x", "body": "y"}).status_code == 403


def test_an_alert_comes_in_and_goes_out_as_cap_valid_against_its_schema(town: Town) -> None:
    schema = xmlschema.XMLSchema(str(CAP_SCHEMA))
    alert = ALERT.read_text()
    schema.validate(alert)
    seen = town.stack.call("POST", "/notices/bulletins/alerts/preview", town.officer, {"xml": alert}, **PAGE).text
    assert "暴雪橙色预警" in seen
    assert 'action="/notices/bulletins/alerts"' in seen
    taken = town.post("/notices/bulletins/alerts", {"xml": alert}, town.officer)
    assert taken.status_code == 201, taken.text
    notice = next(one for one in taken.json()["items"] if one["community"] == "yueran")
    assert (notice["kind"], notice["wording"]["title"]) == ("important", "暴雪橙色预警")
    out = town.stack.call("GET", f"/notices/yueran/{notice['id']}/cap.xml")
    schema.validate(out.text)
    assert "Blizzard" in out.text
    words = {"reason": "级别有变", "title": "暴雪黄色预警", "body": "减弱。"}
    new = town.post(f"/notices/yueran/{notice['id']}/corrections", words).json()["id"]
    update = town.stack.call("GET", f"/notices/yueran/{new}/cap.xml").text
    schema.validate(update)
    assert notice["id"] in update
    town.post(f"/notices/yueran/{new}/withdrawal")
    cancel = town.stack.call("GET", f"/notices/yueran/{new}/cap.xml").text
    schema.validate(cancel)
    assert "<msgType>Cancel</msgType>" in cancel
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'
    for bad in (bomb, "<alert/>", "nothing"):
        assert town.post("/notices/bulletins/alerts", {"xml": bad}, town.officer).json()["code"] == "not-cap"
    assert town.post("/notices/bulletins/alerts", {"xml": alert}, town.officer).status_code == 200, "sent once"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("exercise", "alert-not-actual"), ("test", "alert-not-actual"), ("system", "alert-not-actual"),
        ("draft", "alert-not-actual"), ("restricted", "alert-not-public"), ("private", "alert-not-public"),
        ("ack", "alert-no-warning"), ("error", "alert-no-warning"), ("expired", "alert-expired"),
        ("unknown-reference", "alert-reference-unknown"),
    ],
)  # fmt: skip
def test_an_alert_that_cannot_be_acted_on_is_refused_by_name_at_the_preview_and_when_it_is_sent(
    town: Town, name: str, code: str
) -> None:
    xml = (ALERT.parent / f"{name}.xml").read_text()
    for path in ("/notices/bulletins/alerts/preview", "/notices/bulletins/alerts"):
        assert town.post(path, {"xml": xml}, town.officer).json()["code"] == code


def test_a_cancellation_is_looked_at_and_then_withdraws_the_warning_instead_of_sending_it_again(town: Town) -> None:
    account, _ = town.person()
    mine = town.stack.token(account=account)
    flood, cancel = ((ALERT.parent / f"{name}.xml").read_text() for name in ("flood", "flood-cancel"))
    sent = town.post("/notices/bulletins/alerts", {"xml": flood}, town.officer)
    assert sent.status_code == 201, sent.text
    eventually(lambda: "清溪河洪水橙色预警" in [one["title"] for one in town.get("/notices/inbox", mine)["items"]])
    look = "/notices/bulletins/alerts/preview"
    seen = town.stack.call("POST", look, town.officer, {"xml": cancel}, **PAGE).text
    assert "会撤回 2 个社区的这份预警" in seen
    assert "QX-FLOOD-8" in seen, "that it refers to what never came is said"
    assert "预警取消：清溪河洪水橙色预警" in seen
    done = town.post("/notices/bulletins/alerts", {"xml": cancel}, town.officer)
    assert done.status_code == 201, done.text
    standing = {
        one["wording"]["title"]: one["standing"] for one in done.json()["items"] if one["community"] == "yueran"
    }
    assert standing == {"清溪河洪水橙色预警": "withdrawn", "预警取消：清溪河洪水橙色预警": "published"}
    told = eventually(lambda: [
        (one["title"], one["standing"]) for one in town.get("/notices/inbox", mine)["items"] if "取消" in one["title"]
    ])  # fmt: skip
    assert told == [("预警取消：清溪河洪水橙色预警", "holds")]
    assert town.get("/notices/yueran/")["items"][0]["title"] == "预警取消：清溪河洪水橙色预警"
    bulletin = done.json()["items"][0]["bulletin"]
    assert "预警取消" in town.stack.call("GET", f"/notices/bulletins/{bulletin}", town.officer, **PAGE).text
    again = town.post("/notices/bulletins/alerts", {"xml": cancel}, town.officer)
    assert (again.status_code, town.post(look, {"xml": cancel}, town.officer).json()["code"]) == (200, "alert-taken")
