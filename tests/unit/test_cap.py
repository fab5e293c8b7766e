"""What is read of an alert of the Common Alerting Protocol, and what is refused of it, each by its name."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import xmlschema

from services.notify.cap import NotCap, read_alert
from services.notify.domain import refusals
from services.notify.domain.alerts import TakenAlert

FOLDER = Path(__file__).parents[1] / "cap"
FILES = sorted(FOLDER.glob("*.xml"))
AT = datetime(2026, 3, 2, 7, tzinfo=UTC)
FLOOD = "desk@hydrology.example.org,QX-FLOOD-7,2026-03-01T22:10:00+00:00"


def alert_file(name: str) -> str:
    return (FOLDER / f"{name}.xml").read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_our_own_inputs_are_valid_alerts(path: Path) -> None:
    xmlschema.XMLSchema(str(FOLDER / "CAP-v1.2.xsd")).validate(str(path))


@pytest.mark.parametrize(
    ("name", "fault", "zh"),
    [
        ("exercise", refusals.NoActualAlert, "演练"), ("system", refusals.NoActualAlert, "系统消息"),
        ("test", refusals.NoActualAlert, "测试"), ("draft", refusals.NoActualAlert, "草稿"),
        ("restricted", refusals.NotForEverybody, "限定范围"), ("private", refusals.NotForEverybody, "只给指定的人"),
        ("ack", refusals.NoWarning, "回执"), ("error", refusals.NoWarning, "退回"),
        ("expired", refusals.AlertExpired, "2020年3月2日"),
    ],
)  # fmt: skip
def test_what_is_not_for_residents_is_refused_by_name(name: str, fault: type, zh: str) -> None:
    with pytest.raises(fault) as refused:
        read_alert(alert_file(name), AT)
    assert zh in refused.value.sentence("zh")
    assert "{" not in refused.value.sentence("en")


def test_a_part_that_has_expired_is_left_out() -> None:
    alert = read_alert(alert_file("partly-expired"), AT)
    assert (alert.title, alert.kind) == ("大风蓝色预警", "tip")


def test_the_same_alert_says_the_same_whenever_it_is_read_and_however_it_is_laid_out() -> None:
    early = datetime(2020, 3, 2, 4, tzinfo=UTC)
    xml = alert_file("partly-expired")
    assert read_alert(xml, early).title != read_alert(xml, AT).title
    assert read_alert(xml, early).content == read_alert(xml.replace("\n", ""), AT).content
    assert read_alert(xml, early).content != read_alert(xml.replace("减弱", "增强"), AT).content


def test_the_same_moment_in_another_zone_is_the_same_name() -> None:
    assert read_alert(alert_file("flood"), AT).key == FLOOD
    assert FLOOD in read_alert(alert_file("flood-cancel"), AT).references


def test_a_cancellation_needs_no_words_and_does_not_expire() -> None:
    alert = read_alert(alert_file("unknown-reference"), AT)
    assert (alert.type, alert.title) == ("Cancel", "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("QX-FLOOD-7</identifier>", "QX FLOOD 7</identifier>"),
        ("QX-FLOOD-7</identifier>", "QX,FLOOD</identifier>"),
        ("desk@hydrology.example.org</sender>", "a desk</sender>"),
        ("2026-03-02T06:10:00+08:00</sent>", "2026-03-02T06:10:00</sent>"),
        ("2026-03-02T06:10:00+08:00</sent>", "今天早上</sent>"),
        ("<msgType>Alert", "<msgType>Warning"),
        ("<status>Actual", "<status>Real"),
        ("<scope>Public", "<scope>Everybody"),
        ("<headline>", "<expires>soon</expires><headline>"),
        ("<headline>", "<expires>0001-01-01T00:00:00+08:00</expires><headline>"),
        ("2026-03-02T06:10:00+08:00</sent>", "9999-12-31T23:59:59-08:00</sent>"),
        ("<headline>清溪河洪水橙色预警</headline>", ""),
    ],
)
def test_what_cannot_be_named_or_dated_is_no_alert_that_can_be_used(old: str, new: str) -> None:
    xml = alert_file("flood").replace("<event>洪水</event>", "")
    assert old in xml
    with pytest.raises(NotCap):
        read_alert(xml.replace(old, new), AT)


@pytest.mark.parametrize("references", ["QX-FLOOD-7", "a,b,c", "a,b", "a,b,2026-03-02T06:10:00+08:00,d"])
def test_references_that_cannot_be_read_are_a_fault(references: str) -> None:
    xml = alert_file("unknown-reference")
    said = xml.partition("<references>")[2].partition("</references>")[0]
    with pytest.raises(NotCap):
        read_alert(xml.replace(said, references), AT)


def test_what_came_later_gives_way_to_nothing_earlier() -> None:
    flood, update, cancel = (read_alert(alert_file(name), AT) for name in ("flood", "flood-update", "flood-cancel"))
    taken = TakenAlert(update.key, "Update", update.sent, update.content, "b", AT)
    with pytest.raises(refusals.AlertOvertaken):
        taken.give_way("x", flood.sent)
    taken.give_way(cancel.key, cancel.sent)
    assert taken.by == cancel.key
    over = TakenAlert(cancel.key, "Cancel", cancel.sent, cancel.content, "b", AT)
    with pytest.raises(refusals.AlertOver):
        over.give_way("x", AT)
    with pytest.raises(refusals.AlertDiffers):
        over.check_repeat(flood.content)
