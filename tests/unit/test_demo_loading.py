"""How the demo comes in quickly: strands at once, one sign-in for each account."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from deploy.demo.doors import Account
from deploy.demo.strands import Strands


def _silent(_progress: str) -> None:
    pass


def test_strands_run_at_once_and_one_begins_when_those_before_it_are_done() -> None:
    meet, order = threading.Barrier(2, timeout=20), list[str]()
    with Strands(2, _silent) as strands:
        first, second = strands.begin(meet.wait), strands.begin(meet.wait)
        last = strands.begin(lambda: order.append(f"{first.done()} {second.done()}"), first, second)
    assert last.done()
    assert order == ["True True"]


def test_a_stage_keeps_the_order_of_its_answers_and_tells_how_far_all_stages_are() -> None:
    said = list[str]()
    with Strands(3, said.append) as strands:
        assert strands.each("doubling", lambda number: 2 * number, range(20)) == [2 * number for number in range(20)]
    assert said[0] == "doubling 0 %"
    assert said[-1] == "doubling 90 %"


def test_a_fault_ends_the_other_strands_soon_and_is_the_one_that_is_raised() -> None:
    failed, done = threading.Event(), list[int]()

    def fail() -> None:
        failed.set()
        raise ValueError("the first fault")

    def work(number: int) -> None:
        failed.wait(20)
        done.append(number)

    with pytest.raises(ValueError, match="the first fault"), Strands(1, _silent) as strands:  # noqa: PT012
        long = strands.begin(lambda: strands.each("long", work, range(1000)))
        strands.begin(lambda: done.append(-1), long, strands.begin(fail))
    assert -1 not in done
    assert len(done) < 1000


class Counted:
    """Doors that count how often each is called."""

    def __init__(self) -> None:
        self.calls = list[str]()

    def call(self, method: str, path: str, body: Any = None, **_: Any) -> Any:
        self.calls.append(path)
        if path.startswith("/accounts/tokens"):
            time.sleep(0.05)  # so that others come in between
        return {"access_token": "a", "refresh_token": "r"}


def _at_once(work: Callable[[], Any], times: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def test_an_account_that_many_threads_use_signs_in_once() -> None:
    doors = Counted()
    account = Account(doors, "staff", "secret")  # type: ignore[arg-type]
    _at_once(lambda: account.get("/somewhere"), times=6)
    assert doors.calls.count("/accounts/tokens") == 1
    assert doors.calls.count("/somewhere") == 6


def test_an_old_token_is_renewed_once_by_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    doors = Counted()
    account = Account(doors, "staff", "secret")  # type: ignore[arg-type]
    account.get("/somewhere")
    monkeypatch.setattr("deploy.demo.doors.RENEW_SECONDS", 0.5)
    account._renewed -= 1  # noqa: SLF001
    _at_once(lambda: account.get("/somewhere"), times=6)
    assert doors.calls.count("/accounts/tokens/refresh") == 1
