"""What grid hears of volunteers: how they are called, and who looks after which building."""

from collections.abc import Sequence

from services.grid.store import GridStore
from shared.events.envelope import Event


def note_names(tx: GridStore, events: Sequence[Event]) -> None:
    """Who agreed to be shown by name is."""
    for event in events:
        tx.note_name(event.subject, event.data["display_name"])


def forget_names(tx: GridStore, events: Sequence[Event]) -> None:
    for event in events:
        tx.forget_name(event.subject)


def note_carers(tx: GridStore, events: Sequence[Event]) -> None:
    """The subject is the building in volunteers' register: community and slug."""
    for event in events:
        building = event.subject.removeprefix(f"{tx.community}/")
        tx.note_carer(building, event.data["unit"], event.data["owner"], event.data["deputy"])


REACTIONS = {
    "volunteers.volunteer.introduced.v1": note_names,
    "volunteers.volunteer.name-withdrawn.v1": forget_names,
    "volunteers.building.care-taken.v1": note_carers,
}
