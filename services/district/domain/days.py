"""A day of the district in figures: what happened that day, by the clock of the place, however late it was heard."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI


class Figure(NamedTuple):
    """One figure of the report: `events` of these types count one each, or what they say under `says`."""

    words: Text
    events: tuple[str, ...]
    says: str | None = None


FIGURES = {
    "applied": Figure(Text("报名志愿者", "Applied"), ("volunteers.volunteer.applied.v1",)),
    "approved": Figure(Text("通过", "Approved"), ("volunteers.volunteer.approved.v1",)),
    "arrived": Figure(Text("到岗人次", "On duty"), ("shifts.shift.checked-in.v1",)),
    "minutes": Figure(Text("值守分钟", "Minutes"), ("shifts.shift.checked-out.v1",), "minutes"),
    "missed": Figure(Text("未到岗", "Missed"), ("shifts.shift.missed.v1",)),
    "gaps": Figure(Text("出现缺岗", "Gaps"), ("shifts.shift.gap-opened.v1",)),
    "filled": Figure(Text("补上缺岗", "Filled"), ("shifts.shift.gap-closed.v1",)),
    "fevers": Figure(Text("发热", "Fevers"), ("grid.gate-log.fever-found.v1",)),
    "asked": Figure(Text("居民求助", "Asked help"), ("grid.request.asked.v1",)),
    "helped": Figure(Text("已帮", "Helped"), ("grid.request.done.v1",)),
    "disinfections": Figure(Text("消杀请求", "To disinfect"), ("grid.disinfection.asked.v1",)),
    "confirmed": Figure(Text("消杀确认", "Disinfected"), ("grid.disinfection.confirmed.v1",)),
    "litres": Figure(
        Text("消毒液（升）", "Litres used"), ("rescue.mission.finished.v1", "grid.disinfection.done.v1"), "litres"
    ),
    "donations": Figure(Text("收到捐赠", "Gifts"), ("supplies.donation.received.v1",)),
    "notices": Figure(Text("公开通知", "Notices"), ("notify.notice.published.v1",), "public"),
}
_COUNTED = {type_: (name, figure.says) for name, figure in FIGURES.items() for type_ in figure.events}

Daily = tuple[str, str]  # community, and the day as 2020-02-13


class Said(NamedTuple):
    community: str
    type: str
    at: datetime
    data: Mapping[str, Any]


@dataclass
class Day:
    """One community's figures of one day, by the names in FIGURES."""

    community: str
    day: str
    counts: dict[str, int] = field(default_factory=dict)


def count_days(said: Iterable[Said]) -> dict[Daily, Counter[str]]:
    """Sums only, so that it does not matter in which batches events come."""
    days = dict[Daily, Counter[str]]()
    for one in said:
        if one.type in _COUNTED:
            name, says = _COUNTED[one.type]
            day = one.at.astimezone(SHANGHAI).date().isoformat()
            days.setdefault((one.community, day), Counter())[name] += one.data[says] if says else 1
    return days
