"""Disinfections, as communities ask for them and rescue teams tell of them."""

from services.district.domain.missions import Mission
from services.district.usecases.folds import Folds, fold
from shared.events.envelope import Event


def _mission(event: Event) -> Mission | None:
    if "place" not in event.data:
        return None
    told = {name: event.data[name] for name in ("place", "kind", "urgency", "due")}
    return Mission(event.subject, event.community, **told, since=event.time)


FOLDS: Folds = {("grid.disinfection", "rescue.mission"): fold(Mission, "missions", _mission)}
