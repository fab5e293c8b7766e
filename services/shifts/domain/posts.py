"""Posts: the places where people stand guard or work, how many are needed there by the hour, and when they are closed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.shifts.domain.refusals import ClosingOver, ClosingOverlaps, EndsBeforeItBegins
from shared.i18n.timezone import SHANGHAI

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class PostOpened:
    kind: str
    name: str
    name_en: str
    place: str
    skill: str | None


@dataclass(frozen=True)
class PostChanged(PostOpened):
    pass


@dataclass(frozen=True)
class ClosingPlanned:
    closure: str
    starts: datetime
    ends: datetime | None
    move_to: str | None
    buildings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClosingWithdrawn:
    closure: str


@dataclass(frozen=True)
class PostClosed:
    closure: str | None
    buildings: tuple[str, ...] = ()


@dataclass(frozen=True)
class PostReopened:
    closure: str | None


PostEvent = PostOpened | PostChanged | ClosingPlanned | ClosingWithdrawn | PostClosed | PostReopened


@dataclass(frozen=True)
class Need:
    """So many people from one hour to another by the local clock; `to_hour` not after `from_hour` is the next day's."""

    from_hour: int
    to_hour: int
    heads: int

    def covers(self, hour: int) -> bool:
        if self.from_hour < self.to_hour:
            return self.from_hour <= hour < self.to_hour
        return hour >= self.from_hour or hour < self.to_hour


@dataclass
class Closure:
    """One entry of a post's calendar; `ends` None: until it is taken back. Its duties are cancelled, or done at `move_to`."""

    id: str
    starts: datetime
    ends: datetime | None = None
    move_to: str | None = None
    in_force: bool = False

    def touches(self, starts: datetime, ends: datetime) -> bool:
        return starts < (self.ends or ends) and self.starts < ends

    def is_over(self, at: datetime) -> bool:
        return self.ends is not None and self.ends <= at


@dataclass
class Post:
    """A place where people stand guard or work; `id` is a slug that staff chose, such as `gate-2`.

    `skill`: whoever stands here must have it. `needs`: how many people by the hour. `open`: whether it is at this moment.
    `buildings`: whose people pass here; none: everybody's.
    """

    id: str
    kind: str
    name: str
    name_en: str
    place: str
    open: bool = True
    skill: str | None = None
    needs: list[Need] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    buildings: list[str] = field(default_factory=list)

    def opened(self) -> PostOpened:
        return PostOpened(self.kind, self.name, self.name_en, self.place, self.skill)

    def change(
        self,
        *,
        kind: str,
        name: str,
        name_en: str,
        place: str,
        skill: str | None,
        needs: list[Need],
        buildings: list[str],
    ) -> list[PostChanged]:
        """What is planned already stays as it is. Changing nothing is no change; needs and buildings are nobody else's affair."""
        self.needs, self.buildings = needs, buildings
        before = self.opened()
        self.kind, self.name, self.name_en, self.place, self.skill = kind, name, name_en, place, skill
        return [] if self.opened() == before else [PostChanged(kind, name, name_en, place, skill)]

    def heads(self, starts: datetime, ends: datetime) -> int:
        """How many people a turn needs: as many as its busiest hour."""
        first = starts.astimezone(SHANGHAI)
        hours = [(first + number * HOUR).hour for number in range(max(-((starts - ends) // HOUR), 1))]
        return max(sum(need.heads for need in self.needs if need.covers(hour)) for hour in hours)

    def is_closed(self, starts: datetime, ends: datetime) -> bool:
        """Whether it is closed in any part of this time."""
        return any(closure.touches(starts, ends) for closure in self.closures)

    def plan_closing(self, closure: Closure, at: datetime) -> list[PostEvent]:
        """Enter a closing; one that begins now is in force at once. Raises EndsBeforeItBegins, ClosingOverlaps."""
        if closure.ends is not None and closure.ends <= max(closure.starts, at):
            raise EndsBeforeItBegins("ends")
        if any(
            other.touches(closure.starts, closure.ends or datetime.max.replace(tzinfo=at.tzinfo))
            for other in self.closures
        ):
            raise ClosingOverlaps("starts")
        self.closures = [*(other for other in self.closures if not other.is_over(at)), closure]
        planned = ClosingPlanned(closure.id, closure.starts, closure.ends, closure.move_to, tuple(self.buildings))
        return [planned, *self.keep_calendar(at)]

    def keep_calendar(self, at: datetime) -> list[PostEvent]:
        """Close or open the post where the time for it has come."""
        happened: list[PostEvent] = []
        for closure in self.closures:
            if not closure.in_force and closure.starts <= at and not closure.is_over(at):
                closure.in_force, self.open = True, False
                happened.append(PostClosed(closure.id, tuple(self.buildings)))
            elif closure.in_force and closure.is_over(at):
                closure.in_force, self.open = False, True
                happened.append(PostReopened(closure.id))
        return happened

    def closure(self, closure_id: str, at: datetime) -> Closure:
        """Raises ClosingOver where there is none, or none any more."""
        found = next((one for one in self.closures if one.id == closure_id and not one.is_over(at)), None)
        if found is None:
            raise ClosingOver
        return found

    def take_back(self, closure: Closure) -> list[PostEvent]:
        """The closing is not to be, or no longer."""
        self.closures = [one for one in self.closures if one.id != closure.id]
        if not closure.in_force:
            return [ClosingWithdrawn(closure.id)]
        self.open = True
        return [PostReopened(closure.id)]
