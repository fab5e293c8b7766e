"""A volunteer's profile on real parts: the phone that nobody reads in passing, consents given and taken back, doubles."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import bson
import pytest
import requests

from shared.kernel.ids import new_id
from shared.persistence.store import POSITION
from tests.stack import ROOT, Stack, eventually

STAFF, OFFICER, OPERATOR = "staff@community:yueran", "officer@district", "operator@district"
HERE = "/volunteers/yueran"
PAGE = {"Accept": "text/html"}
NAME = "叶知秋"


class Person:
    """Somebody with an account, who applies here."""

    def __init__(
        self, stack: Stack, phone: str, community: str = "yueran", *, name_shown: bool = False, **more: Any
    ) -> None:
        self.stack, self.account, self.here = stack, new_id(), f"/volunteers/{community}"
        self.token = stack.token(account=self.account)
        self.told = {"display_name": NAME, "home": "6号楼", "phone": phone, **more}
        self.id = self.post("applications", {**self.told, "name_shown": name_shown}).json()["id"]

    def post(self, door: str, body: Any = None, token: str | None = None) -> requests.Response:
        return self.stack.call("POST", f"{self.here}/{door}", token or self.token, body)

    def by_staff(self, door: str, body: Any = None) -> requests.Response:
        return self.post(f"{self.id}/{door}", body, self.stack.token(STAFF))

    def own(self) -> Any:
        return self.stack.call("GET", f"{self.here}/me", self.token).json()


@pytest.fixture(scope="module", autouse=True)
def district(stack: Stack) -> Stack:
    return stack.start("volunteers", "shifts.yueran", "district", LOG_LEVEL="DEBUG")


@pytest.fixture
def staff(stack: Stack) -> str:
    return stack.token(STAFF)


def everything_kept(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Every document of every database of this district, as bytes."""
    with stack.client as client:
        for name in client.list_database_names():
            if name.startswith(stack.name):
                for collection in client[name].list_collection_names():
                    for document in client[name][collection].find():
                        yield f"{name}.{collection}", bson.encode(document)


def found_in(stack: Stack, word: str) -> set[str]:
    """Where a word stands: collections, logs, and the answers of the doors that list or show people."""
    held = {
        place.removeprefix(f"{stack.name}_") for place, content in everything_kept(stack) if word.encode() in content
    }
    logs = {path.name for path in stack.home.glob("*.log") if word in path.read_text()}
    return held | logs


def test_the_phone_stands_in_no_database_event_log_list_or_page_in_passing(stack: Stack, staff: str) -> None:
    person = Person(stack, "19000001234", name_shown=True)
    person.by_staff("approval")
    eventually(lambda: stack.database("shifts", "yueran")["names"].find_one({"_id": person.id}))
    person.post("me", {**person.told, "phone": "bad"})
    assert person.by_staff("phone").json() == {"phone": "+8619000001234"}
    for digits in ("19000001234", "190 0000 1234"):
        assert found_in(stack, digits) == set()
        for path in (f"{HERE}/", f"{HERE}/{person.id}", f"{HERE}/board", f"{HERE}/applications/new"):
            for form in ({}, PAGE):
                assert digits not in stack.call("GET", path, staff, **form).text
    assert stack.database("volunteers")["profiles"].find_one({"_id": person.id})["phone"]


def test_the_person_sees_their_own_phone_and_when_staff_looked(stack: Stack) -> None:
    person = Person(stack, "+86 190-0000-0002")
    assert (person.own()["phone"], person.own()["looks"]) == ("+8619000000002", [])
    person.by_staff("phone")
    person.by_staff("phone")
    assert len(person.own()["looks"]) == 2
    assert "190 0000 0002" in stack.call("GET", f"{HERE}/me", person.token, **PAGE).text
    looks = list(stack.database("volunteers")["looks"].find({"volunteer": person.id}))
    assert all(one["by"] for one in looks)


def test_only_the_communitys_staff_look_at_a_phone(stack: Stack) -> None:
    person = Person(stack, "19000000003")
    for grant in (OFFICER, OPERATOR, "staff@community:biguiyuan", "volunteer@community:yueran"):
        assert person.post(f"{person.id}/phone", None, stack.token(grant)).status_code == 403
    elsewhere = stack.token("staff@community:biguiyuan")
    assert stack.call("POST", f"/volunteers/biguiyuan/{person.id}/phone", elsewhere).status_code == 404
    assert person.own()["looks"] == []


def test_what_is_no_phone_is_refused_with_what_to_do(stack: Stack) -> None:
    refused = Person(stack, "19000000004").post("me", {"display_name": NAME, "home": "1号楼", "phone": "12345"})
    assert refused.status_code == 422
    assert "11 位手机号" in refused.json()["errors"]["phone"]


def test_two_applications_with_one_phone_find_each_other_in_their_community_only(stack: Stack, staff: str) -> None:
    first, second = Person(stack, "19000000005"), Person(stack, "１９０００００ 0005", display_name="知秋")
    Person(stack, "19000000005", "biguiyuan")
    assert stack.call("GET", f"{HERE}/{second.id}", staff).json()["doubles"] == [first.id]
    assert stack.call("GET", f"{HERE}/{first.id}", staff).json()["doubles"] == [second.id]
    page = stack.call("GET", f"{HERE}/?standing=applied", staff, **PAGE).text
    assert "电话相同" in page
    assert f'href="{HERE}/{first.id}">{NAME}' in page
    assert "您已用另一个账号报名。" in page


def test_a_profile_is_changed_by_its_owner_and_who_knows_the_name_hears_the_new_one(stack: Stack) -> None:
    person = Person(stack, "19000000006", name_shown=True)
    person.by_staff("approval")
    told = {**person.told, "display_name": "叶老师", "occupation": "教师", "party_member": True, "phone": "19000000007"}
    assert person.post("me", told).status_code == 200
    own = person.own()
    assert (own["occupation"], own["party_member"], own["phone"]) == ("教师", True, "+8619000000007")
    names = stack.database("shifts", "yueran")["names"]
    eventually(lambda: names.find_one({"_id": person.id, "name": "叶老师"}))


def test_a_withdrawn_name_is_gone_everywhere_and_no_replay_or_rebuild_brings_it_back(stack: Stack) -> None:
    name = "苏见微"
    person = Person(stack, "19000000008", display_name=name, name_shown=True)
    person.by_staff("approval")
    people = stack.database("district")
    assert eventually(lambda: found_in(stack, name) >= {"district.received", "shifts_yueran.names"})
    shown = people["revisions"].find_one({"_id": POSITION})["generation"]
    eventually(lambda: people[f"people.{shown}"].find_one({"_id": person.id, "name": name}))

    officer = stack.token(OFFICER)
    behind = people["revisions"].find_one({"_id": POSITION})["last"]
    eventually(lambda: stack.call("GET", f"/district/?as-known-at={behind}", officer).status_code == 200)

    assert person.post("me/name-consent", {"given": False}).json()["name_shown"] is False
    own = {"volunteers.volunteers", "volunteers.answers"}  # what the person told their own community stays there
    eventually(lambda: found_in(stack, name) <= own, seconds=60)
    assert published(stack, person.id)[-1] == "name-withdrawn"

    replay(stack, "district")
    replay(stack, "shifts.yueran")
    rebuild(stack)
    assert found_in(stack, name) <= own
    told = {one["type"]: one["data"] for one in stack.database("volunteers")["journal"].find({"subject": person.id})}
    assert told["volunteers.volunteer.introduced.v1"] == {"display_name": "＊＊"}

    person.post("me/name-consent", {"given": True})
    eventually(lambda: stack.database("shifts", "yueran")["names"].find_one({"_id": person.id, "name": name}))


def test_a_name_withdrawn_before_approval_was_never_told_to_anybody(stack: Stack) -> None:
    person = Person(stack, "19000000009", name_shown=True)
    person.post("me/name-consent", {"given": False})
    person.by_staff("approval")
    assert "introduced" not in published(stack, person.id)


def test_with_a_communitys_data_key_its_phones_are_lost_and_the_page_says_so_and_all_else_works(stack: Stack) -> None:
    staff = stack.token("staff@community:biguiyuan")
    person = Person(stack, "19000000010", "biguiyuan")
    operate(stack, "destroy-data-key", "biguiyuan")
    there = f"/volunteers/biguiyuan/{person.id}"
    eventually(lambda: stack.call("POST", f"{there}/phone", staff).json().get("code") == "seal-lost")
    assert "号码无法恢复" in stack.call("POST", f"{there}/phone", staff, **PAGE).text
    assert person.own()["phone"] is None
    assert "密钥已丢失" in stack.call("GET", "/volunteers/biguiyuan/me", person.token, **PAGE).text
    assert stack.call("GET", "/volunteers/biguiyuan/", staff).status_code == 200
    assert stack.call("POST", f"{there}/approval", staff).json()["standing"] == "approved"
    assert person.post("me", person.told).status_code == 200
    assert person.own()["phone"] == "+8619000000010"


def test_the_master_key_is_rotated_under_a_running_service(stack: Stack) -> None:
    person = Person(stack, "19000000011")
    assert "data keys are wrapped anew" in operate(stack, "rotate-field-key")
    assert person.own()["phone"] == "+8619000000011"
    assert Person(stack, "19000000011").own()["phone"] == "+8619000000011"


def published(stack: Stack, volunteer: str) -> list[str]:
    journal = stack.database("volunteers")["journal"].find({"subject": volunteer}).sort("sequence")
    return [one["type"].split(".")[2] for one in journal]


def operate(stack: Stack, *words: str, database: str = "volunteers") -> str:
    environment = {
        "MONGODB_URI": stack.parts.mongodb_uri,
        "AMQP_URI": stack.admin_amqp_uri,
        "FIELD_KEY": str(stack.field_key("volunteers")),
    }
    command = [sys.executable, "-m", "shared.ops.cli", "--database", f"{stack.name}_{database}", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def replay(stack: Stack, queue: str) -> None:
    operate(stack, "replay", "--to", queue)


def rebuild(stack: Stack) -> None:
    """Made anew from the log, and found to be the same."""
    begun = stack.call("POST", "/district/rebuilds", stack.token(OPERATOR))
    assert begun.status_code == 202
    generations = stack.database("district")["generations"]

    def ended() -> dict[str, Any] | None:
        return generations.find_one({"purpose": "show", "state": "shown"}, sort=[("_id", -1)])  # type: ignore[no-any-return]

    done = eventually(ended, seconds=60)
    assert done is not None
    assert done["differing"] == 0
