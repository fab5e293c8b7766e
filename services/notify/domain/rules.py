"""Automatic notices: what happened (an occasion), the rules, kept as data, by which somebody is told of it, and what ends that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from services.notify.domain.notices import Origin, Sort, Wording
from services.notify.domain.refusals import RuleUnknown
from shared.i18n.text import Text

TOO_OLD = timedelta(
    hours=1
)  # what is heard later than that is recorded, not told: a replay, or a link that was long down
Fate = Literal["waiting", "told", "no-rule", "too-old", "nobody", "repeated", "taken-back"]


class End(NamedTuple):
    """An event after which what a trigger told no longer holds. It has the trigger's subject, and where that can have several at
    once, the same value in its field `by`."""

    type: str
    by: str | None = None


class Lasting(NamedTuple):
    """No event ends what a trigger told: why."""

    why: str


class Trigger(NamedTuple):
    """An event that rules may answer to. `facts` are what their texts may name; `whom` says in words who hears of it; `ends`: the
    events that take it back; `again`: how long the same subject is not told of again."""

    type: str
    words: Text
    whom: Text
    facts: tuple[str, ...]
    ends: tuple[End, ...] | Lasting
    again: timedelta = timedelta()

    @property
    def marks(self) -> set[str]:
        """The fields of its event by which what ends it is told from what ends another of the same subject."""
        return {end.by for end in self.ends if isinstance(end, End) and end.by}


_SERVED = Text(
    "走这里的楼的居民；岗位没写楼栋就是全社区", "residents of the buildings it serves; everybody where none are named"
)
_SHIFT = ("community", "post", "when", "place")
_GATE = ("community", "post", "place")
_WHO_HEARD = Text("当初收到通知的人", "whoever was told before")
TRIGGERS: dict[str, Trigger] = {
    "cover-asked": Trigger(
        "shifts.cover.asked.v1", Text("缺岗，请人补位", "Cover is asked for"),
        Text("被问到的志愿者", "the volunteers who are asked"), (*_SHIFT, "until"), (End("shifts.cover.ended.v1"),),
    ),
    "gap-opened": Trigger(
        "shifts.shift.gap-opened.v1", Text("班次缺人", "A gap opened"),
        Text("能补上的志愿者", "the volunteers who could fill it"), (*_SHIFT, "missing"),
        (End("shifts.shift.gap-closed.v1"),), timedelta(hours=12),
    ),
    "reminder-due": Trigger(
        "shifts.shift.reminder-due.v1", Text("班次快开始", "A shift begins soon"),
        Text("这一班的人", "whoever has the shift"), (*_SHIFT, "hours"), (End("shifts.shift.released.v1", "volunteer"),),
    ),
    "shift-lost": Trigger(
        "shifts.shift.released.v1", Text("班次因关闭或暂停取消", "A shift is lost by a closing or a suspension"),
        Text("失去班次的人", "whoever lost the shift"), (*_SHIFT, "why"), (End("shifts.shift.claimed.v1", "volunteer"),),
    ),
    "shift-restored": Trigger(
        "shifts.shift.claimed.v1", Text("取消的班次恢复", "A shift that was lost takes place after all"),
        Text("重新有了班次的人", "whoever has the shift again"), _SHIFT, (End("shifts.shift.released.v1", "volunteer"),),
    ),
    "closing-planned": Trigger(
        "shifts.post.closing-planned.v1", Text("岗位将关闭", "A post will close"),
        _SERVED, (*_GATE, "starts", "ends", "instead"),
        (End("shifts.post.closing-withdrawn.v1", "closure"), End("shifts.post.reopened.v1", "closure")),
    ),
    "closing-withdrawn": Trigger(
        "shifts.post.closing-withdrawn.v1", Text("关闭取消，岗位照常", "A closing is called off"),
        _WHO_HEARD, _GATE, (End("shifts.post.closed.v1"),),
    ),
    "post-closed": Trigger(
        "shifts.post.closed.v1", Text("岗位关闭", "A post is closed"),
        _SERVED, _GATE, (End("shifts.post.reopened.v1", "closure"),), timedelta(hours=12),
    ),
    "post-reopened": Trigger(
        "shifts.post.reopened.v1", Text("岗位提前开放", "A post is open again before its time"),
        _WHO_HEARD, _GATE, (End("shifts.post.closed.v1"),),
    ),
    "posters-asked": Trigger(
        "notify.poster.asked.v1", Text("有海报要贴", "Posters are to be put up"),
        Text("照看那些楼门的人", "whoever looks after those doors"), ("community", "title"),
        (End("notify.notice.withdrawn.v1"), End("notify.notice.corrected.v1")),
    ),
    "posters-dropped": Trigger(
        "notify.poster.dropped.v1", Text("有海报要取下", "Posters are to be taken down"),
        Text("照看那些楼门、贴过海报的人", "whoever looks after those doors or put one up"), ("community", "title"),
        Lasting("A notice that no longer holds never holds again: its posters stay down."),
    ),
    "shortage-raised": Trigger(
        "supplies.stock.shortage-raised.v1", Text("物资短缺", "Something runs short"),
        Text("捐过这种物资的人", "whoever gave such before"), ("community", "item", "balance", "unit", "days"),
        (End("supplies.stock.shortage-cleared.v1"),), timedelta(hours=24),
    ),
    "donation-received": Trigger(
        "supplies.donation.received.v1", Text("收到捐赠", "A donation arrived"),
        Text("捐赠人", "the donor"), ("community", "item", "quantity", "unit", "number"),
        Lasting("What was given and received is on record for good: there is no act that takes it back."),
    ),
    "mission-offered": Trigger(
        "rescue.mission.offered.v1", Text("消杀任务派单", "A rescue team is asked"),
        Text("被派到的救援队", "the rescue teams that are asked"), ("community", "place", "kind", "until"),
        (End("rescue.mission.cancelled.v1"),),
    ),
    "mission-accepted": Trigger(
        "rescue.mission.accepted.v1", Text("救援队接单", "A rescue team accepted"),
        Text("社区工作人员", "the community's staff"), ("community", "place", "team"),
        (End("rescue.mission.handed-back.v1", "team"), End("rescue.mission.cancelled.v1")),
    ),
    "mission-handed-back": Trigger(
        "rescue.mission.handed-back.v1", Text("救援队退回任务", "A rescue team handed a mission back"),
        _WHO_HEARD, ("community", "place"), (End("rescue.mission.accepted.v1"), End("rescue.mission.cancelled.v1")),
    ),
    "mission-finished": Trigger(
        "rescue.mission.finished.v1", Text("救援队完成消杀", "A rescue team finished"),
        Text("社区工作人员", "the community's staff"), ("community", "place"),
        (
            End("rescue.mission.confirmed.v1"), End("rescue.mission.found-wanting.v1"),
            End("rescue.mission.cancelled.v1"),
        ),
    ),
    "mission-escalated": Trigger(
        "rescue.mission.escalated.v1", Text("消杀任务没人接或超时", "A mission is not taken, or late"),
        Text("社区工作人员", "the community's staff"), ("community", "place"),
        (
            End("rescue.mission.accepted.v1"), End("rescue.mission.finished.v1"), End("rescue.mission.cancelled.v1"),
        ),
        timedelta(hours=1),
    ),
    "mission-cancelled": Trigger(
        "rescue.mission.cancelled.v1", Text("消杀任务取消", "A mission is called off"),
        _WHO_HEARD, ("community", "place"), (End("rescue.mission.opened.v1"),),
    ),
    "alert-urgent": Trigger(
        "district.alert.raised.v1", Text("发出紧急预警", "An urgent alert is raised"),
        Text("指挥部人员", "the district's officers"), ("community", "alert"),
        (End("district.alert.cleared.v1"), End("district.alert.closed.v1")),
    ),
    "alert-raised": Trigger(
        "district.alert.raised.v1", Text("发出预警", "Another alert is raised"),
        Text("指挥部人员", "the district's officers"), ("community", "alert"),
        (End("district.alert.cleared.v1"), End("district.alert.closed.v1")),
    ),
}  # fmt: skip
# These correct what people know, and are for those alone who were told: where nobody was, there is nothing to say.
FOR_WHO_HEARD = frozenset(name for name, trigger in TRIGGERS.items() if trigger.whom == _WHO_HEARD)


@dataclass
class Rule:
    """`communities` empty: everywhere."""

    id: str
    trigger: str
    kind: Sort
    wording: Wording
    ways: tuple[str, ...]
    on: bool = True
    public: bool = False
    paper: bool = False
    ask: bool = False
    communities: tuple[str, ...] = ()
    changed: datetime | None = None
    changed_by: str | None = None

    def fits(self, trigger: str | None, community: str) -> bool:
        return self.on and self.trigger == trigger and (not self.communities or community in self.communities)


@dataclass
class Occasion:
    """One event that rules may answer to, with the facts as they were heard; kept a while for looking back and dry runs.

    `trigger` None: it tells nothing new. `ends`: the notices that no longer hold since it happened.
    """

    id: str
    trigger: str | None
    community: str
    subject: str
    at: datetime
    heard: datetime
    data: dict[str, Any]
    fate: Fate = "waiting"
    notices: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)

    @property
    def is_too_old(self) -> bool:
        """Heard so late that telling it now would mislead."""
        return self.heard - self.at > TOO_OLD


def trigger_of(name: str) -> Trigger:
    """Raises RuleUnknown."""
    try:
        return TRIGGERS[name]
    except KeyError:
        raise RuleUnknown("trigger") from None


# What keeps an event from pulling its trigger.
_UNLESS: dict[str, Callable[[Mapping[str, object]], bool]] = {
    "mission-escalated": lambda data: data.get("to") != "district",  # that more teams are asked is no news
    "donation-received": lambda data: data.get("account") is None,  # who gave without a name cannot be told
    "shift-lost": lambda data: data.get("why") not in ("closure", "cancelled", "suspended"),  # who gave it up knows
    "shift-restored": lambda data: data.get("how") != "restored",  # who took it knows
    "alert-urgent": lambda data: data.get("severity") != "urgent",
    "alert-raised": lambda data: data.get("severity") == "urgent",
}


def trigger_for(type_: str, data: Mapping[str, object]) -> str | None:
    """The trigger an event pulls, if any."""
    return next(
        (name for name, one in TRIGGERS.items() if one.type == type_ and not _UNLESS.get(name, _never)(data)), None
    )


def ended_by(type_: str) -> list[tuple[str, End]]:
    """The triggers whose notices this event ends, each with how it finds them."""
    return [
        (name, end)
        for name, trigger in TRIGGERS.items()
        for end in trigger.ends
        if isinstance(end, End) and end.type == type_
    ]


def origin_of(occasion: Occasion) -> Origin:
    """Where a notice made by this occasion comes from: what ends the one finds the other by it."""
    marks = TRIGGERS[occasion.trigger].marks if occasion.trigger else ()
    return Origin(
        occasion.trigger or "", occasion.subject, {mark: str(occasion.data[mark]) for mark in marks},
        occasion.data.get("ends"),
    )  # fmt: skip


def _never(_data: Mapping[str, object]) -> bool:
    return False
