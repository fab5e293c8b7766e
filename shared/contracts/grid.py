"""What a community's grid publishes: cells, buildings and what they count, rounds, gates, requests. Never persons."""

from marshmallow import fields, validate

from shared.contracts import EventData, registry

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
