"""The shapes of what comes from Excel."""

from marshmallow import fields

from shared.web.schemas import Shape, UploadField


class Workbook(Shape):
    file = UploadField(required=True)


class ItemRowShape(Shape):
    number = fields.Integer(required=True)
    known = fields.Boolean(required=True)
    code = fields.String(required=True, attribute="item.id", allow_none=True)
    faulty = fields.Function(lambda row: bool(row.faults))


class CountRowShape(Shape):
    number = fields.Integer(required=True)
    item = fields.String(required=True)
    code = fields.String(required=True)
    expires = fields.Date(required=True, allow_none=True)
    booked = fields.Integer(required=True)
    counted = fields.Integer(required=True, allow_none=True)
    faulty = fields.Function(lambda row: bool(row.faults))


class ImportShape(Shape):
    """`faulty` rows are left out; of a stock take, all rows of an item of which one is."""

    id = fields.String(required=True)
    state = fields.String(required=True)
    faulty = fields.Integer(required=True)
    parts = fields.Integer(required=True)
    items = fields.List(fields.Nested(ItemRowShape), required=True)
    counts = fields.List(fields.Nested(CountRowShape), required=True)
