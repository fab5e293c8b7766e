"""What alarms are fed with grows with the clock, also while nothing can be measured."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import REGISTRY
from pymongo.errors import AutoReconnect

from shared.jobs import backlog_measures
from shared.jobs.backlog_measures import Measures
from shared.kernel.ids import now
from shared.web import entrypoint
from shared.web.entrypoint import WebEntrypoint

SOURCE = "/district/measured"


class Journal:
    def __init__(self, oldest: datetime | None) -> None:
        self.oldest = oldest
        self.away = False

    def depth(self, *, at_most: int) -> tuple[int, datetime | None]:
        if self.away:
            raise AutoReconnect("away")
        return min(20_000, at_most) if self.oldest else 0, self.oldest


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.at = 1000.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (backlog_measures, entrypoint):
        monkeypatch.setattr(module, "time", made)
    return made


def figure(name: str, **labels: str) -> float:
    value = REGISTRY.get_sample_value(name, labels)
    assert value is not None
    return value


def test_an_age_goes_on_growing_while_the_database_is_away(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog_measures, "counts", lambda _: {"parked": 2})
    store: Any = SimpleNamespace(source=SOURCE, journal=Journal(now() - timedelta(minutes=10)), database=None)
    measured = Measures([store], {SOURCE: "measured"})
    assert figure("lianfang_journal_oldest_seconds", source=SOURCE) == 0
    measured.take(store, SOURCE)
    assert figure("lianfang_journal_depth", source=SOURCE) == backlog_measures.COUNTED_MOST
    assert figure("lianfang_events_held", queue="measured", state="parked") == 2
    store.journal.away = True
    clock.at += 100
    monkeypatch.setattr(backlog_measures, "now", lambda: now() + timedelta(seconds=100))
    with pytest.raises(AutoReconnect):
        measured.take(store, SOURCE)
    assert 700 <= figure("lianfang_journal_oldest_seconds", source=SOURCE) < 760
    assert figure("lianfang_database_silent_seconds") == 100


def test_the_oldest_request_at_work_is_told_until_it_is_answered(clock: Clock) -> None:
    told = []

    def work(_door: Any, _args: Any, _path: Any, *, handle_result: Any) -> None:
        clock.at += 70
        told.append(figure("lianfang_http_oldest_seconds"))
        handle_result(None, "answered", None)

    door: Any = SimpleNamespace(container=SimpleNamespace(spawn_worker=work))
    assert WebEntrypoint.run(door, door, None, {}) == "answered"
    assert (told, figure("lianfang_http_oldest_seconds")) == ([70], 0)
