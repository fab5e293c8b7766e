"""G7 without a process: what the steps of a rebuild come to, whoever takes them, and from whatever a district has kept."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from services.district.domain.communities import Community
from services.district.store import DistrictStore
from services.district.usecases.following import REACTIONS
from shared.events.envelope import Event
from shared.kernel.ids import new_id, now
from shared.messaging import dead_letter_admin
from shared.messaging.inbox import Inbox
from shared.persistence.store import POSITION
from shared.projections.rebuild_steps import Folding
from shared.projections.versions import Generation
from tests.lengths import by_length
from tests.link import delivery_of
from tests.parts import Parts
from tests.stack import Stack

MANY = by_length(1_100, 1_800)  # events, of which 500 are folded at a time


@pytest.fixture
def store(parts: Parts, stack: Stack) -> Iterator[DistrictStore]:
    """A district's database of this test's own, without a process."""
    made = DistrictStore(stack.client[f"{stack.name}_{new_id()[-8:]}"])
    made.prepare()
    yield made
    made.database.client.drop_database(made.database.name)


def opened(post: str, **data: Any) -> Event:
    data = {"kind": "gate", "name": "门", "name_en": "Gate"} | data
    return Event(
        id=new_id(), source="/communities/yueran/shifts", type="shifts.post.opened.v1", subject=post,
        community="yueran", sequence=1, time=now(), data=data,
    )  # fmt: skip


def begin(store: DistrictStore) -> Generation:
    one = Generation(new_id(), "show", now(), None)
    store.keep(one)
    return one


def ended(store: DistrictStore, one: Generation) -> Generation:
    found = store.generation_where({"_id": one.id})
    assert found is not None
    return found


def test_g7_what_an_operator_discarded_has_no_effect_in_a_rebuild_either(store: DistrictStore) -> None:
    """G7."""
    inbox = Inbox(store, "district", REACTIONS, check_users=False, keep_log=True)
    inbox.prepare()
    bad = opened("gate-2", kind=7)
    inbox.take([delivery_of([opened("gate-1")]), delivery_of([bad])])
    dead_letter_admin.discard(store.database, bad.id, by="a-test", reason="nonsense")
    inbox.retry_due()
    assert store.last_position() == 2
    one = begin(store)
    while Folding(store, REACTIONS).step():
        pass
    assert (ended(store, one).state, ended(store, one).differing) == ("shown", 0), ended(store, one)
    assert list(store.communities_by_id(["yueran"])["yueran"].posts) == ["gate-1"]


def test_g7_two_processes_that_fold_at_once_come_to_the_same(store: DistrictStore) -> None:
    """G7."""
    inbox = Inbox(store, "district", REACTIONS, check_users=False, keep_log=True)
    inbox.prepare()
    inbox.take([delivery_of([opened(f"gate-{number}") for number in range(MANY)])])
    one = begin(store)

    def fold() -> None:
        while Folding(store, REACTIONS).step():
            pass

    threads = [threading.Thread(target=fold) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (ended(store, one).state, ended(store, one).differing) == ("shown", 0), ended(store, one)
    assert len(store.communities_by_id(["yueran"])["yueran"].posts) == MANY
    assert store["happenings"].count_documents({}) == MANY


def test_g7_a_district_of_another_shape_is_shown_anew_from_the_log_it_has(store: DistrictStore) -> None:
    """G7."""
    inbox = Inbox(store, "district", REACTIONS, check_users=False, keep_log=True)
    inbox.prepare()
    inbox.take([delivery_of([opened("gate-1"), opened("gate-2")])])
    before = store.generation
    position = store["revisions"].find_one_and_delete({"_id": POSITION})
    assert position is not None
    store["received"].insert_one(position)
    store["received"].create_index([("at", 1), ("_id", 1)])

    store.prepare()
    store.prepare()
    while Folding(store, REACTIONS).step():
        pass

    (made,) = store.rebuilds(9)
    assert (made.state, made.folded, store.last_position()) == ("shown", 2, 2)
    assert store.generation == made.id != before
    assert store["received"].count_documents({}) == 2
    assert list(store.communities_by_id(["yueran"])["yueran"].posts) == ["gate-1", "gate-2"]


def test_g7_a_rebuild_that_cannot_be_done_leaves_all_as_it_was(store: DistrictStore) -> None:
    """G7."""
    inbox = Inbox(store, "district", REACTIONS, check_users=False, keep_log=True)
    inbox.prepare()
    inbox.take([delivery_of([opened("gate-1")])])
    before = store.generation

    def fail(_store: DistrictStore, _events: Any) -> None:
        raise ZeroDivisionError

    one = begin(store)
    while Folding(store, dict.fromkeys(REACTIONS, fail)).step():
        pass
    assert ended(store, one).state == "failed"
    assert ended(store, one).reason == "ZeroDivisionError: "
    assert store.generation == before
    assert isinstance(store.the_community("yueran"), Community)
    assert [name for name in store.database.list_collection_names() if name.endswith(one.id)] == []
