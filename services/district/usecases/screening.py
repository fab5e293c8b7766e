"""Screening rounds and the cells they go through."""

from services.district.domain.screening import Cell, Round
from services.district.usecases.folds import Folds, fold, local
from shared.events.envelope import Event


def _round(event: Event) -> Round | None:
    if event.type != "grid.round.begun.v1":
        return None
    return Round(event.subject, event.community, event.time, event.time, event.data["households"])


FOLDS: Folds = {
    ("grid.cell",): fold(Cell, "cells", lambda event: Cell(event.subject, event.community), local),
    ("grid.round",): fold(Round, "rounds", _round),
}
