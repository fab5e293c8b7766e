"""Words at the doors: of any size, depth and script, in JSON and in forms alike; and what is kept comes back as it was."""

import json
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lengths import examples
from tests.stack import Stack, eventually

APPLY = "/volunteers/yueran/applications"
LIST = "/volunteers/yueran/"
APPLICATION = {"display_name": "林晓雨", "home": "3号楼", "phone": "19000000001"}
STAFF = "staff@community:yueran"
FORM = "application/x-www-form-urlencoded"
HOSTILE = [
    "\u202e\u2066逆",
    "e\u0301\u0327" * 10,
    "👩‍👩‍👧‍👦",
    "\ufeff\u200b",
    "\x7f\x1b[2J",
    "<script>x</script>",
    "{{ 7*7 }}",
    "$where",
    "' OR 1=1",
]


@pytest.fixture(scope="module")
def district(stack: Stack) -> Stack:
    return stack.start("volunteers", "accounts")


def send(district: Stack, body: bytes, content_type: str = "application/json", path: str = APPLY) -> requests.Response:
    headers = {"Authorization": f"Bearer {district.token(STAFF)}", "Content-Type": content_type}
    return requests.post(district.url(path), data=body, headers=headers, timeout=30, allow_redirects=False)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"display_name": "\\ud800", "home": "x"}', 400),  # half a surrogate pair
        (b'{"display_name": "\xed\xa0\x80", "home": "x"}', 400),
        (b'{"display_name": "\xff", "home": "x"}', 400),
        (b'{"display_name": "a\\u0000b", "home": "x"}', 422),
        (b'{"display_name": {"$gt": ""}, "home": "x"}', 422),
        (b'{"display_name": "x", "home": "x", "$set": 1}', 422),
        (b'{"display_name": "x", "home": "x", "a.b": 1, "": 2}', 422),
        (b'{"display_name": "x", "home": 1e400}', 400),
        (b'{"display_name": "x", "home": NaN}', 400),
        (b'{"display_name": "x", "home": ' + b"9" * 6_000 + b"}", 400),
        (b'{"display_name": "x", "home": "x", "skills": ' + b"[" * 500 + b"]" * 500 + b"}", 422),
        (b'{"display_name": "x", "home": "x", "skills": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b'{"display_name": "x", "home": "x", "skills": [' + b'"medical",' * 100 + b'"medical"]}', 422),
        (b"[" + APPLY.encode() + b"]", 400),
        (b"\xef\xbb\xbf{}", 400),
        (b'{"display_name": "x", "home": "' + b"x" * 1_000_000 + b'"}', 422),
    ],
)
def test_words_that_cannot_be_kept_are_refused(district: Stack, body: bytes, status: int) -> None:
    answer = send(district, body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


def test_the_last_of_two_fields_of_one_name_counts(district: Stack) -> None:
    answer = send(district, b'{"home": "x", "phone": "19000000001", "display_name": "first", "display_name": "last"}')
    assert answer.json()["display_name"] == "last"


@pytest.mark.parametrize("words", HOSTILE)
def test_any_other_words_come_back_as_they_were_and_do_nothing_on_a_page(district: Stack, words: str) -> None:
    told = send(
        district, json.dumps({"display_name": words[:40], "home": "x", "phone": "19000000001"}).encode()
    ).json()["display_name"]
    formed = requests.post(
        district.url(APPLY), data={"display_name": words[:40], "home": "x", "phone": "19000000001"}, timeout=30,
        headers={"Authorization": f"Bearer {district.token(STAFF)}"},
    )  # fmt: skip
    page = district.call("GET", LIST, district.token(STAFF), Accept="text/html")
    assert told == formed.json()["display_name"] == words[:40]
    assert page.status_code == 200
    assert "<script>x" not in page.text


@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda said: f"display_name={said}&home=x&home=y".encode()))
def test_no_form_is_a_fault_of_ours(district: Stack, body: bytes) -> None:
    for content_type in (FORM, "multipart/form-data; boundary=x", "multipart/form-data", f"{FORM}; charset=utf-7"):
        assert send(district, body, content_type).status_code < 500


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(["display_name", "home", "skills", "name_shown", "$x", ""]), VALUES))
def test_no_json_is_a_fault_of_ours(district: Stack, body: dict[str, Any]) -> None:
    assert send(district, json.dumps(body).encode()).status_code < 500


@settings(max_examples=examples(100), suppress_health_check=list(HealthCheck))
@given(st.text(max_size=30), st.text(max_size=30))
def test_no_query_is_a_fault_of_ours(district: Stack, user: str, after: str) -> None:
    token = district.token("operator@district")
    headers = {"Authorization": f"Bearer {token}"}
    query = {"user": user.encode("utf-8", "surrogatepass"), "after": after.encode("utf-8", "surrogatepass")}
    assert requests.get(district.url("/accounts/people"), query, headers=headers, timeout=30).status_code < 500


@pytest.mark.parametrize("community", ["a.b", "yueran.shifts", "悦然", "#", "*", "YUERAN", "district", "x" * 41, " "])
def test_a_place_that_cannot_be_a_community_is_not_found_and_stops_no_event(district: Stack, community: str) -> None:
    """A routing key made of it would be refused by the broker, and all that is behind it would wait for ever."""
    answer = district.call(
        "POST", f"/volunteers/{requests.utils.quote(community)}/applications", district.token(), APPLICATION
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert district.call("POST", APPLY, district.token(), APPLICATION).status_code == 201
    journal = district.database("volunteers")["journal"]
    eventually(lambda: journal.count_documents({"unpublished": True}) == 0)
