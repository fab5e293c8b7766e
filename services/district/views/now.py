"""What the district's pages and programs are shown: read models brought together at one moment, happenings in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.district.domain.communities import (
    Community,
    Happening,
    Outlook,
    Overview,
    Part,
    Post,
    Shift,
    Silence,
    gaps,
    silence,
)
from services.district.domain.gates import GateHour
from services.district.domain.missions import Mission
from services.district.store import DistrictStore
from shared import dates
from shared.vocabulary import DISINFECTION_URGENCY_WORDS, DISINFECTION_WORDS
from shared.words import Text

NEWEST = 20  # happenings on a page
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FLOW_HOURS = 8  # shown of the gates

SENTENCES = {
    "accounts.community.registered.v1": Text("{place}加入联防", "{place} joined"),
    "volunteers.volunteer.applied.v1": Text("有居民报名做志愿者", "A resident applied to volunteer"),
    "volunteers.volunteer.approved.v1": Text("{who}成为志愿者", "{who} became a volunteer"),
    "volunteers.volunteer.refused.v1": Text("一份志愿者报名未通过", "An application was refused"),
    "volunteers.volunteer.suspended.v1": Text("一名志愿者被暂停", "A volunteer was suspended"),
    "volunteers.volunteer.reinstated.v1": Text("一名志愿者恢复服务", "A volunteer was reinstated"),
    "shifts.post.opened.v1": Text("开设岗位：{post}", "Post opened: {post}"),
    "shifts.post.closing-planned.v1": Text("安排关闭：{post}", "To be closed: {post}"),
    "shifts.post.closing-withdrawn.v1": Text("撤回关闭：{post}", "Will not be closed: {post}"),
    "shifts.post.closed.v1": Text("关闭岗位：{post}", "Post closed: {post}"),
    "shifts.post.reopened.v1": Text("重新开放：{post}", "Post open again: {post}"),
    "shifts.shift.planned.v1": Text("排出班次：{post}，{when}", "Shift planned: {post}, {when}"),
    "shifts.shift.cancelled.v1": Text("取消班次：{post}，{when}", "Shift cancelled: {post}, {when}"),
    "shifts.shift.moved.v1": Text("班次改到{post}，{when}", "Shift moved to {post}, {when}"),
    "shifts.shift.restored.v1": Text("恢复班次：{post}，{when}", "Shift takes place again: {post}, {when}"),
    "shifts.shift.missed.v1": Text("{who}没到岗：{post}，{when}", "{who} did not come: {post}, {when}"),
    "shifts.shift.claimed.v1": Text("{who}报名{post}，{when}", "{who} claimed {post}, {when}"),
    "shifts.shift.released.v1": Text("{who}退出{post}，{when}", "{who} gave up {post}, {when}"),
    "shifts.shift.checked-in.v1": Text("{who}到岗：{post}", "{who} is on duty: {post}"),
    "shifts.shift.checked-out.v1": Text("{who}离岗：{post}", "{who} went off duty: {post}"),
    "shifts.shift.gap-opened.v1": Text("{post}缺{missing}人，{when}", "{post} is {missing} short, {when}"),
    "shifts.shift.gap-closed.v1": Text("{post}已补齐，{when}", "{post} is filled, {when}"),
    "notify.notice.published.v1": Text("{place}发出一份通知", "{place} sent a notice"),
    "notify.notice.withdrawn.v1": Text("{place}撤回一份通知", "{place} withdrew a notice"),
    "grid.disinfection.asked.v1": Text("{place}提出消杀请求", "{place} asked for disinfection"),
    "grid.disinfection.confirmed.v1": Text("{place}确认消杀完成", "{place} confirmed a disinfection"),
    "rescue.mission.accepted.v1": Text("救援队接下{place}的消杀任务", "A rescue team took {place}'s disinfection on"),
    "rescue.mission.finished.v1": Text("救援队完成{place}的消杀", "A rescue team finished {place}'s disinfection"),
    "rescue.mission.escalated.v1": Text(
        "{place}的消杀任务没人接或超时", "{place}'s disinfection is not taken, or late"
    ),
    "grid.gate-log.fever-found.v1": Text("{post}量到发热", "A fever was found: {post}"),
    "shifts.cover.started.v1": Text("开始找人：{post}，{when}", "People are searched for: {post}, {when}"),
    "shifts.cover.escalated.v1": Text(
        "向外求援：{post}缺{missing}人，{when}", "Help is asked for: {post} is {missing} short, {when}"
    ),
}
SENTENCES_FOR_MANY = {
    "shifts.shift.planned.v1": Text("排出{count}个班次", "{count} shifts planned"),
    "shifts.shift.cancelled.v1": Text("取消{count}个班次", "{count} shifts cancelled"),
    "shifts.shift.gap-opened.v1": Text("{count}个班次缺人", "{count} shifts are short of people"),
    "shifts.shift.moved.v1": Text("{count}个班次改到别的岗位", "{count} shifts moved to other posts"),
    "shifts.shift.restored.v1": Text("恢复{count}个班次", "{count} shifts take place again"),
}
OF_SHIFTS = ("shifts.shift.", "shifts.cover.")
# Each state of a mission as chip colour and words.
MISSION_WORDS = {
    "asked": ("attention", Text("社区在安排", "The community decides")),
    "own-team": ("quiet", Text("社区消杀队在办", "Their own team does it")),
    "open": ("attention", Text("待救援队接单", "No rescue team yet")),
    "accepted": ("quiet", Text("已接单", "Accepted")),
    "on-the-way": ("quiet", Text("在途", "On the way")),
    "at-work": ("quiet", Text("作业中", "At work")),
    "done": ("ok", Text("完成，待社区确认", "Done, to be confirmed")),
    "confirmed": ("ok", Text("已确认", "Confirmed")),
    "withdrawn": ("quiet", Text("已撤回", "Withdrawn")),
}
MISSION_TABLES = {
    "mission_words": MISSION_WORDS,
    "kind_words": DISINFECTION_WORDS,
    "urgency_words": DISINFECTION_URGENCY_WORDS,
}
SOMEONE = Text("一名志愿者", "A volunteer")
SOME_POST = Text("岗位", "a post")
SOME_TIME = Text("时间不明", "time unknown")


@dataclass(frozen=True)
class Gap:
    """A shift that lacks people, with the words a reader needs."""

    shift: Shift
    place: Text
    post: Text
    is_now: bool
    silence: Silence | None


@dataclass(frozen=True)
class Told:
    """A happening in words."""

    happening: Happening
    place: Text
    words: Text


@dataclass(frozen=True)
class Duty:
    """A shift that runs now, and its people: display name (None where there is no consent) and whether they are there."""

    shift: Shift
    post: Text
    people: list[tuple[str | None, bool]]


@dataclass(frozen=True)
class District:
    """`known_at` is the position in the log that it was looked back from; None: this is now."""

    overview: Overview
    gaps: list[Gap]
    happenings: list[Told]
    missions: list[Mission]
    known_at: int | None = None

    @property
    def missions_for_office(self) -> int:
        """Disinfections that nobody takes, or that are late."""
        return sum(one.told or one.is_late(self.overview.at) for one in self.missions)


@dataclass(frozen=True)
class PartSeen:
    """A part of the district and how it is."""

    part: Part
    state: str


@dataclass(frozen=True)
class Passage:
    """How many came and went at a gate (or at all) in the hour that begins at `starts`, and in that hour of the day before;
    `busiest_minute`: of this one."""

    starts: datetime
    gate: str | None
    came: int
    went: int
    came_before: int
    went_before: int
    busiest_minute: int


@dataclass(frozen=True)
class Place:
    """One community's page; `flow` of the last hours, over all gates and gate by gate."""

    outlook: Outlook
    duties: list[Duty]
    gaps: list[Gap]
    posts: list[tuple[str, Post]]
    missions: list[Mission]
    happenings: list[Told]
    flow: list[Passage]
    flow_by_gate: list[Passage]


def see_district(store: DistrictStore, at: datetime) -> District:
    shown = store.shown()
    pulses = shown.pulses()
    return _see(shown, at, lambda community: silence(pulses.get(community), at))


def look_back(past: DistrictStore, at: datetime, position: int) -> District:
    """What was known at that moment. Who was silent then is in no log: all are taken as heard."""
    return _see(past, at, lambda _: None, position)


def _see(
    store: DistrictStore, at: datetime, silence_of: Callable[[str], Silence | None], position: int | None = None
) -> District:
    communities = store.communities()
    shifts: dict[str, list[Shift]] = {}
    for shift in store.shifts_now(at):
        shifts.setdefault(shift.community, []).append(shift)
    outlooks = [Outlook(one, shifts.get(one.id, []), silence_of(one.id), at) for one in communities]
    told = tell(store, store.happenings(NEWEST), at, {one.id: one for one in communities})
    return District(Overview(at, outlooks), see_gaps(outlooks, at), told, store.missions(), position)


def see_parts(store: DistrictStore, at: datetime) -> list[PartSeen]:
    """What needs somebody first, then by source."""
    seen = [PartSeen(part, part.state_at(at)) for part in store.parts()]
    return sorted(seen, key=lambda one: (one.state == "ok", one.part.source))


def see_gaps(outlooks: Iterable[Outlook], at: datetime) -> list[Gap]:
    """By time, over all communities."""
    where = {one.community.id: one for one in outlooks}
    return [
        _gap(shift, where[shift.community], at) for shift in gaps([s for o in where.values() for s in o.shifts], at)
    ]


def see_community(store: DistrictStore, community: str, at: datetime) -> Place:
    """Raises NotFound."""
    store = store.shown()
    known = store.the_community(community)
    outlook = Outlook(known, store.shifts_of(community, at), silence(store.pulse(community), at), at)
    names = store.names({person for shift in outlook.running for person in (*shift.claimed, *shift.present)})
    return Place(
        outlook,
        [_duty(shift, known, names) for shift in outlook.running],
        [_gap(shift, outlook, at) for shift in outlook.gaps],
        sorted(known.posts.items(), key=lambda post: (not post[1].is_open, post[0])),
        store.missions(community),
        tell(store, store.happenings(NEWEST, community=community), at, {community: known}),
        *see_flow(store, community, at),
    )


def see_flow(store: DistrictStore, community: str, at: datetime) -> tuple[list[Passage], list[Passage]]:
    """The last hours at the gates, this one included, newest first: over all of them, and gate by gate."""
    this_hour = at.replace(minute=0, second=0, microsecond=0)
    hours = [this_hour - number * HOUR for number in range(FLOW_HOURS)]
    found = store.flow(community, hours[-1] - DAY, this_hour + HOUR)
    by_gate = {(one.gate, one.hour): one for one in found}
    gates = sorted({one.gate for one in found})
    each = [_passage(by_gate, [gate], gate, hour) for hour in hours for gate in gates]
    return [_passage(by_gate, gates, None, hour) for hour in hours] if found else [], each


def _passage(
    known: Mapping[tuple[str, datetime], GateHour], gates: Sequence[str], gate: str | None, hour: datetime
) -> Passage:
    then, before = ([known[one, when] for one in gates if (one, when) in known] for when in (hour, hour - DAY))
    came, went, came_before, went_before = (
        sum(one.counts.get(way, 0) for one in those) for those in (then, before) for way in ("in", "out")
    )
    busiest = max((one.busiest_minute for one in then), default=0)
    return Passage(hour, gate, came, went, came_before, went_before, busiest)


def tell(
    store: DistrictStore, happenings: Sequence[Happening], at: datetime, communities: dict[str, Community]
) -> list[Told]:
    """Each happening as a sentence, with the names that are known by now. `communities` must hold all that occur."""
    shifts = store.shifts_by_key({one.shift_key for one in happenings if one.type.startswith(OF_SHIFTS)})
    names = store.names({one.volunteer or one.subject for one in happenings})
    return [
        _told(one, communities.get(one.community, Community(one.community)), shifts, names, at) for one in happenings
    ]


def _told(
    happening: Happening, community: Community, shifts: dict[str, Shift], names: dict[str, str], at: datetime
) -> Told:
    shift = shifts.get(happening.shift_key)
    who = names.get(happening.volunteer or happening.subject)
    many = SENTENCES_FOR_MANY.get(happening.type) if happening.count > 1 else None
    words = (many or SENTENCES.get(happening.type) or Text(happening.type, happening.type)).format(
        place=community.title,
        who=Text(who, who) if who else SOMEONE,
        post=_post_of(happening, shift, community),
        when=_span(shift, at) if shift else SOME_TIME,
        missing=happening.missing,
        count=happening.count,
    )
    return Told(happening, community.title, words)


def _post_of(happening: Happening, shift: Shift | None, community: Community) -> Text:
    return community.title_of(shift.post if shift else happening.subject)


def _span(shift: Shift, at: datetime) -> Text:
    return Text(dates.span(shift.starts, shift.ends, "zh", at), dates.span(shift.starts, shift.ends, "en", at))


def _gap(shift: Shift, outlook: Outlook, at: datetime) -> Gap:
    community = outlook.community
    return Gap(shift, community.title, community.title_of(shift.post), shift.is_running(at), outlook.silence)


def _duty(shift: Shift, community: Community, names: dict[str, str]) -> Duty:
    absent = [person for person in shift.claimed if person not in shift.present]
    people = [(names.get(person), True) for person in shift.present] + [(names.get(person), False) for person in absent]
    return Duty(shift, community.title_of(shift.post), people)
