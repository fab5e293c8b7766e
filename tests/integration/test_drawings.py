"""What was drawn last serves everybody until something changes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from shared.kernel.command import Command
from shared.persistence.revision import note_change
from shared.web import render_cache
from shared.web.render_cache import Drawings
from tests.link import Link


def test_who_asks_before_anything_changes_gets_what_is_drawn(link: Link) -> None:
    kept, numbers = Drawings[int](), count()

    assert [kept.of(link.gates, "zh", lambda: next(numbers)) for _ in range(3)] == [0, 0, 0]
    assert kept.of(link.gates, "en", lambda: next(numbers)) == 1


def test_every_change_is_drawn(link: Link) -> None:
    kept, numbers = Drawings[int](), count()
    kept.of(link.gates, "zh", lambda: next(numbers))

    link.gates.transaction(Command(), note_change)

    assert kept.of(link.gates, "zh", lambda: next(numbers)) == 1


def test_what_time_alone_changes_is_drawn_soon(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, numbers = Drawings[int](), count()
    kept.of(link.gates, "zh", lambda: next(numbers))

    monkeypatch.setattr(render_cache, "FRESH_SECONDS", 0.0)

    assert kept.of(link.gates, "zh", lambda: next(numbers)) == 1


def test_those_who_ask_at_once_wait_for_one_hand(link: Link) -> None:
    kept, numbers, everybody = Drawings[int](), count(), threading.Barrier(8)

    def ask(_: int) -> int:
        everybody.wait()
        return kept.of(link.gates, "zh", lambda: next(numbers))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {0}
