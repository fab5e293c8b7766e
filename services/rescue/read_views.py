"""What people look at: a team's inbox, the office's board, and the names and words on both."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.rescue.domain.missions import Mission
from services.rescue.domain.teams import Team
from services.rescue.store import RescueStore
from shared.i18n.text import Text
from shared.replicas import catalogue_items, communities

DONE_SHOWN = 10

# Each state as chip colour and words.
STATE_WORDS = {
    "open": ("attention", Text("待接单", "Not taken yet")),
    "accepted": ("quiet", Text("已接单", "Accepted")),
    "on-the-way": ("quiet", Text("在途", "On the way")),
    "at-work": ("quiet", Text("作业中", "At work")),
    "finished": ("ok", Text("完成，待社区确认", "Done, to be confirmed")),
    "confirmed": ("ok", Text("已确认", "Confirmed")),
    "cancelled": ("quiet", Text("已取消", "Called off")),
}
STEP_WORDS = {
    "opened": Text("社区提出", "The community asked"),
    "offered": Text("派给{team}", "{team} was asked"),
    "accepted": Text("{team}接单", "{team} accepted"),
    "declined": Text("{team}回绝", "{team} said no"),
    "handed-back": Text("{team}退回", "{team} handed it back"),
    "set-out": Text("{team}出发", "{team} set out"),
    "begun": Text("{team}开始作业", "{team} began"),
    "stepped-back": Text("{team}撤销上一步", "{team} took a step back"),
    "finished": Text("{team}完成", "{team} finished"),
    "confirmed": Text("社区确认", "The community confirmed it"),
    "found-wanting": Text("社区认为没做好，请{team}再去", "Found wanting: {team} is to go again"),
    "cancelled": Text("取消", "Called off"),
    "escalated-to-teams": Text("扩大范围派单", "More teams are asked"),
    "escalated-to-district": Text("上报指挥部", "Told to the district office"),
    "second-added": Text("{team}增援", "{team} came to help"),
}
WHY_WORDS = {
    "nobody-accepted": Text("没有队伍接单", "nobody accepted"),
    "late": Text("过了期限还没完成", "past its time and not done"),
}


class Names:
    """Teams and communities by id, each looked up once."""

    def __init__(self, store: RescueStore) -> None:
        self._teams = {team.id: team.called for team in store.teams()}
        self._places = communities.names(store)
        self._items = catalogue_items.items(store)

    def team(self, team: str) -> Text:
        return self._teams.get(team, Text(team, team))

    def place(self, community: str) -> Text:
        return self._places.get(community, Text(community, community))

    def item(self, item: str) -> Text:
        return self._items.get(item, Text(item, item))

    def teams_but(self, crew: Collection[str]) -> list[tuple[str, Text]]:
        return [(team, called) for team, called in self._teams.items() if team not in crew]

    def step(self, step: Any) -> Text:
        return STEP_WORDS[step.what].format(team=self.team(step.team)) if step.team else STEP_WORDS[step.what]


@dataclass(frozen=True)
class Inbox:
    """What a team sees: in hand, asked for, and done lately; `at` this moment."""

    team: Team
    in_hand: list[Mission]
    offered: list[Mission]
    done: list[Mission]
    at: datetime


@dataclass(frozen=True)
class Board:
    """What the office sees of all that is not over."""

    missions: list[Mission]
    at: datetime

    @property
    def open(self) -> list[Mission]:
        return [one for one in self.missions if one.state == "open"]

    @property
    def under_way(self) -> list[Mission]:
        return [one for one in self.missions if one.is_under_way]

    @property
    def late(self) -> list[Mission]:
        return [one for one in self.missions if one.is_late(self.at)]

    @property
    def for_office(self) -> list[Mission]:
        """Those the office has to see to: nobody took them, or they are late."""
        return [
            one for one in self.missions if one.is_late(self.at) or (one.state == "open" and one.stage == "district")
        ]


def see_inbox(store: RescueStore, team: Team, at: datetime) -> Inbox:
    return Inbox(team, store.in_hand(team.id), store.offered_to(team.id), store.done_by(team.id, DONE_SHOWN), at)


def see_board(store: RescueStore, at: datetime) -> Board:
    return Board(store.open_missions(), at)
