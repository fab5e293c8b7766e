"""What supplies publishes: stock, needs, what is given, and goods on the way. Donors by account id only, never by name.

`place` is a community's slug or `district` for the district's own store; quantities are whole units of the item.
"""

from marshmallow import fields, validate

from shared.events.contracts import EventData, registry

MOVEMENT_KINDS = ("received", "issued", "moved-out", "moved-in", "counted", "expired", "thrown-away", "used")
URGENCIES = ("now", "days", "later")
DONOR_KINDS = ("person", "merchant")
_ID = validate.Length(1, 64)
_COUNT = validate.Range(min=0)
_SOME = validate.Range(min=1)


@registry.event("supplies.item.registered.v1")
class ItemRegistered(EventData):
    """`dangerous_ml`: millilitres in one unit that can burn or harm; `pack`: units that are not parted when shared out."""

    name = fields.String(required=True, validate=validate.Length(1, 40))
    name_en = fields.String(required=True, validate=validate.Length(1, 60))
    unit = fields.String(required=True, validate=validate.Length(1, 10))
    unit_en = fields.String(required=True, validate=validate.Length(1, 20))
    dangerous_ml = fields.Integer(required=True, validate=_COUNT)
    pack = fields.Integer(required=True, validate=_SOME)


class _At(EventData):
    place = fields.String(required=True, validate=validate.Length(1, 40))
    item = fields.String(required=True, validate=_ID)


@registry.event("supplies.stock.moved.v1")
class Moved(_At):
    """One line of a stock's ledger; `quantity` is below zero for what left. Afterwards `balance` was there, and what of it has not
    expired lasts `days_left` whole days at the present rate of use (None: no use is known)."""

    kind = fields.String(required=True, validate=validate.OneOf(MOVEMENT_KINDS))
    quantity = fields.Integer(required=True)
    code = fields.String(required=True, validate=validate.Length(max=40))
    expires = fields.Date(required=True, allow_none=True)
    number = fields.Integer(required=True, validate=_SOME)
    balance = fields.Integer(required=True, validate=_COUNT)
    days_left = fields.Integer(load_default=None, allow_none=True, validate=_COUNT)


@registry.event("supplies.stock.shortage-raised.v1")
class ShortageRaised(_At):
    """At the present rate of use the `balance` that has not expired lasts `days_left` whole days."""

    balance = fields.Integer(required=True, validate=_COUNT)
    days_left = fields.Integer(required=True, validate=_COUNT)


@registry.event("supplies.stock.shortage-cleared.v1")
class ShortageCleared(_At):
    balance = fields.Integer(required=True, validate=_COUNT)


@registry.event("supplies.discrepancy.found.v1")
class DiscrepancyFound(_At):
    """So many were used beyond the book, as `document` says; the account `owner` is to count (None: whoever keeps the place)."""

    quantity = fields.Integer(required=True, validate=_SOME)
    document = fields.String(required=True, validate=validate.Length(1, 120))
    owner = fields.String(required=True, allow_none=True, validate=_ID)


@registry.event("supplies.discrepancy.taken.v1")
class DiscrepancyTaken(EventData):
    owner = fields.String(required=True, validate=_ID)


@registry.event("supplies.discrepancy.settled.v1")
class DiscrepancySettled(EventData):
    """It was counted: so many are there."""

    balance = fields.Integer(required=True, validate=_COUNT)


class _Need(_At):
    """`quantity` None: not known yet."""

    quantity = fields.Integer(required=True, allow_none=True, validate=_SOME)
    urgency = fields.String(required=True, validate=validate.OneOf(URGENCIES))


@registry.event("supplies.need.raised.v1")
class NeedRaised(_Need):
    pass


@registry.event("supplies.need.confirmed.v1")
class NeedConfirmed(_Need):
    """By a second person; from now on donors see it."""


@registry.event("supplies.need.renewed.v1")
class NeedRenewed(EventData):
    pass


@registry.event("supplies.need.stale.v1")
class NeedStale(EventData):
    """Nobody said lately that it still holds; donors do not see it until somebody does."""


@registry.event("supplies.need.met.v1")
class NeedMet(EventData):
    """Stop sending."""

    received = fields.Integer(required=True, validate=_COUNT)


@registry.event("supplies.need.stopped.v1")
class NeedStopped(EventData):
    """Stop sending, though it is not met."""


class _Donor(EventData):
    account = fields.String(required=True, validate=_ID)


class _Given(_Donor):
    item = fields.String(required=True, validate=_ID)
    quantity = fields.Integer(required=True, validate=_SOME)


@registry.event("supplies.pledge.made.v1")
class PledgeMade(_Given):
    """`place` None: for whoever needs it most."""

    place = fields.String(required=True, allow_none=True, validate=validate.Length(1, 40))
    kind = fields.String(required=True, validate=validate.OneOf(DONOR_KINDS))


@registry.event("supplies.pledge.accepted.v1")
class PledgeAccepted(_Given):
    place = fields.String(required=True, validate=validate.Length(1, 40))
    need = fields.String(required=True, allow_none=True, validate=_ID)


@registry.event("supplies.pledge.declined.v1")
class PledgeDeclined(_Donor):
    pass


@registry.event("supplies.pledge.withdrawn.v1")
class PledgeWithdrawn(_Donor):
    pass


@registry.event("supplies.pledge.delivered.v1")
class PartDelivered(_Given):
    """So many came now, `delivered` so far; `complete` once all that was pledged is there."""

    place = fields.String(required=True, validate=validate.Length(1, 40))
    delivered = fields.Integer(required=True, validate=_SOME)
    complete = fields.Boolean(required=True)


@registry.event("supplies.pledge.thanked.v1")
class PledgeThanked(_Donor):
    place = fields.String(required=True, validate=validate.Length(1, 40))


@registry.event("supplies.donation.received.v1")
class DonationReceived(_At):
    """`number` is the receipt's. `account` None: somebody at the door."""

    quantity = fields.Integer(required=True, validate=_SOME)
    number = fields.String(required=True, validate=validate.Length(1, 60))
    pledge = fields.String(required=True, allow_none=True, validate=_ID)
    account = fields.String(required=True, allow_none=True, validate=_ID)


class _Way(EventData):
    sender = fields.String(required=True, validate=validate.Length(1, 40))
    receiver = fields.String(required=True, validate=validate.Length(1, 40))
    item = fields.String(required=True, validate=_ID)
    quantity = fields.Integer(required=True, validate=_COUNT)


@registry.event("supplies.transfer.offered.v1")
class TransferOffered(_Way):
    """All events of a transfer go with its sender."""


@registry.event("supplies.transfer.regretted.v1")
class TransferRegretted(_Way):
    """The district office asked the sender for so many; it has none to spare. What it has, it offers."""


@registry.event("supplies.transfer.agreed.v1")
class TransferAgreed(EventData):
    pass


@registry.event("supplies.transfer.declined.v1")
class TransferDeclined(EventData):
    pass


@registry.event("supplies.transfer.withdrawn.v1")
class TransferWithdrawn(EventData):
    pass


@registry.event("supplies.transfer.sent.v1")
class TransferSent(_Way):
    """So many left the sender and are in nobody's stock until they are received."""


@registry.event("supplies.transfer.received.v1")
class TransferReceived(_Way):
    """So many arrived, so many are lost, so many are still on the way."""

    lost = fields.Integer(required=True, validate=_COUNT)
    on_the_way = fields.Integer(required=True, validate=_COUNT)


@registry.event("supplies.transfer.returned.v1")
class TransferReturned(_Way):
    """So many came back to the sender, who has them in stock again."""

    on_the_way = fields.Integer(required=True, validate=_COUNT)


class _Sharing(EventData):
    item = fields.String(required=True, validate=_ID)
    quantity = fields.Integer(required=True, validate=_COUNT)
    places = fields.Integer(required=True, validate=_SOME)


@registry.event("supplies.sharing.proposed.v1")
class SharingProposed(_Sharing):
    """How so many of an item in the district's store would be shared among so many places."""


@registry.event("supplies.sharing.confirmed.v1")
class SharingConfirmed(_Sharing):
    """A transfer to each of the places is agreed."""


@registry.event("supplies.sharing.dropped.v1")
class SharingDropped(EventData):
    pass


@registry.event("supplies.cupboard.limit-set.v1")
class LimitSet(EventData):
    """The subject is a place; so much of what burns or harms may be kept there."""

    limit_ml = fields.Integer(required=True, validate=_COUNT)
