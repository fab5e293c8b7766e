"""A rota proposed before anybody is told: begun, solved, changed by hand, locked, solved again around the locks, published.

A repair is a proposal too: it says what happened (somebody cannot come, a post is closed) and moves as few others as can be.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

from services.shifts.domain.refusals import NotInProposal, NotSolving, ProposalSettled, RepairStands, StillSolving
from shared.i18n.timezone import SHANGHAI

State = Literal["solving", "stopping", "ready", "broken", "published", "dropped"]
AT_WORK: tuple[State, ...] = ("solving", "stopping")


@dataclass(frozen=True)
class Place:
    """One person in one shift. `locked`: a captain put or kept it there, and the search works around it."""

    shift: str
    volunteer: str
    locked: bool = False


@dataclass(frozen=True)
class Away:
    """Somebody who cannot come in this time."""

    volunteer: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Shut:
    """A post that closes for this time; its duties are cancelled once the repair is published."""

    post: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Course:
    """How far the search is: what the best plan costs, what no plan can go below, after so many seconds."""

    seconds: float = 0.0
    cost: int | None = None
    bound: int = 0
    proven: bool = False

    @property
    def gap(self) -> float | None:
        """What part of the cost might still be saved at most."""
        return None if self.cost is None else max(self.cost - self.bound, 0) / max(self.cost, 1)


@dataclass
class Proposal:
    """`places` come on top of who has a shift already; `leaving` would give theirs up (only in a repair).

    `missing`: how many people lack beside it. `seconds`: how long the search may take.
    """

    id: str
    kind: Literal["plan", "repair"]
    begun: datetime
    first_day: date
    days: int
    posts: list[str]
    seconds: int
    by: str | None = None
    state: State = "solving"
    searches: int = 1
    places: list[Place] = field(default_factory=list)
    leaving: list[Place] = field(default_factory=list)
    disturbed: list[str] = field(default_factory=list)
    course: Course = field(default_factory=Course)
    away: Away | None = None
    shut: Shut | None = None
    refused: list[Place] = field(default_factory=list)

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def is_open(self) -> bool:
        return self.state in {"ready", "broken"}

    @property
    def span(self) -> tuple[datetime, datetime]:
        midnight = datetime.combine(self.first_day, time(), SHANGHAI)
        return midnight, midnight + timedelta(days=self.days)

    @property
    def locks(self) -> list[Place]:
        return [place for place in self.places if place.locked]

    def place_of(self, shift: str, volunteer: str) -> Place | None:
        return next((one for one in self.places if (one.shift, one.volunteer) == (shift, volunteer)), None)

    def take_news(self, course: Course, found: Iterable[tuple[str, str]] | None) -> None:
        """The search is so far, or has found something better; locks stay what they are."""
        self.course = course
        if found is not None:
            locked = {(place.shift, place.volunteer) for place in self.locks}
            self.places = [Place(shift, one, (shift, one) in locked) for shift, one in sorted(found)]

    def end(self, *, whole: bool) -> None:
        """The search is over; not `whole`: it was broken off, and what it had found stays."""
        if self.is_at_work:
            self.state = "ready" if whole else "broken"

    def ask_to_stop(self) -> None:
        """Raises NotSolving."""
        if not self.is_at_work:
            raise NotSolving
        self.state = "stopping"

    def search_again(self, at: datetime) -> None:
        """Around the locks; what is not locked may change. Raises StillSolving, ProposalSettled."""
        self.check_open()
        self.state, self.course, self.begun, self.searches = "solving", Course(), at, self.searches + 1

    def put(self, shift: str, volunteer: str, instead_of: Sequence[str]) -> None:
        """A captain's own choice, locked; these shifts of the same person, which it excludes, are given up for it.

        Raises RepairStands, StillSolving, ProposalSettled.
        """
        self._check_may_change()
        gone = {(other, volunteer) for other in (*instead_of, shift)}
        kept = [place for place in self.places if (place.shift, place.volunteer) not in gone]
        self.places = sorted(
            [*kept, Place(shift, volunteer, locked=True)], key=lambda place: (place.shift, place.volunteer)
        )

    def take_out(self, shift: str, volunteer: str) -> None:
        """Raises NotInProposal, RepairStands, StillSolving, ProposalSettled."""
        self._check_may_change()
        place = self._place(shift, volunteer)
        self.places = [one for one in self.places if one != place]

    def lock(self, shift: str, volunteer: str, *, locked: bool) -> None:
        """Raises NotInProposal, RepairStands, StillSolving, ProposalSettled."""
        self._check_may_change()
        place = self._place(shift, volunteer)
        self.places[self.places.index(place)] = Place(shift, volunteer, locked)

    def publish(self, refused: Sequence[Place]) -> None:
        """The places are assignments now, but for those a rule refused by then. Raises StillSolving, ProposalSettled."""
        self.check_open()
        self.state, self.refused = "published", list(refused)

    def drop(self) -> None:
        """Nothing comes of it, and nobody was told. Raises ProposalSettled."""
        if self.state in {"published", "dropped"}:
            raise ProposalSettled
        self.state = "dropped"

    def check_open(self) -> None:
        """Raises StillSolving, ProposalSettled."""
        if self.is_at_work:
            raise StillSolving
        if not self.is_open:
            raise ProposalSettled

    def _check_may_change(self) -> None:
        """What a repair takes from people and gives to others belongs together."""
        self.check_open()
        if self.kind == "repair":
            raise RepairStands

    def _place(self, shift: str, volunteer: str) -> Place:
        place = self.place_of(shift, volunteer)
        if place is None:
            raise NotInProposal
        return place
