"""The shapes of cells and buildings."""

import re
from typing import Any

from marshmallow import fields, validate

from shared.web.schemas import Shape

MOST_UNITS = 40


class UnitNames(fields.List[str]):
    """A list; in a form one line, its units parted by commas."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            fields.String(validate=validate.Length(1, 20)), validate=validate.Length(max=MOST_UNITS), **options
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        texts = value if isinstance(value, list) else [value]
        parted = [part for one in texts for part in (_parted(one) if isinstance(one, str) else [one])]
        return super()._deserialize(parted, attr, data, **options)


def _parted(line: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,，、\n]", line) if part.strip()]


class NewCell(Shape):
    """`cell`: the one that gets another name."""

    name = fields.String(required=True, validate=validate.Length(1, 40))
    cell = fields.String(load_default=None, validate=validate.Length(1, 40))


class NewBuilding(Shape):
    name = fields.String(required=True, validate=validate.Length(1, 40))
    cell = fields.String(load_default=None, validate=validate.Length(1, 40))
    units = UnitNames(load_default=list)


class CellShape(Shape):
    id = fields.String(required=True)
    name = fields.String(required=True)


class UnitShape(Shape):
    unit = fields.String(required=True)
    households = fields.Integer(required=True)
    residents = fields.Integer(required=True)
    over_60 = fields.Integer(required=True)


class BuildingShape(Shape):
    id = fields.String(required=True)
    name = fields.String(required=True)
    cell = fields.String(allow_none=True)
    units = fields.List(fields.Nested(UnitShape), required=True)
    households = fields.Integer(required=True)
    residents = fields.Integer(required=True)
    over_60 = fields.Integer(required=True)


class CarerShape(Shape):
    unit = fields.String(required=True)
    owner = fields.String(allow_none=True)
    deputy = fields.String(allow_none=True)


class CoverShape(Shape):
    """`uncovered`: the units without an owner; "" for a building without units."""

    building = fields.String(required=True)
    name = fields.String(required=True)
    uncovered = fields.List(fields.String(), required=True)
    units = fields.List(fields.Nested(CarerShape), required=True)
