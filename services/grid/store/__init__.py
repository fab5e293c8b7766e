"""A community's grid as documents, and the questions asked of them, a module a subject."""

from services.grid.store.disinfection import Disinfections
from services.grid.store.gates import GateLog
from services.grid.store.register import Register
from services.grid.store.requests import Requests


class GridStore(Register, GateLog, Requests, Disinfections):
    service = "grid"
    kinds = {**Register.kinds, **GateLog.kinds, **Requests.kinds, **Disinfections.kinds}
    indexes = {**GateLog.indexes, **Requests.indexes, **Disinfections.indexes}
    # What is kept of persons, and until when; deploy/remains.py looks after it.
    holds = (*GateLog.holds, *Requests.holds)
