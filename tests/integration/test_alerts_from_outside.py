"""Alerts from outside on a real database: sent once, corrected by an update, withdrawn by a cancellation."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from secrets import token_hex

import pytest

from services.notify.cap import read_alert
from services.notify.domain import refusals
from services.notify.domain.notices import Notice
from services.notify.domain.people import Home, Person
from services.notify.store import NotifyStore
from services.notify.usecases import alerts, spreading, writing
from services.notify.usecases.alerts import Outcome
from shared.kernel.command import Command
from shared.persistence.store import connect
from tests.parts import Parts
from tests.unit.test_cap import alert_file

AT = datetime(2026, 3, 2, 7, tzinfo=UTC)
PLACES = ["biguiyuan", "yueran"]
ORANGE, YELLOW, OVER = "清溪河洪水橙色预警", "清溪河洪水黄色预警", "预警取消：清溪河洪水黄色预警"


@pytest.fixture
def store(parts: Parts) -> Iterator[NotifyStore]:
    client = connect(parts.mongodb_uri, "alerts")
    name = f"t{token_hex(6)}"
    made = NotifyStore(client[name])
    made.prepare()
    for account in ("lin", "wang"):
        made.transaction(Command(), lambda tx, one=account: tx.save(resident(one)))  # type: ignore[misc]
    yield made
    client.drop_database(name)
    client.close()


def resident(account: str) -> Person:
    person = Person(account, account, home=Home("yueran", "3号楼"))
    person.regroup()
    return person


def take(store: NotifyStore, name: str, *chosen: str, xml: str | None = None) -> Outcome:
    alert = read_alert(xml or alert_file(name), AT)
    outcome = alerts.take_in(store, Command(), alert, chosen, PLACES)
    spread(store)
    return outcome


def spread(store: NotifyStore) -> None:
    for notice in list(store.spreading()):
        spreading.spread(store, b"secret", notice)


def public(store: NotifyStore, community: str = "yueran") -> list[str]:
    return [one.wording.title for one in store.shown(community, "", 20)]


def inbox(store: NotifyStore, account: str = "lin") -> list[str]:
    notices = {one.id: one.wording.title for one in store.find(Notice, {})}
    return [notices[one.notice] for one in reversed(store.inbox_of(account, "", 20))]


def test_an_update_corrects_and_a_cancellation_withdraws_what_it_refers_to(store: NotifyStore) -> None:
    take(store, "flood")
    assert public(store) == public(store, "biguiyuan") == [ORANGE]

    take(store, "flood-update")
    assert public(store) == public(store, "biguiyuan") == [YELLOW]
    (new,) = (one for one in store.find(Notice, {"community": "yueran"}) if one.wording.title == YELLOW)
    assert (new.kind, new.correction) == ("tip", alerts.UPDATED)

    over = take(store, "flood-cancel")
    assert public(store) == [OVER]
    assert {one.community for one in over.withdrawn} == set(PLACES)
    assert inbox(store) == [ORANGE, YELLOW, OVER]
    (said,) = store.find(Notice, {"wording.title": OVER, "community": "yueran"})
    assert said.wording.body.endswith("水位已低于警戒。")
    assert "转移" not in said.wording.body, "a cancellation repeats the warning's words; they are not said again"
    (gone,) = store.find(Notice, {"wording.title": YELLOW, "community": "yueran"})
    assert (gone.standing, gone.corrected_by) == ("withdrawn", said.id)


@pytest.mark.parametrize("name", ["flood", "flood-update", "flood-cancel"])
def test_the_same_alert_again_does_nothing_again(store: NotifyStore, name: str) -> None:
    for one in ("flood", "flood-update", "flood-cancel"):
        take(store, one)
        if one == name:
            break
    before = {one.id: one.standing for one in store.find(Notice, {})}
    again = take(store, name)
    assert again.repeated
    assert {one.id: one.standing for one in store.find(Notice, {})} == before
    with pytest.raises(refusals.AlertTaken):
        alerts.look(store, Command(), read_alert(alert_file(name), AT), [], PLACES)


def test_sent_by_many_at_once_it_goes_out_once(store: NotifyStore) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(
            pool.map(
                lambda _: alerts.take_in(store, Command(), read_alert(alert_file("flood"), AT), [], PLACES), range(6)
            )
        )
    assert [one.repeated for one in found].count(False) == 1
    assert len(store.find(Notice, {})) == len(PLACES)


def test_the_same_name_with_other_words_is_refused(store: NotifyStore) -> None:
    take(store, "flood")
    with pytest.raises(refusals.AlertDiffers):
        take(store, "flood", xml=alert_file("flood").replace("橙色", "红色"))


def test_a_repeat_reaches_no_further_communities_unsaid(store: NotifyStore) -> None:
    take(store, "flood", "yueran")
    assert take(store, "flood", "yueran").repeated
    with pytest.raises(refusals.AlertTaken):
        take(store, "flood", "biguiyuan")


def test_what_refers_to_nothing_known_is_refused_by_name(store: NotifyStore) -> None:
    for name in ("unknown-reference", "flood-update", "flood-cancel"):
        with pytest.raises(refusals.AlertUnknown) as refused:
            take(store, name)
        assert "QX-FLOOD" in refused.value.sentence("zh")
    assert store.find(Notice, {}) == []


def test_an_update_that_names_a_whole_line_is_acted_on_where_one_of_it_is_known(store: NotifyStore) -> None:
    take(store, "flood")
    found = alerts.look(store, Command(), read_alert(alert_file("flood-cancel"), AT), [], PLACES)
    assert [one.partition(",QX-")[2].partition(",")[0] for one in found.unknown] == ["FLOOD-8"]
    assert len(found.withdrawn) == len(PLACES)


def test_a_cancellation_of_what_was_updated_meanwhile_ends_the_update(store: NotifyStore) -> None:
    take(store, "flood")
    take(store, "flood-update")
    first_only = alert_file("flood-cancel").replace(
        " desk@hydrology.example.org,QX-FLOOD-8,2026-03-02T09:40:00+08:00", ""
    )
    take(store, "flood-cancel", xml=first_only)
    assert public(store) == [OVER]


def test_an_older_word_does_not_undo_a_newer_one(store: NotifyStore) -> None:
    take(store, "flood")
    take(store, "flood-update")
    older = alert_file("flood-update").replace("QX-FLOOD-8", "QX-FLOOD-7B").replace("T09:40", "T08:00")
    with pytest.raises(refusals.AlertOvertaken):
        take(store, "flood-update", xml=older)
    take(store, "flood-cancel")
    later = alert_file("flood-update").replace("QX-FLOOD-8", "QX-FLOOD-10").replace("T09:40", "T15:00")
    with pytest.raises(refusals.AlertOver):
        take(store, "flood-update", xml=later)


def test_what_a_community_corrected_itself_is_withdrawn_with_it(store: NotifyStore) -> None:
    take(store, "flood", "yueran")
    (notice,) = store.find(Notice, {})
    words = {"title": "清溪河洪水：3号楼注意", "body": "一层。", "title_en": "", "body_en": ""}
    writing.correct(store, Command(), "yueran", notice.id, reason="补充", wording=words)
    spread(store)
    take(store, "flood-cancel")
    assert public(store) == ["预警取消：清溪河洪水：3号楼注意"]
    assert inbox(store)[-1] == "预警取消：清溪河洪水：3号楼注意"


def test_what_was_withdrawn_by_hand_is_not_withdrawn_again_but_may_be_updated(store: NotifyStore) -> None:
    sent = take(store, "flood", "yueran")
    writing.withdraw_everywhere(store, Command(), sent.bulletin)
    with pytest.raises(refusals.AlreadyWithdrawn):
        take(store, "flood-cancel")
    take(store, "flood-update")
    assert public(store) == [YELLOW]


def test_a_cancellation_before_anybody_was_told_is_made_without_a_word(store: NotifyStore) -> None:
    alerts.take_in(store, Command(), read_alert(alert_file("flood"), AT), ["yueran"], PLACES)
    take(store, "flood-cancel")
    assert public(store) == inbox(store) == []


def test_nobody_hears_of_a_cancellation_but_who_heard_the_warning(store: NotifyStore) -> None:
    take(store, "flood")
    store.transaction(Command(), lambda tx: tx.save(resident("newcomer")))
    take(store, "flood-cancel")
    assert inbox(store, "newcomer") == []
    assert len(inbox(store, "wang")) == 2


def test_looking_keeps_nothing(store: NotifyStore) -> None:
    take(store, "flood")
    before = [store.find(Notice, {}), list(store["alerts"].find())]
    for name in ("flood-update", "flood-cancel"):
        alerts.look(store, Command(), read_alert(alert_file(name), AT), [], PLACES)
    assert [store.find(Notice, {}), list(store["alerts"].find())] == before
