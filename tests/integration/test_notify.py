"""notify on real parts: writing, audience, sending, reading, answering, paper, rules and alerts, by its doors."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import requests

from shared.ids import new_id
from tests.outside import Gateway, MailServer, subject_of, text_of
from tests.speaker import Speaker
from tests.stack import Stack, eventually

STAFF, OFFICER = "staff@community:yueran", "officer@district"
PAGE = {"Accept": "text/html"}
HOUR = timedelta(hours=1)


@dataclass
class Town:
    """notify's process, the voices it hears, and the world it speaks to."""

    stack: Stack
    accounts: Speaker
    volunteers: Speaker
    shifts: Speaker
    gateway: Gateway
    mail: MailServer
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
    stack.start("notify")
    gateway, mail = Gateway(), MailServer()
    town = Town(
        stack, Speaker(stack, "accounts"), Speaker(stack, "volunteers"), Speaker(stack, "shifts", "yueran"), gateway,
        mail, stack.token(STAFF), stack.token(OFFICER),
    )  # fmt: skip
    sms = {"kind": "sms", "label": "网关", "address": gateway.address, "rate": 6000}
    post = {"kind": "email", "label": "邮件", "server": "127.0.0.1", "port": mail.port, "secure": "insecure",
            "sender": "yueran@example.org", "rate": 6000}  # fmt: skip
    for channel in (sms, post):
        answer = town.post("/notices/yueran/channels", channel)
        assert answer.status_code == 201, answer.text
    yield town
    for one in (town.accounts, town.volunteers, town.shifts, gateway, mail):
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
