"""The shapes of gates, of what is entered there and of what is told of it."""

from marshmallow import fields, validate

from shared.events.contracts.grid_gates import DIRECTIONS, FLAGS, PASSING
from shared.web.schemas import Query, RowsField, Shape

MOST_ENTRIES = 10_000
WAYS = ("person-in", "person-out", "vehicle-in", "vehicle-out")
_WORDS = validate.Length(1, 40)


class _Told(Shape):
    """`id`: chosen by the device, so that an entry sent twice counts once. `offset`: by how many seconds the device's clock was
    behind ours (ahead: less than nothing) at the last contact."""

    id = fields.String(load_default=None, validate=validate.Length(8, 64))
    at = fields.AwareDateTime(load_default=None)
    offset = fields.Float(load_default=None)
    temperature = fields.Float(load_default=None)
    returnee_from = fields.String(load_default=None, validate=_WORDS)
    name = fields.String(load_default=None, validate=_WORDS)
    plate = fields.String(load_default=None, validate=_WORDS)


class Passage(_Told):
    """One entry at this gate; without `at` it is now. `reading`: a temperature that was typed."""

    way = fields.String(required=True, validate=validate.OneOf(WAYS))
    reading = fields.Float(load_default=None)


class EntryRow(_Told):
    gate = fields.String(required=True, validate=_WORDS)
    direction = fields.String(required=True, validate=validate.OneOf(DIRECTIONS))
    kind = fields.String(required=True, validate=validate.OneOf(PASSING))


class Entries(Shape):
    """What a handheld kept. Each row is judged by itself."""

    entries = RowsField(fields.Nested(EntryRow), required=True, validate=validate.Length(1, MOST_ENTRIES))


class RefusedShape(Shape):
    row = fields.Integer(required=True)
    id = fields.String(allow_none=True)
    code = fields.String(required=True, attribute="fault.code")
    detail = fields.String(required=True)


class UploadShape(Shape):
    """`logged` are new, `known` had come before. `at`: our clock, to measure the device's by. `fevers`: ids of entries."""

    at = fields.AwareDateTime(required=True)
    logged = fields.Integer(required=True)
    known = fields.Integer(required=True)
    late = fields.Integer(required=True)
    skewed = fields.Integer(required=True)
    fevers = fields.List(fields.String(), required=True)
    refused = fields.List(fields.Nested(RefusedShape), required=True)


class EntryShape(Shape):
    """`said`: what the device's clock showed; `name` and `plate` as long as they are kept."""

    id = fields.String(required=True, attribute="row.id")
    gate = fields.String(required=True, attribute="row.gate")
    at = fields.AwareDateTime(required=True, attribute="row.at")
    said = fields.AwareDateTime(required=True, attribute="row.said")
    direction = fields.String(required=True, attribute="row.direction")
    kind = fields.String(required=True, attribute="row.kind")
    temperature = fields.Float(allow_none=True, attribute="row.temperature")
    returnee_from = fields.String(allow_none=True, attribute="row.returnee_from")
    name = fields.String(allow_none=True)
    plate = fields.String(allow_none=True)
    flags = fields.List(fields.String(), required=True, attribute="row.flags")


class LoggedShape(Shape):
    id = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    flags = fields.List(fields.String(), required=True)


class GateShape(Shape):
    """A gate, and how many passed it today."""

    id = fields.String(required=True, attribute="gate.id")
    name = fields.String(required=True, attribute="gate.name")
    name_en = fields.String(required=True, attribute="gate.name_en")
    is_open = fields.Boolean(required=True, attribute="gate.is_open")
    came = fields.Integer(required=True)
    went = fields.Integer(required=True)
    late = fields.Integer(required=True)
    fevers = fields.Integer(required=True)


class LogAsked(Query):
    """A day of the log (today if not said), of one gate or all."""

    day = fields.Date(load_default=None)
    gate = fields.String(load_default=None, validate=_WORDS)
    flag = fields.String(load_default=None, validate=validate.OneOf(FLAGS))
    way = fields.String(load_default=None, validate=validate.OneOf(WAYS))
    after = fields.String(load_default="", validate=validate.Length(max=120))


class FlowAsked(Query):
    day = fields.Date(load_default=None)
    gate = fields.String(load_default=None, validate=_WORDS)


class HourShape(Shape):
    """How many came and went in the hour that begins at `starts`, and on the day before at that hour."""

    starts = fields.AwareDateTime(required=True)
    came = fields.Integer(required=True)
    went = fields.Integer(required=True)
    fevers = fields.Integer(required=True)
    came_before = fields.Integer(required=True)
    went_before = fields.Integer(required=True)


class GateRulesShape(Shape):
    """From how many °C on it is a fever, and for how many days names and plates are kept."""

    fever = fields.Float(required=True, validate=validate.Range(36.5, 39.0))
    keep_days = fields.Integer(required=True, validate=validate.Range(1, 30))


class Erasure(Shape):
    """Whoever asked to be forgotten, by name, plate or both."""

    name = fields.String(load_default=None, validate=_WORDS)
    plate = fields.String(load_default=None, validate=_WORDS)


class ErasedShape(Shape):
    entries = fields.Integer(required=True)
