"""What a community asks of its rota, and the measures that hold for all."""

from dataclasses import asdict, dataclass
from datetime import timedelta

GAP_HORIZON = timedelta(hours=72)  # how far ahead a lack of people is a gap (docs/architecture/domain.md, "Coverage")
LATE_CLAIM = timedelta(minutes=15)  # a volunteer may still take a shift that has only just begun
CHECK_IN_OPENS = timedelta(minutes=30)  # before the start, so that the relief is there on time
PROMOTED_UNTIL = timedelta(hours=2)  # before the start; nobody is put on duty who may not hear of it in time
REMINDERS = (12, 1)  # hours before the start
RULES = "rules"  # the id of the one there is in a community
NIGHT = (0, 6)  # whoever is on duty between these hours has a night less


@dataclass(frozen=True)
class RulesChanged:
    rest_hours: int
    most_hours_a_day: int
    most_hours_a_week: int
    most_nights_in_a_row: int
    release_hours: int
    ladder_hours: int
    stand_by_minutes: int
    volunteers_minutes: int
    neighbours_minutes: int


@dataclass
class Rules:
    """One community's measures; each begins with what docs/architecture/domain.md says or a cautious guess; staff may change it.

    `release_hours`: so long before the start a volunteer may still give a shift up. `ladder_hours`: a gap so near is searched
    people for without anybody asking. `*_minutes`: how long each step of that search is waited for.
    """

    id: str = RULES
    rest_hours: int = 10
    most_hours_a_day: int = 12
    most_hours_a_week: int = 40
    most_nights_in_a_row: int = 3
    release_hours: int = 6
    ladder_hours: int = 24
    stand_by_minutes: int = 15
    volunteers_minutes: int = 45
    neighbours_minutes: int = 60

    @property
    def rest(self) -> timedelta:
        return timedelta(hours=self.rest_hours)

    def change(self, wanted: "Rules") -> list[RulesChanged]:
        """Take on the wanted measures; the same again changes nothing."""
        if wanted == self:
            return []
        for name, value in asdict(wanted).items():
            setattr(self, name, value)
        return [RulesChanged(**{name: value for name, value in asdict(self).items() if name != "id"})]
