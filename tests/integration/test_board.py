"""The participation board on real parts: who agreed and nobody else, with a photo that goes when they say so."""

import io
from datetime import timedelta
from typing import Any

import pytest
import requests
from PIL import Image

from services.volunteers.store import VolunteersStore
from shared.jobs.photo_sweep import PHOTO_SWEEP
from shared.kernel.ids import new_id, now
from tests.photos import opened, photo, png_that_says_it_is, taken_by_a_phone
from tests.rounds import tend
from tests.stack import Stack, eventually

HERE = "/volunteers/yueran"
STAFF = "staff@community:yueran"
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module", autouse=True)
def volunteers(stack: Stack) -> Stack:
    return stack.start("volunteers")


class Person:
    """An approved volunteer."""

    def __init__(self, stack: Stack, name: str = "温小满", *, name_shown: bool = False) -> None:
        self.stack = stack
        self.token = stack.token(account=new_id())
        body = {"display_name": name, "home": "6号楼", "phone": "19000000001", "name_shown": name_shown}
        self.id = stack.call("POST", f"{HERE}/applications", self.token, body).json()["id"]
        stack.call("POST", f"{HERE}/{self.id}/approval", stack.token(STAFF))

    def agree(self, *, given: bool = True) -> requests.Response:
        return self.stack.call("POST", f"{HERE}/me/board-consent", self.token, {"given": given})

    def send(
        self, content: bytes, door: str = "me/photo", token: str | None = None, **headers: str
    ) -> requests.Response:
        return requests.post(
            self.stack.url(f"{HERE}/{door}"),
            files={"photo": ("me.jpg", content, "image/jpeg")},
            headers={"Authorization": f"Bearer {token or self.token}", **headers},
            timeout=30,
        )

    def card(self) -> dict[str, Any] | None:
        """What everybody sees of them, told apart by the photo or the name."""
        items = self.stack.call("GET", f"{HERE}/board").json()["items"]
        own = self.stack.database("volunteers")["profiles"].find_one({"_id": self.id})["photo"]
        return next((one for one in items if own and one["photo"] and one["photo"].endswith(own)), None)


def files(stack: Stack) -> set[str]:
    return {one["_id"] for one in stack.database("volunteers")["pictures.files"].find()}


def test_nobody_stands_on_the_board_who_did_not_agree(stack: Stack) -> None:
    person = Person(stack, "方知远", name_shown=True)
    assert "方知远" not in stack.call("GET", f"{HERE}/board", **PAGE).text
    person.agree()
    assert "方知远" in stack.call("GET", f"{HERE}/board", **PAGE).text
    assert "方知远" in stack.call("GET", f"{HERE}/board?lang=en", **PAGE).text
    person.agree(given=False)
    assert "方知远" not in stack.call("GET", f"{HERE}/board", **PAGE).text


def test_who_did_not_agree_to_the_name_stands_there_by_family_name(stack: Stack) -> None:
    Person(stack, "龚听澜").agree()
    shown = stack.call("GET", f"{HERE}/board", **PAGE).text
    assert "龚＊＊" in shown
    assert "听澜" not in shown


def test_a_photo_is_made_anew_shown_and_gone_with_the_consent(stack: Stack) -> None:
    person = Person(stack)
    assert person.send(taken_by_a_phone()).json() == {"board_shown": False, "has_photo": True}
    assert person.card() is None
    person.agree()
    url = person.card()["photo"]  # type: ignore[index]
    shown = stack.call("GET", url)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg")
    assert shown.headers["Cache-Control"] == "private, no-cache"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert not opened(shown.content).getexif()
    again = stack.call("GET", url, If_None_Match=shown.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")

    kept = files(stack)
    person.agree(given=False)
    for headers in ({}, {"If_None_Match": shown.headers["ETag"]}):
        assert stack.call("GET", url, **headers).status_code == 404
    assert len(files(stack)) == len(kept) - 1
    assert stack.call("GET", f"{HERE}/me/photo", person.token).status_code == 404


def test_the_person_and_staff_remove_a_photo_at_once_and_a_new_one_has_another_address(stack: Stack) -> None:
    person, staff = Person(stack), stack.token(STAFF)
    person.agree()
    person.send(photo())
    first = person.card()["photo"]  # type: ignore[index]
    person.send(photo((80, 80)), f"{person.id}/photo", staff)
    second = person.card()["photo"]  # type: ignore[index]
    assert first != second
    assert stack.call("GET", first).status_code == 404
    assert opened(stack.call("GET", second).content).size == (80, 80)
    stack.call("POST", f"{HERE}/{person.id}/photo/removal", staff)
    assert stack.call("GET", second).status_code == 404
    person.send(photo())
    third = person.card()["photo"]  # type: ignore[index]
    stack.call("POST", f"{HERE}/me/photo/removal", person.token)
    assert stack.call("GET", third).status_code == 404


def test_who_is_suspended_leaves_the_board_and_comes_back_with_the_photo(stack: Stack) -> None:
    person, staff = Person(stack), stack.token(STAFF)
    person.agree()
    person.send(photo())
    url = person.card()["photo"]  # type: ignore[index]
    stack.call("POST", f"{HERE}/{person.id}/suspension", staff, {"reason": "静养"})
    assert stack.call("GET", url).status_code == 404
    assert person.card() is None
    stack.call("POST", f"{HERE}/{person.id}/reinstatement", staff)
    assert stack.call("GET", url).status_code == 200


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"not a photo, whatever its name", 415, "not-a-picture"),
        (png_that_says_it_is(60_000, 60_000), 413, "too-many-pixels"),
        (bytes(15 * 1024 * 1024), 413, "too-large"),
    ],
    ids=["a text", "a bomb", "too large"],
)
def test_what_is_no_good_photo_is_refused_by_name(stack: Stack, content: bytes, status: int, code: str) -> None:
    refused = Person(stack).send(content)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_a_photo_of_a_phone_is_larger_than_other_bodies_may_be(stack: Stack) -> None:
    noise = Image.effect_noise((3000, 2000), 90)
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    assert len(out.getvalue()) > 2 * 1024 * 1024
    assert Person(stack).send(out.getvalue()).status_code == 200


def test_words_instead_of_a_file_are_refused_with_what_to_do(stack: Stack) -> None:
    person = Person(stack)
    refused = stack.call("POST", f"{HERE}/me/photo", person.token, {"photo": "no file"})
    assert (refused.status_code, refused.json()["errors"]) == (422, {"photo": "请选择文件。"})


def test_the_same_upload_sent_twice_is_taken_once(stack: Stack) -> None:
    person = Person(stack)
    for _ in range(2):
        assert person.send(photo(), **{"Idempotency-Key": "k1"}).json()["has_photo"] is True


def test_a_file_that_nothing_refers_to_is_swept_after_a_while(stack: Stack) -> None:
    person = Person(stack)
    person.send(photo())
    database = stack.database("volunteers")
    store = VolunteersStore(database)
    database["pictures.files"].insert_one({"_id": "lost", "uploadDate": now() - timedelta(hours=2), "length": 0})
    database["pictures.files"].update_many({}, {"$set": {"uploadDate": now() - timedelta(hours=2)}})
    tend(PHOTO_SWEEP, store)
    in_use = store.photos_in_use(files(stack))
    assert files(stack) == in_use != set()


def test_a_persons_photo_is_theirs_and_their_staffs_to_see(stack: Stack) -> None:
    person = Person(stack)
    person.send(photo())
    assert stack.call("GET", f"{HERE}/me/photo", person.token).status_code == 200
    assert stack.call("GET", f"{HERE}/{person.id}/photo", stack.token(STAFF)).status_code == 200
    for grant in ("officer@district", "staff@community:biguiyuan", "volunteer@community:yueran"):
        assert stack.call("GET", f"{HERE}/{person.id}/photo", stack.token(grant)).status_code == 403


def test_hours_come_from_verified_duty(stack: Stack) -> None:
    person = Person(stack)
    person.agree()
    person.send(photo())
    stack.database("volunteers")["totals"].insert_one({"_id": person.id, "minutes": 125 * 60 + 59})
    card = eventually(person.card)
    assert card is not None
    assert (card["hours"], card["stars"]) == (125, 1)
    assert "值守 125 小时" in stack.call("GET", f"{HERE}/board", **PAGE).text


def test_the_board_of_a_community_nobody_has_heard_of_is_not_there(stack: Stack) -> None:
    assert stack.call("GET", "/volunteers/nowhere/board").status_code == 404
