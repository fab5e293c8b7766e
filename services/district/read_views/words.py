"""Happenings and missions in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.district.domain.communities import Community, Happening, Shift
from services.district.store import DistrictStore
from shared.i18n import dates
from shared.i18n.domain_labels import DISINFECTION_URGENCY_WORDS, DISINFECTION_WORDS
from shared.i18n.text import Text

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
class Told:
    """A happening in words."""

    happening: Happening
    place: Text
    words: Text


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
