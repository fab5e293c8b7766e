"""The played day's clock: every community has its turn in the round, and so much of the day passes between two of its turns."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import requests

from deploy.day.link import Links
from deploy.day.place import Place
from deploy.day.rescue import Team
from deploy.demo.doors import Refused
from shared.i18n.timezone import SHANGHAI
from shared.kernel.ids import now

ROUND_SECONDS = 10.0  # in which each community has one turn
A_TURN_SECONDS = 0.1  # no turn begins sooner after another: a hundred communities take ten seconds
SAID_SECONDS = 10.0
AT_ONCE = 6
TIRED = 30  # turns in a row at which the district did not answer: it has stopped
DAY = timedelta(days=1)
CUT_A_DAY = 0.6  # how often a community's line breaks …
SHORTEST_CUT, LONGEST_CUT = 45, 120  # … for so many seconds, whatever the speed: silence is noticed after thirty


class Played:
    """`speed`: how many seconds of the played day are a second; it begins at the hour that it is."""

    def __init__(
        self, places: Sequence[Place], teams: Sequence[Team], links: Links, speed: float, seed: str,
        say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._places = places
        self._teams = teams
        self._links = links
        self._speed = speed
        self._chance = random.Random(seed)  # noqa: S311  (a demonstration's)
        self._say = say
        self._began = now()
        self._lived = dict.fromkeys((one.slug for one in places), self._began)
        self._cut: dict[str, datetime] = {}
        self._counts = Counter[str]()
        self._in_vain = 0
        self._room = threading.Semaphore(AT_ONCE)

    def run(self, seconds: float | None = None) -> Counter[str]:
        """Until the district stops, at the latest after so many seconds; what was done, and how often it did not answer."""
        pause = max(ROUND_SECONDS / len(self._places), A_TURN_SECONDS)
        said, number = time.monotonic(), 0
        end = time.monotonic() + seconds if seconds is not None else float("inf")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while time.monotonic() < end and self._in_vain < TIRED:
                place = self._places[number % len(self._places)]
                self._room.acquire()  # whoever is slow is waited for; the day goes on meanwhile
                pool.submit(self._turn, place)
                number += 1
                if time.monotonic() - said > SAID_SECONDS:
                    said = time.monotonic()
                    told = ", ".join(f"{count} {what}" for what, count in sorted(self._counts.items()))
                    self._say(f"{self._moment():%H:%M}  {told}")
                time.sleep(pause)
        return self._counts

    def _moment(self) -> datetime:
        return (self._began + (now() - self._began) * self._speed).astimezone(SHANGHAI)

    def _turn(self, place: Place) -> None:
        try:
            since = self._lived[place.slug]
            self._lived[place.slug] = now()
            days = (now() - since) * self._speed / DAY
            self._break_or_mend(place, days)
            self._counts["deeds"] += place.live(days, self._moment().hour, since)
            place.confirm()
            for team in self._teams:
                if self._chance.random() < len(self._teams) / len(self._places):
                    team.work()
            self._in_vain = 0
        except (Refused, requests.RequestException):
            self._counts["unanswered"] += 1
            self._in_vain += 1
        finally:
            self._room.release()

    def _break_or_mend(self, place: Place, days: float) -> None:
        if place.slug in self._cut:
            if now() >= self._cut[place.slug]:
                self._links.mend(place.slug)
                del self._cut[place.slug]
        elif self._chance.random() < CUT_A_DAY * days:
            self._links.cut(place.slug)
            self._cut[place.slug] = now() + timedelta(seconds=self._chance.randint(SHORTEST_CUT, LONGEST_CUT))
            self._counts["broken lines"] += 1
