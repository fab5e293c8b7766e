"""A community's grid as documents, and the questions asked of them, a module a subject."""

from services.grid.store.disinfection import Disinfections
from services.grid.store.gates import GateLog
from services.grid.store.households import Households
from services.grid.store.owners import Owners
from services.grid.store.register import Register
from services.grid.store.requests import Requests
from services.grid.store.screening import Screening


class GridStore(Register, Owners, Households, Screening, GateLog, Requests, Disinfections):
    service = "grid"
    kinds = {
        **Register.kinds, **Households.kinds, **Screening.kinds, **GateLog.kinds, **Requests.kinds, **Disinfections.kinds,
    }  # fmt: skip
    indexes = {
        **Owners.indexes, **Households.indexes, **Screening.indexes, **GateLog.indexes, **Requests.indexes,
        **Disinfections.indexes,
    }  # fmt: skip
    # What is kept of persons, and until when; deploy/remains.py looks after it.
    holds = (*Owners.holds, *Households.holds, *GateLog.holds, *Requests.holds)
