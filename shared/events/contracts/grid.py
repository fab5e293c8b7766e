"""What a community's grid publishes: cells, buildings and what they count, rounds, gates, requests. Never persons."""

from marshmallow import fields, validate

from shared.events.contracts import EventData, registry

_COUNT = validate.Range(min=0, max=100_000)


@registry.event("grid.cell.drawn.v1")
class CellDrawn(EventData):
    """Said again when its name changes."""

    name = fields.String(required=True, validate=validate.Length(1, 40))


class UnitCounts(EventData):
    """How many households and residents a unit has, and how many of these are over 60."""

    unit = fields.String(required=True, validate=validate.Length(1, 20))
    households = fields.Integer(required=True, validate=_COUNT)
    residents = fields.Integer(required=True, validate=_COUNT)
    over_60 = fields.Integer(required=True, validate=_COUNT)


@registry.event("grid.building.registered.v1")
class BuildingRegistered(EventData):
    """The subject is the building's slug, such as b3; `cell` None: it lies in none yet."""

    name = fields.String(required=True, validate=validate.Length(1, 40))
    cell = fields.String(required=True, allow_none=True, validate=validate.Length(1, 40))
    units = fields.List(fields.Nested(UnitCounts), required=True, validate=validate.Length(max=40))


@registry.event("grid.building.changed.v1")
class BuildingChanged(BuildingRegistered):
    """Another name, cell or unit, or other counts."""


class Tally(EventData):
    """Households of one cell or owner (`of`, None: of nobody's), and at how many of them what was found last."""

    of = fields.String(required=True, allow_none=True, validate=validate.Length(1, 64))
    households = fields.Integer(required=True, validate=_COUNT)
    visited = fields.Integer(required=True, validate=_COUNT)
    not_home = fields.Integer(required=True, validate=_COUNT)
    refused = fields.Integer(required=True, validate=_COUNT)
    revisit = fields.Integer(required=True, validate=_COUNT)
    unwell = fields.Integer(required=True, validate=_COUNT)


@registry.event("grid.round.begun.v1")
class RoundBegun(EventData):
    """`cells` empty: the whole community."""

    cells = fields.List(fields.String(validate=validate.Length(1, 40)), required=True)
    households = fields.Integer(required=True, validate=_COUNT)


@registry.event("grid.round.progressed.v1")
class RoundProgressed(EventData):
    """How far a screening round is: per cell, and per owner by volunteer id."""

    cells = fields.List(fields.Nested(Tally), required=True)
    owners = fields.List(fields.Nested(Tally), required=True)


@registry.event("grid.round.ended.v1")
class RoundEnded(RoundProgressed):
    """What was found before the end may still come in later; then it is told as progress again."""
