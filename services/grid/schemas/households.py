"""The shapes of households, their people, what to mind, looks, files of residents and erasures."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from shared.i18n.text import Text
from shared.web.schemas import JobShape, PhoneField, Query, Shape, UploadField

FLAGS = ("old-alone", "isolation", "needs-help")
VERDICTS = ("new", "changed", "same", "double", "faulty")
ID = validate.Length(1, 64)
_YEAR = re.compile(r"(19\d\d|20\d\d)(?:[-/.年].*)?")
_NOT_A_YEAR = Text("请填写出生年份，例如 1952。", "The year of birth, please, such as 1952.")


class Year(fields.Field[int]):
    """A year of birth; of a whole date the year is kept and nothing else."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        said = _YEAR.fullmatch(str(value).strip())
        if said is None:
            raise ValidationError([_NOT_A_YEAR])
        return int(said[1])


class NewResident(Shape):
    """`building` by name; the household is made where there was none."""

    building = fields.String(required=True, validate=validate.Length(1, 40))
    unit = fields.String(required=True, validate=validate.Length(1, 20))
    door = fields.String(required=True, validate=validate.Length(1, 20))
    name = fields.String(required=True, validate=validate.Length(1, 40))
    phone = PhoneField(load_default=None)
    born = Year(load_default=None)


class Removal(Shape):
    resident = fields.String(required=True, validate=ID)


class Minding(Shape):
    """All that is to be minded here from now on."""

    flags = fields.List(
        fields.String(validate=validate.OneOf(FLAGS)), load_default=list, validate=validate.Length(max=3)
    )


class HouseholdShape(Shape):
    """Where it is and how many live there; who they are is told at a look only."""

    id = fields.String(required=True)
    building = fields.String(required=True)
    unit = fields.String(required=True)
    door = fields.String(required=True)
    residents = fields.Function(lambda one: len(one.residents))


class ResidentShape(Shape):
    id = fields.String(required=True)
    name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    born = fields.Integer(allow_none=True)


class LookedAtShape(Shape):
    id = fields.String(required=True)
    building = fields.String(required=True)
    unit = fields.String(required=True)
    door = fields.String(required=True)
    flags = fields.List(fields.String(), required=True)
    residents = fields.List(fields.Nested(ResidentShape), required=True)


class ToMindShape(Shape):
    id = fields.String(required=True)
    building = fields.String(required=True)
    unit = fields.String(required=True)
    door = fields.String(required=True)
    flags = fields.List(fields.String(), required=True)


class Older(Query):
    before = fields.String(load_default="", validate=validate.Length(max=100))
    household = fields.String(load_default="", validate=validate.Length(max=64))


class LookShape(Shape):
    id = fields.String(required=True, attribute="_id")
    household = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)
    by_name = fields.String(required=True)
    volunteer = fields.String(allow_none=True)


class ImportFile(Shape):
    file = UploadField(required=True)


class Rows(Query):
    verdict = fields.String(load_default="", validate=validate.OneOf(("", *VERDICTS)))
    after = fields.Integer(load_default=0, validate=validate.Range(min=0))


class ImportShape(Shape):
    """`counts` of rows by verdict; `buildings`: those that would be new."""

    id = fields.String(required=True)
    file = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("waiting", "confirmed", "discarded")))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    buildings = fields.List(fields.String(), required=True)
    job = fields.Nested(JobShape, allow_none=True)


class ExportShape(Shape):
    id = fields.String(required=True)
    by = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    people = fields.Integer(required=True)


class ResidentRow(Shape):
    """One row of a file."""

    cell = fields.String(load_default=None, validate=validate.Length(1, 40))
    building = fields.String(required=True, validate=validate.Length(1, 40))
    unit = fields.String(required=True, validate=validate.Length(1, 20))
    door = fields.String(required=True, validate=validate.Length(1, 20))
    name = fields.String(required=True, validate=validate.Length(1, 40))
    phone = PhoneField(load_default=None)
    born = Year(load_default=None)
