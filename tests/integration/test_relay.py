"""The relay and the consumer on a real broker: everything arrives, confirmed and in order; what leads nowhere is kept."""

from collections.abc import Sequence

import pytest

from shared.events.envelope import Event
from shared.messaging import dead_letter_admin
from shared.ops import cli
from tests.link import Link, Running
from tests.stack import eventually, manage


def unpublished(link: Link) -> int:
    return link.gates.journal.depth()[0]


def test_what_is_committed_arrives_in_order_and_is_marked_as_confirmed(link: Link) -> None:
    with Running(link.relay(), link.consumer()):
        for _ in range(5):
            link.ring("west", 3)
            link.ring("north")
        eventually(lambda: link.board.seen("west") == list(range(1, 16)))
        eventually(lambda: link.board.seen("north") == list(range(1, 6)))
        eventually(lambda: unpublished(link) == 0)


def test_events_wait_in_the_journal_until_there_is_a_relay(link: Link) -> None:
    link.ring("west", 300)
    assert unpublished(link) == 300

    with Running(link.relay(), link.consumer()):
        eventually(lambda: link.board.seen("west") == list(range(1, 301)))


def test_a_relay_that_is_alone_sends_on_what_it_was_handed_and_asks_the_journal_only_when_it_sweeps(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, ask = list[int](), link.gates.journal.unpublished

    def count(limit: int, *, except_for: Sequence[str] = ()) -> list[Event]:
        asked.append(limit)
        return ask(limit, except_for=except_for)

    monkeypatch.setattr(link.gates.journal, "unpublished", count)
    with Running(link.relay(), link.consumer()):
        for number in range(1, 31):
            link.ring("west")
            eventually(lambda number=number: link.board.seen("west") == list(range(1, number + 1)))
        eventually(lambda: unpublished(link) == 0)
    assert len(asked) < 15


def test_more_than_a_relay_holds_in_memory_is_sent_in_order_all_the_same(link: Link) -> None:
    with Running(link.relay(), link.consumer()):
        for _ in range(5):
            link.ring("west", 1_200)
        eventually(lambda: link.board.seen("west") == list(range(1, 6_001)), seconds=60)


def test_a_long_journal_is_counted_no_further_than_is_asked(link: Link) -> None:
    link.ring("west", 5)
    oldest = link.rung()[0].time
    assert link.gates.journal.depth(at_most=3) == (3, oldest)
    assert link.gates.journal.depth() == (5, oldest)


def test_an_event_that_leads_to_no_queue_stays_in_the_journal_and_the_others_go_on(link: Link) -> None:
    manage(link.parts, "DELETE", f"/api/queues/{link.name}/district")
    with Running(link.relay()):
        link.ring("west", 2)
        eventually(lambda: link.gates.journal.collection.count_documents({}) == 2)
    assert unpublished(link) == 2


def test_two_relays_at_once_change_nothing_for_the_subscriber(link: Link) -> None:
    with Running(link.relay("one"), link.relay("two"), link.consumer()):
        for _ in range(20):
            link.ring("west")
        eventually(lambda: link.board.seen("west") == list(range(1, 21)))


def test_only_one_of_two_consumers_is_at_work_and_the_other_takes_over(link: Link) -> None:
    with Running(link.relay(), link.consumer("two")):
        with Running(link.consumer("one")):
            link.ring("west", 10)
            eventually(lambda: link.board.seen("west") == list(range(1, 11)))
        link.ring("west", 10)
        eventually(lambda: link.board.seen("west") == list(range(1, 21)))


def test_a_pulse_tells_the_subscriber_that_the_source_is_alive(link: Link) -> None:
    with Running(link.relay(), link.consumer()):
        heard = eventually(lambda: link.board["heard"].find_one({"_id": "/communities/yueran/shifts"}))
    assert heard["waiting"] == 0
    assert heard["community"] == "yueran"


def test_a_replayed_journal_changes_nothing_where_it_was_taken_before(link: Link) -> None:
    with Running(link.relay(), link.consumer()):
        link.ring("west", 5)
        eventually(lambda: unpublished(link) == 0 and link.board.seen("west") == [1, 2, 3, 4, 5])
        sent = cli.replay(link.gates.database, "/communities/yueran/shifts", "district", link.admin_uri)
        link.ring("west")
        eventually(lambda: link.board.seen("west") == [1, 2, 3, 4, 5, 6])
    assert sent == 5


def test_a_replayed_journal_teaches_a_new_subscriber_everything(link: Link) -> None:
    with Running(link.relay()):
        link.ring("west", 5)
        eventually(lambda: unpublished(link) == 0)
    manage(link.parts, "DELETE", f"/api/queues/{link.name}/district/contents")
    cli.replay(link.gates.database, "/communities/yueran/shifts", "district", link.admin_uri)
    with Running(link.consumer()):
        eventually(lambda: link.board.seen("west") == [1, 2, 3, 4, 5])


def test_a_parked_event_is_retried_by_the_clock_though_the_queue_is_never_idle(link: Link) -> None:
    link.ring("west", 2)
    link.fail_on.add("west")
    with Running(link.relay(), link.consumer()):
        eventually(lambda: link.board["held"].count_documents({"state": "parked"}) == 1)
        link.fail_on.clear()
        dead_letter_admin.retry(link.board.database, link.rung()[0].id)

        def healed_under_load() -> bool:
            link.ring("north")
            return link.board.seen("west") == [1, 2]

        eventually(healed_under_load)
