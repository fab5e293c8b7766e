"""Lending and help between neighbours on real parts; both communities' shifts are heard as they would speak."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from shared.i18n.timezone import SHANGHAI
from shared.kernel.ids import new_id, now
from tests.speaker import Speaker
from tests.stack import Stack, eventually

HOME, AWAY = "yueran", "biguiyuan"
PAGE = {"Accept": "text/html"}
TODAY = datetime.now(SHANGHAI).date()


@pytest.fixture(scope="module", autouse=True)
def services(stack: Stack) -> Stack:
    return stack.start("volunteers", "accounts")


@pytest.fixture(scope="module")
def shifts(stack: Stack) -> Iterator[dict[str, Speaker]]:
    """Both communities' shifts, as far as the backbone hears them."""
    speakers = {one: Speaker(stack, "shifts", one) for one in (HOME, AWAY)}
    yield speakers
    for one in speakers.values():
        one.stop()


class Person:
    """A volunteer of one community with an account of their own."""

    def __init__(self, stack: Stack, community: str = HOME, *, approved: bool = True, **more: Any) -> None:
        self.stack = stack
        user = f"u{new_id().replace('-', '')}"
        answer = stack.call("POST", "/accounts", body={"user": user, "password": "plum-teapot-lantern"})
        assert answer.ok, answer.text
        self.account = stack.database("accounts")["accounts"].find_one({"user": user})["_id"]
        body = {
            "display_name": "叶知秋",
            "home": "6号楼",
            "phone": "19000000001",
            "skills": ["medical"],
            "name_shown": True,
            **more,
        }
        self.volunteer = stack.call("POST", f"/volunteers/{community}/applications", self.token, body).json()["id"]
        if approved:
            ok(stack.call("POST", f"/volunteers/{community}/{self.volunteer}/approval", staff(stack, community)))

    @property
    def token(self) -> str:
        """A fresh one: those from before a right was withdrawn no longer count."""
        return self.stack.token(account=self.account)

    def offer(self, first: int = 1, last: int = 2, borrower: str = AWAY) -> requests.Response:
        days = {"first_day": str(TODAY + timedelta(days=first)), "last_day": str(TODAY + timedelta(days=last))}
        return self.stack.call("POST", f"/volunteers/{HOME}/loans", self.token, {"borrower": borrower, **days})

    def say(self, loan: str, what: str) -> requests.Response:
        return self.stack.call("POST", f"/volunteers/{HOME}/loans/{loan}/{what}", self.token)

    def rights(self) -> set[str]:
        """As accounts keeps them; asking by signing in again and again would write to the account each time."""
        kept = self.stack.database("accounts")["accounts"].find_one({"_id": self.account})
        return {f"{one['role']}@{one['scope']}" for one in kept["rights"]}

    def loans(self) -> list[dict[str, Any]]:
        return list(ok(self.stack.call("GET", f"/volunteers/{HOME}/loans/mine", self.token)).json()["items"])


def ok(answer: requests.Response) -> requests.Response:
    assert answer.ok, answer.text
    return answer


def staff(stack: Stack, community: str) -> str:
    return stack.token(f"staff@community:{community}")


def decide(stack: Stack, community: str, loan: str, what: str, reason: str | None = None) -> requests.Response:
    body = {"reason": reason} if reason else None
    return stack.call("POST", f"/volunteers/{community}/loans/{loan}/{what}", staff(stack, community), body)


def agreed(stack: Stack, person: Person, first: int = 1, last: int = 2) -> str:
    loan = str(ok(person.offer(first, last)).json()["id"])
    for community in (AWAY, HOME):
        ok(decide(stack, community, loan, "agreement"))
    return loan


def running(stack: Stack, shifts: dict[str, Speaker], person: Person, first: int = 1, last: int = 2) -> str:
    loan = agreed(stack, person, first, last)
    release(shifts, person, loan)
    eventually(lambda: state(stack, loan) == "running")
    return loan


def release(shifts: dict[str, Speaker], person: Person, loan: str) -> None:
    """Home's shifts have taken the days off the volunteer's roster."""
    span = {"starts": now(), "ends": now() + timedelta(days=1)}
    shifts[HOME].say("shifts.roster.dates-released", person.volunteer, {"loan": loan, **span})


def state(stack: Stack, loan: str) -> str:
    return str(stack.database("volunteers")["loans"].find_one({"_id": loan})["state"])


def published(stack: Stack, loan: str) -> list[str]:
    """`yueran loan.agreed`: to whom each was said, in the order in which it was said."""
    journal = stack.database("volunteers")["journal"].find({"subject": loan}).sort([("time", 1), ("order", 1)])
    return [f"{one['community']} {'.'.join(one['type'].split('.')[1:3])}" for one in journal]


def test_the_borrower_hears_of_a_stay_only_after_home_has_released_the_days(
    stack: Stack, shifts: dict[str, Speaker]
) -> None:
    person = Person(stack)
    loan = agreed(stack, person)
    assert published(stack, loan) == ["yueran loan.agreed"]
    assert f"volunteer@community:{AWAY}" not in person.rights()
    release(shifts, person, loan)
    eventually(lambda: state(stack, loan) == "running")
    assert published(stack, loan) == ["yueran loan.agreed", "biguiyuan stay.begun", "biguiyuan stay.introduced"]
    begun = stack.database("volunteers")["journal"].find_one({"subject": loan, "type": "volunteers.stay.begun.v1"})
    assert begun["data"]["skills"] == [{"skill": "medical", "until": None}]
    eventually(lambda: f"volunteer@community:{AWAY}" in person.rights())
    there = stack.call("GET", f"/volunteers/{AWAY}/loans/mine", person.token, **PAGE).text
    assert f"/communities/{HOME}/shifts/mine" in there, "from there a way leads home"


@pytest.mark.parametrize("who", ["volunteer", HOME, AWAY])
def test_each_of_the_three_may_end_it_early_and_the_right_ends_with_it(
    stack: Stack, shifts: dict[str, Speaker], who: str
) -> None:
    person = Person(stack, name_shown=False)
    loan = running(stack, shifts, person)
    eventually(lambda: f"volunteer@community:{AWAY}" in person.rights())
    ok(person.say(loan, "withdrawal") if who == "volunteer" else decide(stack, who, loan, "end", "情况有变"))
    assert sorted(published(stack, loan)[2:]) == ["biguiyuan stay.ended", "yueran loan.ended"]
    eventually(lambda: person.rights() == {f"volunteer@community:{HOME}"})
    assert decide(stack, HOME, loan, "end", "再来一次").json()["code"] == "loan-over"
    ok(person.offer(1, 2))


def test_what_ends_before_the_days_are_released_never_becomes_a_stay(stack: Stack, shifts: dict[str, Speaker]) -> None:
    person, other = Person(stack), Person(stack)
    loan = agreed(stack, person)
    ok(person.say(loan, "withdrawal"))
    release(shifts, person, loan)
    running(stack, shifts, other)
    assert published(stack, loan) == ["yueran loan.agreed", "yueran loan.ended"]


def test_a_loan_past_its_last_day_ends_by_itself(stack: Stack, shifts: dict[str, Speaker]) -> None:
    person, hopeful = Person(stack, name_shown=False), Person(stack)
    loan, offer = running(stack, shifts, person), str(ok(hopeful.offer()).json()["id"])
    past = {"$set": {"ends": now() - timedelta(minutes=1)}}
    stack.database("volunteers")["loans"].update_many({"_id": {"$in": [loan, offer]}}, past)
    eventually(lambda: (state(stack, loan), state(stack, offer)) == ("ended", "lapsed"), seconds=60)
    assert sorted(published(stack, loan)[2:]) == ["biguiyuan stay.ended", "yueran loan.ended"]
    assert published(stack, offer) == []


def test_a_suspension_at_home_ends_the_stay_and_an_approval_there_makes_it_needless(
    stack: Stack, shifts: dict[str, Speaker]
) -> None:
    suspended, taken_in = Person(stack), Person(stack)
    first, second = running(stack, shifts, suspended), running(stack, shifts, taken_in)
    ok(
        stack.call(
            "POST", f"/volunteers/{HOME}/{suspended.volunteer}/suspension", staff(stack, HOME), {"reason": "静养"}
        )
    )
    body = {"display_name": "叶知秋", "home": "1号楼", "phone": "19000000001"}
    there = ok(stack.call("POST", f"/volunteers/{AWAY}/applications", taken_in.token, body)).json()["id"]
    ok(stack.call("POST", f"/volunteers/{AWAY}/{there}/approval", staff(stack, AWAY)))
    assert (state(stack, first), state(stack, second)) == ("ended", "ended")
    eventually(lambda: suspended.rights() == set())
    assert taken_in.rights() == {f"volunteer@community:{one}" for one in (HOME, AWAY)}
    assert taken_in.offer(5, 5).json()["code"] == "volunteer-there-already"


def test_one_persons_offers_never_overlap_however_many_are_sent_at_once(stack: Stack) -> None:
    person = Person(stack)
    answers: list[requests.Response] = []
    sending = [threading.Thread(target=lambda: answers.append(person.offer(3, 5))) for _ in range(5)]
    for one in sending:
        one.start()
    for one in sending:
        one.join()
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 4
    assert {answer.json().get("code") for answer in answers} == {None, "loans-overlap"}
    assert person.offer(5, 6).json()["code"] == "loans-overlap"
    ok(person.offer(6, 7))


def test_a_loan_is_nobodys_business_but_its_three_parties(stack: Stack) -> None:
    person, stranger = Person(stack), Person(stack)
    loan = str(ok(person.offer()).json()["id"])
    assert stranger.say(loan, "withdrawal").status_code == 404
    assert stranger.say(loan, "consent").status_code == 404
    third = stack.token("staff@community:elsewhere")
    assert stack.call("POST", f"/volunteers/elsewhere/loans/{loan}/agreement", third).status_code == 404
    assert Person(stack, approved=False).offer().json()["code"] == "only-approved-are-lent"
    assert person.offer(8, 8, borrower="nowhere").status_code == 404
    assert person.offer(8, 8, borrower=HOME).json()["code"] == "own-community"


def test_the_borrower_sees_a_name_only_with_consent(stack: Stack) -> None:
    silent, open_one = Person(stack, name_shown=False, display_name="顾立冬"), Person(stack, display_name="宋书言")
    loans = {str(ok(one.offer()).json()["id"]) for one in (silent, open_one)}
    for community, seen in ((HOME, {"顾立冬", "宋书言"}), (AWAY, {None, "宋书言"})):
        listed = ok(stack.call("GET", f"/volunteers/{community}/loans", staff(stack, community))).json()["items"]
        assert {one["display_name"] for one in listed if one["id"] in loans} == seen


def test_a_name_taken_back_during_a_stay_is_blanked_at_the_borrower_too(
    stack: Stack, shifts: dict[str, Speaker]
) -> None:
    person = Person(stack, display_name="温守诚", name_shown=False)
    loan = running(stack, shifts, person)
    consent = f"/volunteers/{HOME}/me/name-consent"
    ok(stack.call("POST", consent, person.token, {"given": True}))
    assert published(stack, loan)[-1] == "biguiyuan stay.introduced"
    ok(stack.call("POST", consent, person.token, {"given": False}))
    assert published(stack, loan)[-1] == "biguiyuan stay.name-withdrawn"
    assert "温守诚" not in str(list(stack.database("volunteers")["journal"].find({"subject": loan})))


def test_a_refusal_needs_a_reason_which_the_volunteer_reads(stack: Stack) -> None:
    person = Person(stack)
    loan = str(ok(person.offer()).json()["id"])
    assert decide(stack, AWAY, loan, "end").status_code == 422
    ok(decide(stack, AWAY, loan, "end", "这几天人够了"))
    assert [(one["state"], one["reason"]) for one in person.loans()] == [("declined", "这几天人够了")]
    assert "这几天人够了" in stack.call("GET", f"/volunteers/{HOME}/loans/mine", person.token, **PAGE).text
    ok(person.offer())


def ask(
    shifts: dict[str, Speaker], shift: str, missing: int = 2, step: str = "neighbours", skill: str | None = None
) -> datetime:
    """The other community's ladder has come to its neighbours; returns when the shift begins."""
    starts = datetime.combine(TODAY + timedelta(days=2), datetime.min.time(), SHANGHAI) + timedelta(hours=20)
    facts = {
        "step": step, "until": now() + timedelta(hours=1), "post": "west-gate", "post_name": "西门",
        "post_name_en": "West gate", "kind": "gate", "skill": skill, "starts": starts,
        "ends": starts + timedelta(hours=4), "missing": missing,
    }  # fmt: skip
    started = [("shifts.cover.started", shift, {"missing": missing})] if step == "neighbours" else []
    shifts[AWAY].say_all([*started, ("shifts.cover.escalated", shift, facts)])
    return starts


def requests_seen(stack: Stack, community: str = HOME) -> dict[str, dict[str, Any]]:
    listed = ok(stack.call("GET", f"/volunteers/{community}/loans/requests", staff(stack, community))).json()["items"]
    return {one["shift"]: one for one in listed}


def send(stack: Stack, shift: str, *people: Person) -> requests.Response:
    path = f"/volunteers/{HOME}/loans/requests/{AWAY}/{shift}/people"
    return stack.call("POST", path, staff(stack, HOME), {"volunteers": [one.volunteer for one in people]})


def answers_told(stack: Stack, shift: str) -> list[tuple[str, str, int]]:
    journal = stack.database("volunteers")["journal"].find({"subject": f"{AWAY}.{shift}"}).sort("sequence")
    assert all(one["community"] == AWAY for one in journal.clone())
    return [(one["data"]["who"], one["data"]["answer"], one["data"]["people"]) for one in journal]


def test_who_offered_themselves_is_settled_at_once_and_who_did_not_is_asked_first(
    stack: Stack, shifts: dict[str, Speaker]
) -> None:
    willing, asked = Person(stack), Person(stack)
    own_offer = str(ok(willing.offer(1, 3)).json()["id"])
    ask(shifts, "west-1")
    eventually(lambda: "west-1" in requests_seen(stack))
    assert "west-1" not in requests_seen(stack, AWAY)
    page = stack.call(
        "GET", f"/volunteers/{HOME}/loans/requests/{AWAY}/west-1", staff(stack, HOME), **PAGE
    ).text  # fmt: skip
    assert willing.volunteer in page
    assert asked.volunteer in page
    ok(send(stack, "west-1", willing, asked))
    ok(send(stack, "west-1", willing, asked))
    assert answers_told(stack, "west-1")[0] == ("yueran", "yes", 2)
    assert state(stack, own_offer) == "agreed"
    (loan,) = asked.loans()
    assert loan["missing"] == ["volunteer"]
    assert "我能去" in stack.call("GET", f"/volunteers/{HOME}/loans/mine", asked.token, **PAGE).text
    ok(asked.say(loan["id"], "consent"))
    release(shifts, asked, loan["id"])
    eventually(lambda: state(stack, loan["id"]) == "running")
    assert send(stack, "west-1", Person(stack)).json()["code"] == "more-than-asked-for"


def test_a_no_of_the_person_asked_is_told_to_the_asker(stack: Stack, shifts: dict[str, Speaker]) -> None:
    asked = Person(stack)
    ask(shifts, "west-2", missing=1)
    eventually(lambda: "west-2" in requests_seen(stack))
    ok(send(stack, "west-2", asked))
    ok(asked.say(asked.loans()[0]["id"], "withdrawal"))
    assert answers_told(stack, "west-2") == [("yueran", "yes", 1), ("yueran", "no", 0)]
    assert requests_seen(stack)["west-2"]["promised"] == 0


def test_the_district_is_asked_last_and_a_search_that_ends_asks_nobody_any_more(
    stack: Stack, shifts: dict[str, Speaker]
) -> None:
    officer, asked = stack.token("officer@district"), Person(stack)
    ask(shifts, "west-3")
    eventually(lambda: "west-3" in requests_seen(stack))
    ok(stack.call("POST", f"/volunteers/{HOME}/loans/requests/{AWAY}/west-3/regret", staff(stack, HOME)))
    team = f"/volunteers/district/requests/{AWAY}/west-3/team"
    assert stack.call("POST", team, officer, {"people": 2}).json()["code"] == "district-not-asked-yet"
    ask(shifts, "west-3", step="district")
    eventually(lambda: requests_seen(stack)["west-3"]["step"] == "district")
    page = stack.call("GET", "/volunteers/district/requests", officer, **PAGE).text
    assert "西门" in page
    ok(send(stack, "west-3", asked))
    ok(stack.call("POST", team, officer, {"people": 2}))
    assert answers_told(stack, "west-3") == [("yueran", "no", 0), ("yueran", "yes", 1), ("district", "yes", 2)]
    shifts[AWAY].say("shifts.cover.ended", "west-3", {"filled": True})
    eventually(lambda: "west-3" not in requests_seen(stack))
    assert asked.loans()[0]["state"] == "lapsed"
    assert stack.call("POST", team, officer, {"people": 1}).json()["code"] == "request-over"


def test_whom_the_district_office_points_to_answers_as_to_a_neighbour(stack: Stack, shifts: dict[str, Speaker]) -> None:
    """Also before the neighbour's own search has come so far, and where it was over."""
    district, starts = Speaker(stack, "district"), now() + timedelta(days=2)
    wanted = {
        "giver": HOME, "receiver": AWAY, "shift": "west-9", "post_name": "西门", "post_name_en": "West gate",
        "kind": "gate", "skill": None, "starts": starts, "ends": starts + timedelta(hours=4), "missing": 1,
    }  # fmt: skip
    district.say("district.help.people-asked", new_id(), wanted, community=HOME)
    assert eventually(lambda: requests_seen(stack).get("west-9"))["pointed_to"] == [HOME]
    page = stack.call("GET", f"/volunteers/{HOME}/loans/requests", staff(stack, HOME), **PAGE).text
    assert "指挥部请你们帮忙" in page
    ok(send(stack, "west-9", Person(stack)))
    assert answers_told(stack, "west-9") == [(HOME, "yes", 1)]
    ask(shifts, "west-9")
    shifts[AWAY].say("shifts.cover.ended", "west-9", {"filled": False})
    eventually(lambda: "west-9" not in requests_seen(stack))
    district.say("district.help.people-asked", new_id(), wanted, community=HOME)
    assert eventually(lambda: requests_seen(stack).get("west-9"))["promised"] == 0
    district.stop()


def test_a_request_that_needs_a_skill_shows_only_who_has_it(stack: Stack, shifts: dict[str, Speaker]) -> None:
    medic, driver = Person(stack), Person(stack, skills=["driving"])
    ask(shifts, "west-4", skill="driving")
    eventually(lambda: "west-4" in requests_seen(stack))
    page = stack.call("GET", f"/volunteers/{HOME}/loans/requests/{AWAY}/west-4", staff(stack, HOME), **PAGE).text
    assert driver.volunteer in page
    assert medic.volunteer not in page


def test_the_pages_speak_english_too(stack: Stack, shifts: dict[str, Speaker]) -> None:
    person = Person(stack)
    ok(person.offer())
    token, en = staff(stack, AWAY), "?lang=en"
    assert "Your answer" in stack.call("GET", f"/volunteers/{AWAY}/loans{en}", token, **PAGE).text
    assert "No neighbour asks" in stack.call("GET", f"/volunteers/{AWAY}/loans/requests{en}", token, **PAGE).text
    assert "Take back" in stack.call("GET", f"/volunteers/{HOME}/loans/mine{en}", person.token, **PAGE).text
