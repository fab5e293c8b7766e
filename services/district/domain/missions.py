"""Missions of rescue teams, as far as the office follows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.i18n.domain_labels import in_threes, mission_number

MISSION_STEPS = {
    "grid.disinfection.asked.v1": "asked",
    "grid.disinfection.taken.v1": "own-team",
    "grid.disinfection.passed-on.v1": "open",
    "grid.disinfection.done.v1": "done",
    "grid.disinfection.withdrawn.v1": "withdrawn",
    "grid.disinfection.confirmed.v1": "confirmed",
    "rescue.mission.opened.v1": "open",
    "rescue.mission.accepted.v1": "accepted",
    "rescue.mission.set-out.v1": "on-the-way",
    "rescue.mission.begun.v1": "at-work",
    "rescue.mission.finished.v1": "done",
    "rescue.mission.found-wanting.v1": "accepted",
}
NOBODY_GOES = ("asked", "open")  # the community decides, or no rescue team has taken it
MISSIONS_OVER = ("confirmed", "withdrawn")


@dataclass
class Mission:
    """A disinfection, from a community's asking to its confirmation; `team` a rescue team that has it, with its names.

    `told`: the office was told that nobody takes it, or that it is late.
    """

    id: str
    community: str
    place: str
    kind: str
    urgency: str
    due: datetime
    since: datetime
    state: str = "asked"
    team: str | None = None
    name: str = ""
    name_en: str = ""
    told: bool = False
    number: str = ""

    def __post_init__(self) -> None:
        self.number = mission_number(self.id)

    def hear(self, type_: str, said: Mapping[str, Any], at: datetime) -> None:
        step = type_.split(".")[2]
        state = MISSION_STEPS.get(type_, self.state)
        if step == "stepped-back":
            state = said["state"]
        elif step == "cancelled":
            state = "asked" if said["by"] == "district" else "withdrawn"
        elif step == "found-wanting" and self.team is None:
            state = "own-team"
        elif step == "handed-back" and said["team"] == self.team:
            state = "open"
        if step == "accepted":
            self.team, self.name, self.name_en = said["team"], said["name"], said["name_en"]
        elif state in ("asked", "own-team", "open"):
            self.team, self.name, self.name_en = None, "", ""
        self.told = (self.told or (step == "escalated" and said["to"] == "district")) and state != "done"
        self.due = said.get("due", self.due)
        if state != self.state:
            self.state, self.since = state, at

    @property
    def number_said(self) -> str:
        return in_threes(self.number)

    @property
    def is_waiting(self) -> bool:
        return self.state in NOBODY_GOES

    @property
    def is_over(self) -> bool:
        return self.state in MISSIONS_OVER

    def is_late(self, now: datetime) -> bool:
        """What is done waits for the community's word only."""
        return self.state != "done" and not self.is_over and now >= self.due
