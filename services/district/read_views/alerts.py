"""Alerts as people see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.district.domain.alerts import Alert
from services.district.store import DistrictStore
from shared.events.envelope import DISTRICT
from shared.i18n.text import Text

TAKEN_WITHIN = timedelta(minutes=15)  # an urgent alert that nobody has taken on for so long is late
WHOLE_DISTRICT = Text("全区", "The district")
SEVERITY_WORDS = {
    "urgent": ("gap", Text("紧急", "Urgent")),
    "attention": ("attention", Text("注意", "Attention")),
}
STATE_WORDS = {
    "open": ("attention", Text("未了结", "Open")),
    "cleared": ("ok", Text("已自行解除", "Cleared by itself")),
    "closed": ("quiet", Text("已关闭", "Closed")),
}
STEP_WORDS = {
    "raised": Text("发出预警", "Raised"),
    "acknowledged": Text("{name} 接手", "Taken on by {name}"),
    "cleared": Text("情况消失，自行解除", "Gone: cleared by itself"),
    "closed": Text("{name} 关闭", "Closed by {name}"),
}
TABLES = {"severity_words": SEVERITY_WORDS, "state_words": STATE_WORDS, "step_words": STEP_WORDS}


@dataclass(frozen=True)
class AlertSeen:
    """An alert, where it is, and the page to look at; `is_late`: urgent, and nobody takes it on."""

    alert: Alert
    place: Text
    leads_to: str
    is_late: bool


def open_alerts(store: DistrictStore, at: datetime, community: str | None = None) -> list[AlertSeen]:
    """Those that are not over: the most urgent first, among them what has lasted longest."""
    found = sorted(store.open_alerts(community), key=lambda one: (one.severity != "urgent", one.since, one.id))
    return see_alerts(store, found, at)


def see_alerts(store: DistrictStore, alerts: Iterable[Alert], at: datetime) -> list[AlertSeen]:
    alerts = list(alerts)
    places = store.shown().communities_by_id({one.community for one in alerts})
    names = {id_: one.title for id_, one in places.items()} | {DISTRICT: WHOLE_DISTRICT}
    return [
        AlertSeen(one, names.get(one.community, Text(one.community, one.community)), _leads_to(one), _is_late(one, at))
        for one in alerts
    ]


def _leads_to(alert: Alert) -> str:
    if alert.rule == "mission-late":
        return f"/rescue/missions/{alert.subject}"
    if alert.rule == "shortage":
        return "/supplies/district/communities"
    return f"/district/communities/{alert.community}" if alert.community != DISTRICT else ""


def _is_late(alert: Alert, at: datetime) -> bool:
    is_waiting = alert.state == "open" and alert.taken is None
    return alert.severity == "urgent" and is_waiting and at - alert.raised >= TAKEN_WITHIN
