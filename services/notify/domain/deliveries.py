"""The life of one delivery: to one person, of one notice, by one way. However it goes, it ends as sent, failed or unknown."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from services.notify.domain.refusals import NothingToDecide

State = Literal["waiting", "sending", "sent", "failed", "unknown", "dropped"]
Outcome = Literal["sent", "refused", "failed", "unknown"]

# After a failure: quickly at first, as most servers are back within minutes; then patiently, over most of a day.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 240, 480))
MOST_TRIES = len(BACKOFF) + 1
CLAIM = timedelta(seconds=25)  # longer than any sending takes; a claim as old as that is a dead process's
REST_AFTER_LOSS = timedelta(seconds=5)


@dataclass(frozen=True)
class Delivery:
    """`key` names it to the other side, at every try the same; `twice`: the other side may have had it before.

    Way: inbox, email, sms, or group (the robot of a community's chat, whose "person" is the channel). `via`: the
    channel it goes by; none for the inbox.
    """

    id: str
    notice: str
    community: str
    person: str
    building: str
    way: str
    via: str
    important: bool
    due: datetime
    digest: bool = False
    state: State = "waiting"
    tries: int = 0
    claim: str | None = None
    claimed: datetime | None = None
    twice: bool = False
    why: str = ""
    ended: datetime | None = None
    read: datetime | None = None

    @property
    def key(self) -> str:
        return self.id

    def take(self, claim: str, at: datetime) -> "Delivery":
        return replace(self, state="sending", claim=claim, claimed=at, tries=self.tries + 1)

    def put_off(self, due: datetime) -> "Delivery":
        """Given back without having been sent: that try does not count."""
        return replace(self, state="waiting", claim=None, claimed=None, tries=self.tries - 1, due=due)

    def settle(self, outcome: Outcome, why: str, at: datetime) -> "Delivery":
        """What the other side said, or that nobody knows whether it heard us."""
        free = replace(self, claim=None, claimed=None, why=why)
        if outcome == "sent":
            return replace(free, state="sent", why="", ended=at)
        if outcome == "unknown":
            return free.lose(at, why)
        if outcome == "refused" or self.tries >= MOST_TRIES:
            return replace(free, state="failed", ended=at)
        return replace(free, state="waiting", due=at + BACKOFF[self.tries - 1])

    def lose(self, at: datetime, why: str) -> "Delivery":
        """It may have arrived. What is important goes out again under the same key; another waits for a person to decide."""
        free = replace(self, claim=None, claimed=None, why=why, twice=True)
        if self.important and self.tries < MOST_TRIES:
            return replace(free, state="waiting", due=at + REST_AFTER_LOSS)
        return replace(free, state="unknown", ended=at)

    def decide(self, *, again: bool, at: datetime) -> "Delivery":
        """A person's word on one that is unknown or failed. Raises NothingToDecide."""
        if self.state not in ("unknown", "failed"):
            raise NothingToDecide
        if again:
            return replace(self, state="waiting", due=at, tries=0, ended=None)
        return replace(self, state="sent" if self.state == "unknown" else "failed", ended=at, why="decided")


def delivery_id(notice: str, person: str, way: str) -> str:
    """The same whenever it is made, so that there is one and no second."""
    return f"{notice}.{person}.{way}"
