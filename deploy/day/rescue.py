"""What rescue teams do while a day is played: each mission a step further now and then."""

import random
from dataclasses import dataclass

from deploy.demo.doors import Account, Refused
from deploy.demo.rescue import SAID, photo

STEPS = {"accepted": "departure", "on-the-way": "beginning"}
GOES_ON = 0.25  # chance, at a look, that a mission is a step further


@dataclass(frozen=True)
class Team:
    id: str
    member: Account
    chance: random.Random

    def work(self) -> None:
        """A team at its limit takes nothing more, and another may have been first."""
        for mission in self.member.get(f"/rescue/inbox/{self.id}")["items"]:
            if self.chance.random() < GOES_ON:
                try:
                    self._bring_forward(mission["id"], mission["state"], is_ours=mission["team"] == self.id)
                except Refused:
                    continue

    def _bring_forward(self, mission: str, state: str, *, is_ours: bool) -> None:
        door = f"/rescue/inbox/{self.id}/{mission}"
        if not is_ours:
            self.member.post(f"{door}/acceptance")
        elif state in STEPS:
            self.member.post(f"{door}/{STEPS[state]}")
        elif state == "at-work":
            self.member.upload(f"{door}/proof", SAID, {"photo": photo()})
