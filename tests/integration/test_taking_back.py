"""What is taken back reaches whom it reached: public page, inboxes and posters after a gate's closing was undone, and the like."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from secrets import token_hex
from typing import Any

import pytest

from services.notify.domain.notices import Notice
from services.notify.domain.rules import Occasion, Rule
from services.notify.store import NotifyStore
from services.notify.usecases import ruling, spreading, writing
from services.notify.usecases.hearing import REACTIONS
from shared.events.contracts import registry
from shared.events.envelope import Event
from shared.kernel.command import Command
from shared.kernel.ids import new_id, now
from shared.persistence.store import connect
from tests.parts import Parts
from tests.rounds import tend
from tests.speaker import Speaker
from tests.stack import Stack, eventually

STAFF = "staff@community:yueran"
PAGE = {"Accept": "text/html"}
HOUR = timedelta(hours=1)
POST = {"kind": "gate", "name": "2号门", "name_en": "Gate 2", "place": "北侧"}
SHIFTS = "/communities/yueran/shifts"


# By the doors of shifts and notify, as people see it.


@pytest.fixture(scope="module")
def yueran(stack: Stack) -> Stack:
    return stack.start("notify", "shifts.yueran")


@pytest.fixture(scope="module")
def staff(yueran: Stack) -> str:
    return yueran.token(STAFF)


@pytest.fixture(scope="module")
def volunteers(yueran: Stack) -> Iterator[Speaker]:
    speaker = Speaker(yueran, "volunteers")
    yield speaker
    speaker.stop()


def carer_of(stack: Stack, volunteers: Speaker, slug: str, units: list[str]) -> tuple[str, str]:
    """A volunteer with a building in care: the account, and a token."""
    volunteer, account = new_id(), new_id()
    volunteers.say("volunteers.volunteer.applied", volunteer, {"account": account}, community="yueran")
    volunteers.say(
        "volunteers.volunteer.approved", volunteer, {"account": account, "skills": []}, community="yueran"
    )  # fmt: skip
    building = {"name": f"{slug[1:]}号楼", "units": units}
    volunteers.say("volunteers.building.registered", f"yueran/{slug}", building, community="yueran")
    care = {"unit": None, "owner": volunteer, "deputy": None}
    volunteers.say("volunteers.building.care-taken", f"yueran/{slug}", care, community="yueran")
    eventually(lambda: stack.database("notify")["buildings"].find_one({"_id": f"yueran/{slug}", "care": {"$ne": {}}}))
    return account, stack.token("volunteer@community:yueran", account=account)


def inbox(stack: Stack, token: str) -> dict[str, str]:
    """What this person was told, with whether it still holds."""
    return {
        one["title"]: one["standing"] for one in stack.call("GET", "/notices/inbox", token).json()["items"]
    }  # fmt: skip


def public(stack: Stack) -> list[str]:
    return [one["title"] for one in stack.call("GET", "/notices/yueran/").json()["items"]]


@pytest.mark.parametrize("begun", [False, True], ids=["before-it-begins", "while-it-is-closed"])
def test_a_closing_taken_back_leaves_nobody_with_the_old_word(
    yueran: Stack, staff: str, volunteers: Speaker, begun: bool
) -> None:
    slug, name = ("b8", "东门") if begun else ("b7", "北门")
    account, mine = carer_of(yueran, volunteers, slug, ["1单元", "2单元"])
    new = {**POST, "id": f"gate-{slug}", "name": name, "buildings": []}
    assert yueran.call("POST", f"{SHIFTS}/posts", staff, new).status_code == 201
    closing = {} if begun else {"starts": (now() + HOUR).isoformat()}
    closed = yueran.call("POST", f"{SHIFTS}/posts/gate-{slug}/closure", staff, closing).json()
    old, again = f"{name}将关闭", f"{name}重新开放了" if begun else f"{name}照常开放，不关闭了"
    eventually(lambda: inbox(yueran, mine).get(old) == "holds")
    eventually(lambda: f"请贴海报：{old}" in inbox(yueran, mine))
    assert old in public(yueran)
    jobs = yueran.call("GET", "/notices/yueran/posters/mine", mine).json()["items"]
    hung, not_yet = (one["id"] for one in jobs if one["building"] == f"{slug[1:]}号楼")
    assert yueran.call("POST", f"/notices/yueran/posters/{hung}/placing", mine).ok

    back = yueran.call("POST", f"{SHIFTS}/posts/gate-{slug}/closures/{closed['closure']['id']}/withdrawal", staff)
    assert back.ok, back.text

    eventually(lambda: inbox(yueran, mine).get(again) == "holds")
    eventually(lambda: inbox(yueran, mine).get(f"请取下海报：{old}") == "holds")
    eventually(lambda: inbox(yueran, mine)[f"请贴海报：{old}"] == "withdrawn")
    assert inbox(yueran, mine)[old] == "withdrawn"
    assert old not in public(yueran)
    assert again in public(yueran)
    notice = hung.split(".")[0]
    page = yueran.call("GET", f"/notices/yueran/{notice}", **PAGE).text
    assert "已撤回，不再有效" in page
    assert "看现在的" in page
    assert "已作废" in yueran.call("GET", f"/notices/inbox/{notice}.{account}.inbox", mine, **PAGE).text
    jobs = yueran.call("GET", "/notices/yueran/posters/mine", mine).json()["items"]
    assert [one["id"] for one in jobs if one["notice"] == notice] == [hung], f"{not_yet} need not be put up any more"
    assert "已取下" in yueran.call("GET", "/notices/yueran/posters/mine", mine, **PAGE).text
    late = yueran.call("POST", f"/notices/yueran/posters/{not_yet}/placing", mine)
    assert (late.status_code, late.json()["code"]) == (409, "poster-off")
    assert yueran.call("POST", f"/notices/yueran/posters/{hung}/removal", mine).ok
    assert yueran.call("POST", f"/notices/yueran/posters/{hung}/removal", mine).json()["code"] == "poster-taken-down"
    said = yueran.database("notify")["journal"].find({"subject": hung})
    assert [one["type"].split(".")[2] for one in said] == ["asked", "placed", "dropped", "taken-down"]


# By what notify does, step by step, so that every order of things can be had.


class Desk:
    """notify's use cases on a database of their own, fed with events by hand; nothing happens by itself."""

    def __init__(self, store: NotifyStore) -> None:
        self.store = store
        self.sequence = count(1)
        self.person = new_id()
        self.hear("accounts.account.right-granted.v1", self.person, {"role": "staff", "scope": "community:yueran"})
        self.hear("shifts.post.opened.v1", "gate-2", POST)

    def hear(self, type_: str, subject: str, data: dict[str, Any], at: Any = None) -> None:
        self.hear_all((type_, subject, data), at=at)

    def hear_all(self, *said: tuple[str, str, dict[str, Any]], at: Any = None) -> None:
        moment = at or now()
        events = [
            Event(
                id=new_id(), type=type_, source="/district/x", subject=subject, sequence=next(self.sequence), time=moment,
                community="yueran", data=registry.contract(type_).schema.load(registry.fact(type_, data).data),
            )
            for type_, subject, data in said
        ]  # fmt: skip

        def do(tx: NotifyStore) -> None:
            for event in events:
                REACTIONS[event.type](tx, [event])

        self.store.transaction(Command(), do)

    def close(self, closure: str = "c1", **more: Any) -> None:
        plan = {"closure": closure, "starts": now() + HOUR, "ends": None, "move_to": None, "buildings": []}
        self.hear("shifts.post.closing-planned.v1", "gate-2", plan | more)

    def open_again(self, closure: str = "c1", **when: Any) -> None:
        self.hear("shifts.post.closing-withdrawn.v1", "gate-2", {"closure": closure}, **when)

    def tell(self) -> None:
        tend(ruling.ANSWER_OCCASIONS, self.store)

    def spread(self) -> None:
        for notice in list(self.store.spreading()):
            spreading.spread(self.store, b"secret", notice)

    def notices(self) -> dict[str, str]:
        """Titles of the automatic notices, with their standing."""
        return {one.wording.title: one.standing for one in self.store.find(Notice, {})}

    def fates(self) -> list[tuple[str | None, str]]:
        found = self.store.find(Occasion, {}, sort=[("heard", 1), ("_id", 1)])
        return [(one.trigger, one.fate) for one in found]

    def told(self) -> list[str]:
        """The titles that lie in the person's inbox, in order."""
        notices = {one.id: one.wording.title for one in self.store.find(Notice, {})}
        return sorted(notices[one.notice] for one in self.store.inbox_of(self.person, "", 50))


@pytest.fixture
def desk(parts: Parts) -> Iterator[Desk]:
    client = connect(parts.mongodb_uri, "taking-back")
    name = f"t{token_hex(6)}"
    store = NotifyStore(client[name])
    store.prepare()
    yield Desk(store)
    client.drop_database(name)
    client.close()


WILL_CLOSE, STAYS_OPEN, OPEN_AGAIN = "2号门将关闭", "2号门照常开放，不关闭了", "2号门重新开放了"


def test_what_is_taken_back_before_it_was_written_is_never_told(desk: Desk) -> None:
    desk.close()
    desk.open_again()
    desk.tell()
    assert desk.notices() == {}
    assert desk.fates() == [("closing-planned", "taken-back"), ("closing-withdrawn", "nobody")]


def test_what_is_taken_back_before_it_was_spread_is_withdrawn_without_a_word(desk: Desk) -> None:
    desk.close()
    desk.tell()
    desk.open_again()
    desk.tell()
    desk.spread()
    assert desk.notices() == {WILL_CLOSE: "withdrawn"}
    assert desk.told() == []


def test_taken_back_twice_it_is_told_once(desk: Desk) -> None:
    desk.close()
    desk.tell()
    desk.spread()
    desk.open_again()
    desk.open_again()
    desk.tell()
    desk.spread()
    assert desk.notices() == {WILL_CLOSE: "withdrawn", STAYS_OPEN: "published"}
    assert desk.told() == sorted([WILL_CLOSE, STAYS_OPEN])
    assert [fate for _, fate in desk.fates()] == ["taken-back", "told", "nobody"]


def test_what_staff_had_withdrawn_themselves_is_left_at_that(desk: Desk) -> None:
    desk.close()
    desk.tell()
    desk.spread()
    (notice,) = desk.store.find(Notice, {})
    writing.withdraw(desk.store, Command(), "yueran", notice.id)
    desk.open_again()
    desk.tell()
    assert desk.notices() == {WILL_CLOSE: "withdrawn"}


def test_a_correction_by_staff_is_taken_back_with_what_it_corrected(desk: Desk) -> None:
    desk.close()
    desk.tell()
    desk.spread()
    (notice,) = desk.store.find(Notice, {})
    words = {"title": "2号门明天关闭", "body": "是明天。", "title_en": "", "body_en": ""}
    writing.correct(desk.store, Command(), "yueran", notice.id, reason="日期", wording=words)
    desk.spread()
    desk.open_again()
    desk.tell()
    desk.spread()
    assert desk.notices() == {WILL_CLOSE: "withdrawn", "2号门明天关闭": "withdrawn", STAYS_OPEN: "published"}
    assert desk.told().count(STAYS_OPEN) == 1


def test_only_whom_it_reached_hears_that_it_was_taken_back(desk: Desk) -> None:
    desk.close()
    desk.tell()
    desk.spread()
    newcomer = new_id()
    desk.hear("accounts.account.right-granted.v1", newcomer, {"role": "staff", "scope": "community:yueran"})
    desk.open_again()
    desk.tell()
    desk.spread()
    assert STAYS_OPEN in desk.told()
    assert desk.store.inbox_of(newcomer, "", 50) == []


def test_what_waits_for_quiet_hours_to_end_is_dropped_with_it(desk: Desk) -> None:
    desk.close()
    desk.tell()
    desk.spread()
    (inboxed,) = desk.store.inbox_of(desk.person, "", 5)
    waiting = {
        **desk.store["deliveries"].find_one({"_id": inboxed.id}),
        "_id": "waits",
        "way": "sms",
        "state": "waiting",
    }
    desk.store["deliveries"].insert_one(waiting)
    desk.open_again()
    desk.tell()
    assert desk.store["deliveries"].find_one({"_id": "waits"})["state"] == "dropped"


def test_another_closing_of_the_same_gate_stands(desk: Desk) -> None:
    desk.close("c1")
    desk.close("c2", starts=now() + 48 * HOUR)
    desk.tell()
    desk.spread()
    desk.open_again("c1")
    desk.tell()
    found = {one.origin.marks["closure"]: one.standing for one in desk.store.find(Notice, {"rule": "closing-planned"})}
    assert found == {"c1": "withdrawn", "c2": "published"}


def test_a_closing_that_ends_when_it_said_is_over_without_a_word(desk: Desk) -> None:
    end = now() + timedelta(minutes=30)
    desk.close(ends=end)
    desk.tell()
    desk.spread()
    desk.hear("shifts.post.reopened.v1", "gate-2", {"closure": "c1"}, at=end)
    desk.tell()
    assert desk.notices() == {WILL_CLOSE: "withdrawn"}


def test_a_closing_that_ends_before_it_said_is_told(desk: Desk) -> None:
    desk.close(ends=now() + 9 * HOUR)
    desk.tell()
    desk.spread()
    desk.hear("shifts.post.reopened.v1", "gate-2", {"closure": "c1"})
    desk.tell()
    assert desk.notices() == {WILL_CLOSE: "withdrawn", OPEN_AGAIN: "published"}


def test_what_is_heard_late_is_withdrawn_all_the_same_but_told_no_more(desk: Desk) -> None:
    desk.close()
    desk.tell()
    desk.spread()
    desk.open_again(at=now() - 2 * HOUR)
    desk.tell()
    assert desk.notices() == {WILL_CLOSE: "withdrawn"}
    assert desk.fates()[-1] == ("closing-withdrawn", "too-old")


def test_closed_again_after_it_was_taken_back_it_is_told_again_at_once(desk: Desk) -> None:
    def switch_on(tx: NotifyStore) -> None:
        rule = tx.load(Rule, "post-closed")
        rule.on = True
        tx.save(rule)

    desk.store.transaction(Command(), switch_on)
    for closure in ("c1", "c2"):
        desk.hear("shifts.post.closed.v1", "gate-2", {"closure": closure, "buildings": []})
        desk.tell()
        desk.spread()
        if closure == "c1":
            desk.hear("shifts.post.reopened.v1", "gate-2", {"closure": closure})
            desk.tell()
    told = [(one.rule, one.standing) for one in desk.store.find(Notice, {}, sort=[("_id", 1)])]
    assert told == [("post-closed", "withdrawn"), ("post-reopened", "withdrawn"), ("post-closed", "published")]


def planned(desk: Desk) -> tuple[str, str]:
    """A shift, and a volunteer, who is the person whose inbox is read."""
    shift, volunteer, account = new_id(), new_id(), new_id()
    plan = {"post": "gate-2", "starts": now() + 3 * HOUR, "ends": now() + 7 * HOUR, "head_count": 1}
    desk.hear("shifts.shift.planned.v1", shift, plan)
    desk.hear("volunteers.volunteer.approved.v1", volunteer, {"account": account, "skills": []})
    desk.person = account
    return shift, volunteer


def test_whoever_lost_a_shift_by_a_closing_hears_that_it_takes_place_after_all(desk: Desk) -> None:
    shift, volunteer = planned(desk)
    desk.hear("shifts.shift.released.v1", shift, {"volunteer": volunteer, "why": "closure"})
    desk.tell()
    desk.spread()
    desk.hear("shifts.shift.claimed.v1", shift, {"volunteer": volunteer, "how": "restored"})
    desk.tell()
    desk.spread()
    assert desk.notices() == {"您的班次取消了：2号门": "withdrawn", "您的班次恢复了：2号门": "published"}
    assert len(desk.told()) == 2


def test_whoever_takes_a_lost_shift_again_knows_it(desk: Desk) -> None:
    shift, volunteer = planned(desk)
    desk.hear("shifts.shift.released.v1", shift, {"volunteer": volunteer, "why": "closure"})
    desk.tell()
    desk.hear("shifts.shift.claimed.v1", shift, {"volunteer": volunteer, "how": "own"})
    desk.tell()
    assert desk.notices() == {"您的班次取消了：2号门": "withdrawn"}


def test_a_reminder_of_a_shift_that_one_has_no_more_is_over(desk: Desk) -> None:
    shift, volunteer = planned(desk)
    desk.hear("shifts.shift.reminder-due.v1", shift, {"volunteer": volunteer, "hours": 3})
    desk.tell()
    desk.hear("shifts.shift.released.v1", shift, {"volunteer": new_id(), "why": "own"})
    desk.tell()
    assert desk.notices() == {"3小时后值守：2号门": "published"}, "somebody else gave it up"
    desk.hear("shifts.shift.released.v1", shift, {"volunteer": volunteer, "why": "own"})
    desk.tell()
    assert desk.notices() == {"3小时后值守：2号门": "withdrawn"}


def test_nobody_is_asked_to_cover_once_the_search_is_over(desk: Desk) -> None:
    shift, volunteer = planned(desk)
    asked = {"step": "volunteers", "volunteers": [volunteer], "until": now() + HOUR}
    desk.hear("shifts.cover.asked.v1", shift, asked)
    desk.tell()
    desk.spread()
    desk.hear("shifts.cover.ended.v1", shift, {"filled": True})
    desk.tell()
    assert desk.notices() == {"2号门缺人，您能来吗？": "withdrawn"}
    assert desk.told() == ["2号门缺人，您能来吗？"]


JOB = {"place": "3号楼电梯", "building": None, "kind": "lift", "why": "发热", "urgency": "today"}


def mission(desk: Desk) -> tuple[str, Callable[[str, dict[str, Any]], None]]:
    """A mission that was offered and accepted, of which the person (staff) heard."""
    id_, job = new_id(), {**JOB, "due": now() + 5 * HOUR}
    rescuer = new_id()
    desk.hear("accounts.account.right-granted.v1", rescuer, {"role": "rescuer", "scope": "team:blue-sky"})

    def step(name: str, data: dict[str, Any]) -> None:
        desk.hear(f"rescue.mission.{name}.v1", id_, data)
        desk.tell()
        desk.spread()

    step("opened", job)
    step("offered", {**job, "teams": ["blue-sky"]})
    step("accepted", {"team": "blue-sky", "name": "蓝天救援队", "name_en": "Blue Sky"})
    return rescuer, step


def test_rescuers_and_staff_hear_that_a_mission_is_called_off(desk: Desk) -> None:
    rescuer, step = mission(desk)
    step("cancelled", {"by": "community", "reason": "已自行处理"})
    assert desk.notices() == {
        "yueran请贵队消杀：3号楼电梯": "withdrawn",
        "蓝天救援队接下了消杀任务": "withdrawn",
        "yueran的消杀取消了：3号楼电梯": "published",
    }
    assert len(desk.store.inbox_of(rescuer, "", 5)) == len(desk.told()) == 2


def test_staff_hear_that_the_team_which_accepted_handed_the_mission_back(desk: Desk) -> None:
    rescuer, step = mission(desk)
    step("handed-back", {"team": "blue-sky", "reason": "车坏了"})
    assert desk.notices()["蓝天救援队接下了消杀任务"] == "withdrawn"
    assert desk.notices()["yueran请贵队消杀：3号楼电梯"] == "published"
    assert "救援队退回了消杀任务：3号楼电梯" in desk.told()
    assert len(desk.store.inbox_of(rescuer, "", 5)) == 1, "who handed it back knows"


def test_an_alert_that_cleared_and_a_shortage_that_passed_stand_no_more(desk: Desk) -> None:
    donor, item = new_id(), new_id()
    registered = {"name": "口罩", "name_en": "Masks", "unit": "只", "unit_en": "pc", "dangerous_ml": 0, "pack": 1}
    desk.hear("supplies.item.registered.v1", item, registered)
    gift = {"place": "yueran", "item": item, "quantity": 200, "number": "YR-1", "pledge": None, "account": donor}
    desk.hear("supplies.donation.received.v1", new_id(), gift)
    stock = f"yueran.{item}"
    desk.hear(
        "supplies.stock.shortage-raised.v1", stock, {"place": "yueran", "item": item, "balance": 40, "days_left": 2}
    )
    raised = {
        "rule": "uncovered-gate", "subject": "west", "severity": "urgent", "since": now(), "words": "西门没有人值守",
        "words_en": "Nobody is at West gate",
    }  # fmt: skip
    desk.hear("district.alert.raised.v1", "a1", raised)
    desk.tell()
    desk.hear("supplies.stock.shortage-cleared.v1", stock, {"place": "yueran", "item": item, "balance": 900})
    desk.hear("district.alert.cleared.v1", "a1", {})
    desk.tell()
    standing = {one.rule: one.standing for one in desk.store.find(Notice, {})}
    assert standing == {"donation-received": "published", "shortage-raised": "withdrawn", "alert-urgent": "withdrawn"}
