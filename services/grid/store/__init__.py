"""A community's grid as documents, and the questions asked of them, a module a subject."""

from services.grid.store.disinfection import Disinfections
from services.grid.store.register import Register


class GridStore(Register, Disinfections):
    service = "grid"
    kinds = {**Register.kinds, **Disinfections.kinds}
    indexes = {**Disinfections.indexes}
    holds = ()  # what is kept of persons, and until when; deploy/remains.py looks after it
