"""A community's grid as documents, and the questions asked of them, a module a subject."""

from services.grid.store.register import Register


class GridStore(Register):
    service = "grid"
    kinds = {**Register.kinds}
    indexes = {}
    holds = ()  # what is kept of persons, and until when; deploy/remains.py looks after it
