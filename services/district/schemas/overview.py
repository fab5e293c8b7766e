"""The whole district at one moment."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.district.schemas.parts import GapShape, MissionShape, OutlookShape, ToldShape
from shared.i18n.timezone import SHANGHAI
from shared.web.schemas import Query, Shape

MOST = 10**15  # positions


class DistrictShape(Shape):
    """Figures count the communities that are heard; silent ones are in none but `needing` and `silent`. `passages`: of the
    last whole minute; `alerts`: open ones; `shortages`: goods that run short, place by place; `waiting_since`: of the mission
    nobody goes to for the longest time.

    `known_at`: the position in the log that this was looked back from; null: this is now.
    """

    known_at = fields.Integer(allow_none=True)
    at = fields.AwareDateTime(required=True, attribute="overview.at")
    needing = fields.Integer(required=True, attribute="overview.needing")
    silent = fields.Integer(required=True, attribute="overview.silent")
    on_duty = fields.Integer(required=True, attribute="overview.on_duty")
    missing_now = fields.Integer(required=True, attribute="overview.missing_now")
    missing_ahead = fields.Integer(required=True, attribute="overview.missing_ahead")
    passages = fields.Integer(required=True, attribute="flow.latest.count")
    shortages = fields.Integer(required=True, attribute="short")
    alerts = fields.Function(lambda it: len(it.alerts), required=True, metadata={"type": "integer"})
    waiting = fields.Function(lambda it: len(it.waiting), required=True, metadata={"type": "integer"})
    waiting_since = fields.AwareDateTime(required=True, allow_none=True)
    communities = fields.List(fields.Nested(OutlookShape), required=True, attribute="overview.outlooks")
    gaps = fields.List(fields.Nested(GapShape), required=True)
    happenings = fields.List(fields.Nested(ToldShape), required=True)
    missions = fields.List(fields.Nested(MissionShape), required=True)


class Past(fields.Field[int | datetime]):
    """A moment (RFC 3339; without an offset, Shanghai's clock) or a position in the log of what was received."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int | datetime:  # noqa: ARG002  (marshmallow's)
        if not isinstance(value, str):
            raise ValidationError("Not a valid datetime.")
        try:
            if value.isdecimal() and value.isascii():
                return validate.Range(1, MOST)(int(value))
            moment = datetime.fromisoformat(value.replace(" ", "+"))  # a plus that was not escaped
            return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ValidationError("Not a valid datetime.") from error


class KnownAt(Query):
    shown_only = fields.String(data_key="only", load_default="", validate=validate.OneOf(["", "needing"]))
    as_known_at = Past(data_key="as-known-at", load_default=None, metadata={"type": "string"})
