"""What accounts publishes: communities, and what each account may do. Never a name, a user name or a phone number."""

from marshmallow import fields, validate

from shared.crypto.sealed_boxes import LONGEST
from shared.events.contracts import EventData, registry

ROLES = ("officer", "staff", "captain", "volunteer", "rescuer", "donor", "operator")


@registry.event("accounts.community.registered.v1")
class CommunityRegistered(EventData):
    """`residents` is a head-count; names are what signs on the spot say. `street`: the street office (街道) it belongs to."""

    name = fields.String(required=True, validate=validate.Length(1, 40))
    name_en = fields.String(required=True, validate=validate.Length(1, 60))
    residents = fields.Integer(required=True, validate=validate.Range(min=1))
    street = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 40))
    street_en = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 60))


@registry.event("accounts.account.registered.v1")
class AccountRegistered(EventData):
    pass


class _Right(EventData):
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    scope = fields.String(required=True, validate=validate.Length(1, 60))


@registry.event("accounts.account.right-granted.v1")
class RightGranted(_Right):
    """`scope` is `district`, `community:<slug>`, `team:<id>` or `self`."""


@registry.event("accounts.account.right-withdrawn.v1")
class RightWithdrawn(_Right):
    """`valid_from`: the tokens issued before it no longer count."""

    valid_from = fields.AwareDateTime(required=True)


@registry.event("accounts.account.sessions-ended.v1")
class SessionsEnded(EventData):
    """The account signed out everywhere, or its password changed."""

    valid_from = fields.AwareDateTime(required=True)


@registry.event("accounts.revocation.tokens-ended.v1", single=True)
class TokensEnded(EventData):
    """Tokens of `account` issued before `valid_from` no longer count. Every service hears this, and nothing else of accounts
    that does not concern it (docs/adr/0026)."""

    account = fields.String(required=True, validate=validate.Length(1, 60))
    valid_from = fields.AwareDateTime(required=True)


@registry.event("accounts.phone.code-asked.v1")
class CodeAsked(EventData):
    """A one-time code for somebody's phone, good `until` then: `sealed` to notify are `phone` in E.164, `code` and `lang`."""

    sealed = fields.String(required=True, validate=validate.Length(1, LONGEST))
    until = fields.AwareDateTime(required=True)
