"""What others say was used, taken from the community's book: facts, also where they go beyond it."""

from collections.abc import Sequence

from services.supplies.store import SuppliesStore
from services.supplies.usecases.stock import take_used
from shared.events.envelope import Event


def take_litres(tx: SuppliesStore, events: Sequence[Event]) -> None:
    """What a disinfection took, by the own team or a rescue team; each event once."""
    for event in events:
        used = event.data
        if used["litres"]:
            take_used(tx, event.id, event.community, used["agent"], used["litres"], f"消杀 {event.subject[-8:]}")


REACTIONS = {"rescue.mission.finished.v1": take_litres, "grid.disinfection.done.v1": take_litres}
