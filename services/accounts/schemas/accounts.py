"""The shapes at accounts' doors, and the words for what stands in them."""

import re
from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError, fields, validate

from shared.events.contracts.accounts import ROLES
from shared.i18n.text import Text
from shared.web.schemas import Query, Shape

ROLE_WORDS = {
    "officer": Text("指挥部", "District office"),
    "staff": Text("社区工作人员", "Community staff"),
    "captain": Text("带班队长", "Shift captain"),
    "volunteer": Text("志愿者", "Volunteer"),
    "rescuer": Text("救援队员", "Rescue team"),
    "donor": Text("捐赠人", "Donor"),
    "operator": Text("系统运维", "Operator"),
}
SLUG = r"[a-z][a-z0-9-]{1,30}"

_USER_SAID = Text(
    "用户名需要 3 到 40 位，只用英文字母、数字和 . _ -",
    "A user name has 3 to 40 letters a–z, digits or . _ -",
)
_SLUG_SAID = Text(
    "代号只用小写英文字母、数字和 -，以字母开头。", "Small letters, digits and -, beginning with a letter."
)
_AUDIENCE_SAID = Text("只能是 district 或 community:<代号>。", "Either district or community:<slug>.")

# Faults of several fields stand together at the top of a form, so each names its field.
_NO_USER: dict[str, Any] = {"required": [Text("请填写用户名。", "Give a user name.")]}
_NO_PASSWORD: dict[str, Any] = {"required": [Text("请填写密码。", "Give a password.")]}


def _like(pattern: str, said: Text) -> Callable[[str], None]:
    """A check that what was given is of this pattern as a whole, and says so otherwise."""

    def check(value: str) -> None:
        if not re.fullmatch(pattern, value):
            raise ValidationError([said])

    return check


class UserName(fields.String):
    """Told apart neither by case nor by the space a phone's keyboard adds."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(*args, **kwargs)).strip().lower()


class Next(Query):
    """`next`: where to go afterwards; only a path of this site is followed."""

    next = fields.String()


class Registration(Shape):
    user = UserName(required=True, validate=_like(r"[a-z0-9._-]{3,40}", _USER_SAID), error_messages=_NO_USER)
    password = fields.String(required=True, validate=validate.Length(10, 128), error_messages=_NO_PASSWORD)
    next = fields.String()


class SignIn(Shape):
    user = UserName(required=True, validate=validate.Length(1, 100), error_messages=_NO_USER)
    password = fields.String(required=True, validate=validate.Length(1, 128), error_messages=_NO_PASSWORD)
    next = fields.String()


class TokenRequest(Shape):
    user = UserName(required=True, validate=validate.Length(1, 100))
    password = fields.String(required=True, validate=validate.Length(1, 128))
    audience = fields.String(load_default="district", validate=_like(rf"district|community:{SLUG}", _AUDIENCE_SAID))


class RefreshToken(Shape):
    refresh_token = fields.String(required=True, validate=validate.Length(1, 200))


class TokenShape(Shape):
    """`expires_in`: seconds."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True)
    refresh_token = fields.String(required=True)


class RenewedShape(Shape):
    renew_at = fields.AwareDateTime(required=True)


class PasswordChange(Shape):
    old = fields.String(required=True, validate=validate.Length(1, 128))
    password = fields.String(required=True, validate=validate.Length(10, 128))


class RightShape(Shape):
    """`scope`: `district`, `community:<slug>`, `team:<id>` or `self`."""

    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    scope = fields.String(required=True, validate=validate.Length(1, 60))


class AccountShape(Shape):
    id = fields.String(required=True)
    user = fields.String(required=True)
    rights = fields.List(fields.Nested(RightShape), required=True)


class HappeningShape(Shape):
    """One entry of an account's history. `actor`: the user name of who did it; null where it came about by itself."""

    at = fields.AwareDateTime(required=True)
    what = fields.String(required=True)
    role = fields.String(allow_none=True)
    scope = fields.String(allow_none=True)
    actor = fields.String(allow_none=True)


class PersonShape(AccountShape):
    history = fields.List(fields.Nested(HappeningShape), required=True)


class PeopleList(Query):
    community = fields.String(validate=validate.Length(1, 40))
    user = UserName(load_default="", validate=validate.Length(max=40))
    after = fields.String(load_default="", validate=validate.Length(max=64))


class CommunityShape(Shape):
    """`residents`: a head-count; `street`: the street office it belongs to."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    residents = fields.Integer(required=True)
    street = fields.String(required=True, allow_none=True)
    street_en = fields.String(required=True, allow_none=True)


class NewCommunity(Shape):
    slug = fields.String(required=True, validate=_like(SLUG, _SLUG_SAID))
    name = fields.String(required=True, validate=validate.Length(1, 40))
    name_en = fields.String(required=True, validate=validate.Length(1, 60))
    residents = fields.Integer(required=True, validate=validate.Range(min=1, max=1_000_000))
    street = fields.String(load_default="", validate=validate.Length(max=40))
    street_en = fields.String(load_default="", validate=validate.Length(max=60))


class PassRequest(Shape):
    community = fields.String(required=True, validate=validate.Length(1, 40))


class PassShape(Shape):
    """`address`: where to go with it, if the community has told the district its own."""

    token = fields.String(required=True)
    address = fields.String(allow_none=True)
