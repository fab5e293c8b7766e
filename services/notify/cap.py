"""The Common Alerting Protocol 1.2 (OASIS, docs.oasis-open.org/emergency/cap/v1.2): alerts read, and notices said as alerts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import cast
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from services.notify.domain.alerts import Alert, AlertType
from services.notify.domain.notices import Notice, Sort
from services.notify.domain.refusals import AlertExpired, NoActualAlert, NotForEverybody, NoWarning
from shared.i18n.dates import day, hm
from shared.i18n.text import Lang, Text
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import Fault

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
CAP_TYPE = "application/cap+xml"
LONGEST = 256 * 1024
LONGEST_NAME = 200
SENDER = "lianfang"
_HOW: dict[Sort, tuple[str, str, str]] = {  # urgency, severity, certainty
    "important": ("Immediate", "Severe", "Observed"),
    "tip": ("Expected", "Minor", "Likely"),
    "letter": ("Expected", "Minor", "Likely"),
}
_GRAVE = {"Extreme", "Severe"}
_TYPES = ("Alert", "Update", "Cancel")
_BETWEEN_SYSTEMS = {"Ack": Text("回执", "an acknowledgement"), "Error": Text("退回", "a rejection")}
_NOT_ACTUAL = {
    "Exercise": Text("演练", "an exercise"),
    "System": Text("系统消息", "a message between systems"),
    "Test": Text("测试", "a test"),
    "Draft": Text("草稿", "a draft"),
}
_NOT_PUBLIC = {"Restricted": Text("限定范围", "restricted"), "Private": Text("只给指定的人", "private")}
register_namespace("", NAMESPACE)


class NotCap(Fault):
    code = "not-cap"
    status = 422
    says = Text("这不是可用的 CAP 1.2 预警：{reason}", "This is no CAP 1.2 alert that can be used: {reason}")


def read_alert(xml: str, at: datetime) -> Alert:
    """Raises NotCap for what is not one, or tries to do more than tell, and by name for what is not for residents: NoActualAlert,
    NotForEverybody, NoWarning, AlertExpired."""
    if len(xml.encode()) > LONGEST:
        raise NotCap("xml", reason=f"> {LONGEST // 1024} KiB")
    try:
        alert = fromstring(xml.encode(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as fault:
        raise NotCap("xml", reason=str(fault)) from fault
    if alert.tag != _tag("alert"):
        raise NotCap("xml", reason="<alert>")
    said = {name: _said(alert, name) for name in ("identifier", "sender", "sent", "status", "msgType", "scope")}
    if missing := [name for name, text in said.items() if not text]:
        raise NotCap("xml", reason="、".join(missing))
    _check_for_residents(said)
    sent = _when("sent", said["sent"])
    infos = _in_force(alert, at) if said["msgType"] != "Cancel" else alert.findall(_tag("info"))
    zh = next((one for one in infos if _lang(one) == "zh"), infos[0] if infos else None)
    en = next((one for one in infos if _lang(one) == "en"), None)
    if said["msgType"] != "Cancel" and not _title(zh):
        raise NotCap("xml", reason="<event>")
    grave = any(_said(one, "severity") in _GRAVE for one in infos)
    return Alert(
        _key(said["sender"], said["identifier"], sent), cast(AlertType, said["msgType"]), sent,
        tuple(_reference(one) for one in _said(alert, "references").split()), "important" if grave else "tip",
        _title(zh), _body(zh), _title(en), _body(en), _plain(_said(alert, "note"))[:200], _content(alert),
    )  # fmt: skip


def _check_for_residents(said: Mapping[str, str]) -> None:
    """Raises NotCap, NoActualAlert, NotForEverybody, NoWarning."""
    status, scope, kind = said["status"], said["scope"], said["msgType"]
    if status in _NOT_ACTUAL:
        raise NoActualAlert("xml", status=_NOT_ACTUAL[status])
    if scope in _NOT_PUBLIC:
        raise NotForEverybody("xml", scope=_NOT_PUBLIC[scope])
    if kind in _BETWEEN_SYSTEMS:
        raise NoWarning("xml", kind=_BETWEEN_SYSTEMS[kind])
    if status != "Actual" or scope != "Public" or kind not in _TYPES:
        raise NotCap("xml", reason=f"{status} {scope} {kind}")


def _in_force(alert: Element, at: datetime) -> list[Element]:
    """The parts that have not expired. Raises NotCap where there are none at all, AlertExpired where all have."""
    infos = alert.findall(_tag("info"))
    if not infos:
        raise NotCap("xml", reason="<info>")
    ends = [_when("expires", said) if (said := _said(one, "expires")) else None for one in infos]
    found = [one for one, end in zip(infos, ends, strict=True) if end is None or end > at]
    if not found:
        last = max(end for end in ends if end is not None)
        raise AlertExpired("xml", when=Text(f"{day(last, 'zh', at)} {hm(last)}", f"{day(last, 'en', at)} {hm(last)}"))
    return found


def _when(name: str, said: str) -> datetime:
    """A moment, as CAP writes them: with its offset. Raises NotCap."""
    try:
        found = datetime.fromisoformat(said)
        in_utc = found.astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise NotCap("xml", reason=f"<{name}> {said[:40]}") from fault
    if found.tzinfo is None:
        raise NotCap("xml", reason=f"<{name}> {said[:40]}")
    return in_utc


def _content(alert: Element) -> str:
    """The same for what says the same, whenever it is read and however it is laid out."""
    said = [(one.tag, (one.text or "").strip()) for one in alert.iter()]
    return sha256(repr(said).encode()).hexdigest()


def _key(sender: str, identifier: str, sent: datetime) -> str:
    """How alerts name each other (`references`), the moment in one way of writing it. Raises NotCap."""
    for name, text in (("sender", sender), ("identifier", identifier)):
        if len(text) > LONGEST_NAME or any(one in " ,\t\n" for one in text):
            raise NotCap("xml", reason=f"<{name}> {text[:40]}")
    return f"{sender},{identifier},{sent.isoformat(timespec='seconds')}"


def _reference(said: str) -> str:
    """Raises NotCap."""
    parts = said.split(",")
    if len(parts) != 3:  # noqa: PLR2004  (sender, identifier and moment)
        raise NotCap("xml", reason=f"<references> {said[:80]}")
    return _key(parts[0], parts[1], _when("references", parts[2]))


def say_alert(
    notice: Notice, corrected: Notice | None, words: Mapping[Lang, tuple[str, str]], area: Text, origin: str
) -> bytes:
    """The notice as an alert; one that corrects another (`corrected`) or was withdrawn says which it takes the place of."""
    alert = Element(_tag("alert"))
    kind = "Cancel" if notice.standing == "withdrawn" else "Update" if notice.corrects else "Alert"
    sent = notice.published or notice.written
    for name, text in (
        ("identifier", f"{notice.id}-cancel" if kind == "Cancel" else notice.id), ("sender", SENDER), ("sent", _moment(sent)),
        ("status", "Actual"), ("msgType", kind), ("scope", "Public"),
    ):  # fmt: skip
        _add(alert, name, text)
    replaced = notice if kind == "Cancel" else corrected
    if replaced is not None:
        _add(alert, "references", f"{SENDER},{replaced.id},{_moment(replaced.published or replaced.written)}")
    urgency, severity, certainty = _HOW[notice.kind]
    for lang, (title, body) in words.items():
        info = SubElement(alert, _tag("info"))
        for name, text in (
            ("language", "zh-CN" if lang == "zh" else "en"), ("category", "Safety"), ("event", title[:100]),
            ("urgency", urgency), ("severity", severity), ("certainty", certainty), ("senderName", area.in_(lang)),
            ("headline", title[:160]), ("description", body), ("web", f"{origin}/notices/{notice.community}/{notice.id}"),
        ):  # fmt: skip
            _add(info, name, text)
        _add(SubElement(info, _tag("area")), "areaDesc", area.in_(lang))
    said: bytes = tostring(alert, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + said


def _moment(at: datetime) -> str:
    """With Shanghai's offset in digits: CAP allows neither Z nor fractions of a second."""
    return at.astimezone(SHANGHAI).replace(microsecond=0).isoformat()


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, _tag(name)).text = "".join(one for one in text if one >= " " or one in "\n\t")


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _said(element: Element, name: str) -> str:
    return (element.findtext(_tag(name)) or "").strip()


def _lang(info: Element) -> str:
    return (_said(info, "language") or "en-US")[:2].lower()


def _title(info: Element | None) -> str:
    if info is None:
        return ""
    return _plain(_said(info, "headline") or _said(info, "event"))[:60]


def _body(info: Element | None) -> str:
    if info is None:
        return ""
    parts = [_said(info, name) for name in ("description", "instruction")]
    areas = [_said(one, "areaDesc") for one in info.findall(_tag("area"))]
    return _plain("\n\n".join([*(one for one in parts if one), "；".join(one for one in areas if one)]).strip())[:3000]


def _plain(text: str) -> str:
    """An alert from outside is words, never a template of ours."""
    return text.replace("{", "｛").replace("}", "｝")
