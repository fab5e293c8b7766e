"""The people who help, their teams, and the buildings in their care."""

from services.district.domain.volunteers import Building, Team, Volunteer
from services.district.usecases.folds import Folds, fold, local
from shared.events.envelope import Event


def _volunteer(event: Event) -> Volunteer | None:
    if event.type != "volunteers.volunteer.applied.v1":
        return None
    return Volunteer(event.subject, event.community, "applied", event.time, event.data["account"])


def _team(event: Event) -> Team | None:
    if event.type != "volunteers.team.founded.v1":
        return None
    return Team(event.subject, event.community, event.data["name"], event.data["name_en"])


def _building_key(event: Event) -> str:
    """Those who care for it name it with its community, its grid without."""
    return event.subject if event.aggregate == "volunteers.building" else local(event)


FOLDS: Folds = {
    ("volunteers.volunteer",): fold(Volunteer, "volunteers", _volunteer),
    ("volunteers.team",): fold(Team, "teams", _team),
    ("volunteers.building", "grid.building"): fold(
        Building, "buildings", lambda event: Building(_building_key(event), event.community), _building_key
    ),
}
