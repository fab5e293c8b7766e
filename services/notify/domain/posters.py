"""Posters: one per unit door, put up by whoever cares for that building, and confirmed once it hangs."""

from dataclasses import dataclass, field
from datetime import datetime

from services.notify.domain.refusals import AlreadyPlaced, AlreadyTakenDown, NotYourPoster, PosterHolds, PosterIsOff


@dataclass(frozen=True)
class PosterAsked:
    notice: str
    building: str
    unit: str
    owner: str | None


@dataclass(frozen=True)
class PosterPlaced:
    pass


@dataclass(frozen=True)
class PosterDropped:
    """The notice was withdrawn or corrected: what hangs is to be taken down."""


@dataclass(frozen=True)
class PosterTakenDown:
    """It hung though its notice no longer held, and hangs no more."""


@dataclass
class Care:
    """Who looks after one unit of a building (unit "": the whole building), by volunteer id."""

    owner: str | None = None
    deputy: str | None = None


@dataclass
class Building:
    """As volunteers registered it. `id` names building and community together."""

    id: str
    community: str
    name: str
    units: list[str]
    care: dict[str, Care] = field(default_factory=dict)

    def carer_of(self, unit: str) -> Care:
        """Whoever has this unit, else whoever has the whole building."""
        own, whole = self.care.get(unit, Care()), self.care.get("", Care())
        return Care(own.owner or whole.owner, own.deputy or whole.deputy)

    def doors(self) -> list[str]:
        """Its unit doors; a building without units has one door."""
        return self.units or [""]


@dataclass
class Poster:
    id: str
    notice: str
    community: str
    building: str
    unit: str
    owner: str | None
    deputy: str | None
    asked: datetime
    placed: datetime | None = None
    placed_by: str | None = None
    dropped: bool = False
    taken_down: datetime | None = None
    taken_down_by: str | None = None

    @property
    def hangs(self) -> bool:
        return self.placed is not None and self.taken_down is None

    def ask(self) -> list[PosterAsked]:
        return [PosterAsked(self.notice, self.building, self.unit, self.owner)]

    def place(self, at: datetime, account: str, volunteers: list[str], *, leading: bool) -> list[PosterPlaced]:
        """Confirmed by owner, deputy or staff, or by any volunteer where nobody cares for the door.

        Raises AlreadyPlaced, NotYourPoster, PosterIsOff.
        """
        self._check_hand(volunteers, leading=leading)
        if self.dropped:
            raise PosterIsOff
        if self.placed is not None:
            raise AlreadyPlaced
        self.placed, self.placed_by = at, account
        return [PosterPlaced()]

    def drop(self) -> list[PosterDropped]:
        """Its notice no longer holds: not to be put up any more or, where it hangs, to be taken down."""
        if self.dropped:
            return []
        self.dropped = True
        return [PosterDropped()]

    def take_down(self, at: datetime, account: str, volunteers: list[str], *, leading: bool) -> list[PosterTakenDown]:
        """Confirmed by whoever may confirm that it hangs. Raises AlreadyTakenDown, NotYourPoster, PosterHolds."""
        self._check_hand(volunteers, leading=leading)
        if not self.dropped:
            raise PosterHolds
        if not self.hangs:
            raise AlreadyTakenDown
        self.taken_down, self.taken_down_by = at, account
        return [PosterTakenDown()]

    def _check_hand(self, volunteers: list[str], *, leading: bool) -> None:
        carers = {self.owner, self.deputy} - {None}
        if not leading and (not volunteers or (carers and not carers & set(volunteers))):
            raise NotYourPoster


def poster_id(notice: str, building: str, unit: str) -> str:
    return f"{notice}.{building}.{unit}"
