"""The grid on real parts: drawn by staff, followed by who needs it."""

from typing import Any

import pytest

from tests.stack import Stack, eventually

PLACE = "yueran"
HOME = f"/communities/{PLACE}/grid"


@pytest.fixture(scope="module", autouse=True)
def grid(stack: Stack) -> Stack:
    return stack.start("volunteers", f"grid.{PLACE}")


def staff(stack: Stack) -> str:
    return stack.token(f"staff@community:{PLACE}")


def ask(stack: Stack, path: str, token: str | None = None) -> Any:
    answer = stack.call("GET", f"{HOME}{path}", token or staff(stack))
    assert answer.ok, answer.text
    return answer.json()


def do(stack: Stack, path: str, body: Any = None, token: str | None = None) -> Any:
    answer = stack.call("POST", f"{HOME}{path}", token or staff(stack), body or {})
    assert answer.ok, answer.text
    return answer.json()


def test_a_building_on_the_grid_is_on_the_register_of_those_who_look_after_buildings(stack: Stack) -> None:
    cell = do(stack, "/cells", {"name": "第一网格"})
    do(stack, "/buildings", {"name": "3号楼", "cell": cell["id"], "units": ["1单元", "2单元"]})
    (drawn,) = ask(stack, "/")["items"]
    assert (drawn["id"], drawn["cell"], [one["unit"] for one in drawn["units"]]) == (
        "b3",
        cell["id"],
        ["1单元", "2单元"],
    )

    def followed() -> bool:
        known = stack.call("GET", f"/volunteers/{PLACE}/buildings", staff(stack)).json()["items"]
        return [(one["slug"], one["name"], one["units"]) for one in known] == [("b3", "3号楼", ["1单元", "2单元"])]

    eventually(followed)
