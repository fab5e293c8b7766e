"""The demo day through the ingress, as `make run` loads it, seen by those who sign in."""

from datetime import timedelta
from typing import Any

import pytest

from deploy.instances import COMMUNITIES as SLUGS
from deploy.instances import instances
from shared.i18n.timezone import SHANGHAI
from shared.kernel.ids import now
from tests.e2e.demo import ROLES, Demo
from tests.lengths import long
from tests.stack import Stack, eventually

STAFF = [("yueran", "STAFF"), ("biguiyuan", "STAFF_B")]


@long("loads the demo twice")
def test_a_second_run_makes_nothing_twice(demo: Demo) -> None:
    first, second = demo.made
    assert first == second
    assert first["accounts.community.registered.v1"] == len(SLUGS)


def test_every_role_has_a_sign_in_that_only_its_owner_may_read(demo: Demo) -> None:
    assert demo.sign_ins.keys() == {f"DEMO_{name}_{what}" for name in ROLES for what in ("USER", "PASSWORD")}
    assert demo.sign_ins_file.stat().st_mode & 0o777 == 0o600
    for name, role in ROLES.items():
        assert [right["role"] for right in demo.get(name, "/accounts/")["rights"]] == [role]


@pytest.mark.parametrize(("slug", "staff", "helping"), [("yueran", "STAFF", 35), ("biguiyuan", "STAFF_B", 60)])
def test_each_community_has_its_volunteers_and_some_to_decide_on(
    demo: Demo, slug: str, staff: str, helping: int
) -> None:
    counted = {
        standing: len(_pages(demo, staff, f"/volunteers/{slug}/?standing={standing}"))
        for standing in ("approved", "applied", "refused", "suspended")
    }
    assert counted == {"approved": helping, "applied": 3, "refused": 1, "suspended": 1}


@pytest.mark.parametrize(("slug", "staff"), STAFF)
def test_the_week_is_planned_and_nearly_all_of_it_taken(demo: Demo, slug: str, staff: str) -> None:
    week = [now().astimezone(SHANGHAI).date() + timedelta(days=day) for day in range(1, 6)]
    for day in week:
        shifts = demo.get(staff, f"/communities/{slug}/shifts/?day={day}")["items"]
        places, missing = (sum(shift[what] for shift in shifts) for what in ("head_count", "missing"))
        assert places >= 27
        assert 0 < missing < places / 5


@pytest.mark.parametrize(("slug", "staff"), STAFF)
def test_people_are_on_duty_one_is_awaited_and_a_few_gaps_lie_ahead(demo: Demo, slug: str, staff: str) -> None:
    cover = demo.get(staff, f"/communities/{slug}/shifts/coverage")
    there = [claim["checked_in"] is not None for shift in _near(cover) for claim in shift["claims"]]
    assert there.count(True) >= 1  # from 20:00 on two are on duty, of whom one is awaited
    assert there.count(False) >= 1
    assert 3 <= sum(gap["shift"]["missing"] for gap in cover["gaps"]) <= 10


def test_biguiyuan_has_only_its_west_gate_open(demo: Demo) -> None:
    posts = demo.get("STAFF_B", "/communities/biguiyuan/shifts/posts")["items"]
    gates = {post["id"]: post["open"] for post in posts if post["kind"] == "gate"}
    assert gates == {"west-gate": True, "north-gate": False, "south-gate": False}


def test_the_district_office_sees_what_the_communities_see(demo: Demo) -> None:
    def same() -> bool:
        seen = {
            one["id"]: (
                one["residents"],
                one["volunteers"]["approved"],
                one["on_duty"],
                one["missing_now"] + one["missing_ahead"],
            )
            for one in demo.get("DISTRICT", "/district/")["communities"]
        }
        return seen == {
            "yueran": (5000, 35, *_duty(demo, "STAFF", "yueran")),
            "biguiyuan": (13000, 60, *_duty(demo, "STAFF_B", "biguiyuan")),
        }

    eventually(same)


def test_the_demo_volunteer_has_shifts_ahead_and_finds_a_free_one(demo: Demo) -> None:
    home, volunteer = f"{demo.url}/communities/yueran/shifts", demo.people["VOLUNTEER"]
    assert volunteer.get(f"{home}/mine", timeout=20).json()["ahead"]
    gaps = [gap["shift"]["id"] for gap in demo.get("STAFF", "/communities/yueran/shifts/coverage")["gaps"]]
    assert any(volunteer.post(f"{home}/{gap}/claims", timeout=20).ok for gap in gaps)


def test_nothing_is_parked_and_nothing_waits_to_be_sent(demo: Demo, stack: Stack) -> None:
    for one in instances():
        database = stack.database(one.service, one.community)
        assert eventually(lambda db=database: db["journal"].count_documents({"unpublished": True}) == 0)
        assert [database[name].count_documents({}) for name in ("held", "raw")] == [0, 0]


def _pages(demo: Demo, name: str, path: str) -> list[Any]:
    page = demo.get(name, path)
    return page["items"] + (_pages(demo, name, f"{path}&after={page['next']}") if page.get("next") else [])


def _near(cover: Any) -> list[Any]:
    """The shifts around this hour: running, about to begin, or not yet left by everybody."""
    return [shift for post in cover["posts"] for shift in [*post["now"], *post["next"]]] + cover["unfinished"]


def _duty(demo: Demo, staff: str, slug: str) -> tuple[int, int]:
    """How many are on duty, and how many places are free now or in the next 72 hours, as the community knows it."""
    cover = demo.get(staff, f"/communities/{slug}/shifts/coverage")
    there = [claim for shift in _near(cover) for claim in shift["claims"]]
    present = sum(claim["checked_in"] is not None and claim["checked_out"] is None for claim in there)
    return present, sum(gap["shift"]["missing"] for gap in cover["gaps"])
