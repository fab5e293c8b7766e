"""The Common Alerting Protocol 1.2 (OASIS, docs.oasis-open.org/emergency/cap/v1.2): alerts read, and notices said as alerts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from services.notify.domain.notices import Notice, Sort
from shared.errors import Fault
from shared.words import Lang, Text
from shared.zone import SHANGHAI

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
CAP_TYPE = "application/cap+xml"
LONGEST = 256 * 1024
SENDER = "lianfang"
_HOW: dict[Sort, tuple[str, str, str]] = {  # urgency, severity, certainty
    "important": ("Immediate", "Severe", "Observed"),
    "tip": ("Expected", "Minor", "Likely"),
    "letter": ("Expected", "Minor", "Likely"),
}
_GRAVE = {"Extreme", "Severe"}
register_namespace("", NAMESPACE)


class NotCap(Fault):
    code = "not-cap"
    status = 422
    says = Text("这不是可用的 CAP 1.2 预警：{reason}", "This is no CAP 1.2 alert that can be used: {reason}")


@dataclass(frozen=True)
class Alert:
    """What is taken from an alert: its first Chinese and first English words, and how grave it is."""

    identifier: str
    sender: str
    kind: Sort
    title: str
    body: str
    title_en: str
    body_en: str
    type: Literal["Alert", "Update", "Cancel"]


def read_alert(xml: str) -> Alert:
    """Raises NotCap for what is not one, is no actual public alert, or tries to do more than tell."""
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
    if said["status"] != "Actual" or said["scope"] != "Public" or said["msgType"] not in ("Alert", "Update", "Cancel"):
        raise NotCap("xml", reason=f"{said['status']} {said['scope']} {said['msgType']}")
    infos = alert.findall(_tag("info"))
    if not infos:
        raise NotCap("xml", reason="<info>")
    zh = next((one for one in infos if _lang(one) == "zh"), infos[0])
    en = next((one for one in infos if _lang(one) == "en"), None)
    grave = any(_said(one, "severity") in _GRAVE for one in infos)
    return Alert(
        said["identifier"], said["sender"], "important" if grave else "tip", _title(zh), _body(zh),
        _title(en) if en is not None else "", _body(en) if en is not None else "", said["msgType"],  # type: ignore[arg-type]
    )  # fmt: skip


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


def _title(info: Element) -> str:
    return _plain(_said(info, "headline") or _said(info, "event"))[:60]


def _body(info: Element) -> str:
    parts = [_said(info, name) for name in ("description", "instruction")]
    areas = [_said(one, "areaDesc") for one in info.findall(_tag("area"))]
    return _plain("\n\n".join([*(one for one in parts if one), "；".join(one for one in areas if one)]).strip())[:3000]


def _plain(text: str) -> str:
    """An alert from outside is words, never a template of ours."""
    return text.replace("{", "｛").replace("}", "｝")
