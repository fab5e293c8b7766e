"""Why somebody near could not fill a gap, as the sentence a captain would say."""

from collections.abc import Callable, Mapping
from datetime import datetime

from services.shifts.domain.rosters import hours_in_week
from services.shifts.domain.shifts import Shift
from services.shifts.rota.checker import Breach
from services.shifts.rota.community import Made, Scene
from services.shifts.rota.problem import Assignment, Need, Plan
from services.shifts.rota.reasons import Near
from shared.i18n.dates import day as day_words
from shared.i18n.dates import hm
from shared.i18n.domain_labels import SKILL_WORDS
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI

_FREE = Text("可以来，再排一次或直接安排", "could come: ask again, or put them in")
_PLAIN = {
    "not-offered": Text("没报这个时段", "did not offer this time"),
    "volunteer-on-loan": Text("这几天支援其他社区", "helps another community then"),
    "not-here-then": Text("支援时间不包括这一班", "is not lent to us then"),
    "away": Text("这时来不了", "cannot come then"),
}


class Sayings:
    """The words for one plan: hours and rest are told from what each person has in it."""

    def __init__(self, scene: Scene, made: Made, called: Mapping[str, Text], plan: Plan) -> None:
        self._scene, self._made, self._called, self._plan = scene, made, called, plan
        self._by_rule: dict[str, Callable[[Breach, Need], Text]] = {
            "rest": self._rest,
            "skill": self._skill,
            "hours-a-day": self._hours_a_day,
            "hours-a-week": self._hours_a_week,
            "nights": self._nights,
        }

    def of(self, near: Near, need: Need) -> Text:
        """`李 要休息到 10:00，这周已有 40 小时`."""
        said: dict[str, Text] = {}
        for breach in near.stopped_by:
            said.setdefault(breach.rule, self._why(breach, need))
        words = list(said.values()) or [_FREE]
        name = self._called[near.person]
        return Text(
            f"{name.zh}{'，'.join(one.zh for one in words)}", f"{name.en} {' and '.join(one.en for one in words)}"
        )

    def _why(self, breach: Breach, need: Need) -> Text:
        known = self._by_rule.get(breach.rule)
        return known(breach, need) if known else _PLAIN[breach.rule]

    def _rest(self, breach: Breach, need: Need) -> Text:
        here = self._scene.shifts[need.post]
        other = next(self._scene.shifts[one.post] for one in breach.pair or () if one.post != need.post)
        if other.starts < here.ends and here.starts < other.ends:
            return Text("这时另有一班", "has another shift then")
        if other.starts < here.starts:
            until = other.ends + self._scene.rules.rest
            return Text("要休息到{until}", "rests until {until}").format(until=_moment(until, here))
        return Text("要为{at} 的班先休息", "has a shift at {at} and must rest before").format(
            at=_moment(other.starts, here)
        )

    def _skill(self, _: Breach, need: Need) -> Text:
        skill = need.skill or ""
        return Text("没有有效的“{skill}”证书", "has no valid {skill} certificate").format(
            skill=SKILL_WORDS.get(skill, skill)
        )

    def _hours_a_day(self, breach: Breach, need: Need) -> Text:  # noqa: ARG002
        most = self._scene.rules.most_hours_a_day
        return Text("这天会超过 {most} 小时", "would have more than {most} h that day").format(most=most)

    def _hours_a_week(self, breach: Breach, need: Need) -> Text:
        week = self._scene.shifts[need.post].starts.astimezone(SHANGHAI).date()
        own = [
            self._scene.shifts[one.post] for one in self._plan if one.person == breach.person and self._is_known(one)
        ]
        hours = hours_in_week(own, week).total_seconds() / 3600
        return Text("这周已有 {hours} 小时", "has {hours} h that week").format(hours=f"{hours:g}")

    def _nights(self, breach: Breach, need: Need) -> Text:  # noqa: ARG002
        most = self._scene.rules.most_nights_in_a_row
        return Text("会连续超过 {most} 个夜班", "would have more than {most} nights in a row").format(most=most)

    def _is_known(self, one: Assignment) -> bool:
        return one.post in self._scene.shifts


def _moment(moment: datetime, beside: Shift) -> Text:
    """The clock alone where the day is the shift's own."""
    if moment.astimezone(SHANGHAI).date() == beside.starts.astimezone(SHANGHAI).date():
        return Text(f" {hm(moment)}", hm(moment))
    return Text(f"{day_words(moment, 'zh')} {hm(moment)}", f"{day_words(moment, 'en')} {hm(moment)}")
