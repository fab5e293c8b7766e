"""What notify publishes: notices by id only, posters that are to hang and hang, and what people answered."""

from marshmallow import fields, validate

from shared.events.contracts import EventData, registry


@registry.event("notify.notice.published.v1")
class NoticePublished(EventData):
    """`corrects`: the notice that this one puts right. A title of what is `public` only: all may read it anyway."""

    kind = fields.String(required=True, validate=validate.OneOf(("letter", "tip", "important")))
    public = fields.Boolean(required=True)
    corrects = fields.String(required=True, allow_none=True)
    title = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 120))
    title_en = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 120))


@registry.event("notify.notice.corrected.v1")
class NoticeCorrected(EventData):
    by = fields.String(required=True)


@registry.event("notify.notice.withdrawn.v1")
class NoticeWithdrawn(EventData):
    pass


@registry.event("notify.poster.asked.v1")
class PosterAsked(EventData):
    """To be put up at this door by `owner`, a volunteer; None: nobody cares for it."""

    notice = fields.String(required=True)
    building = fields.String(required=True, validate=validate.Length(1, 40))
    unit = fields.String(required=True, validate=validate.Length(max=40))
    owner = fields.String(required=True, allow_none=True)


@registry.event("notify.poster.placed.v1")
class PosterPlaced(EventData):
    pass


@registry.event("notify.poster.dropped.v1")
class PosterDropped(EventData):
    """The notice no longer holds: what hangs is to be taken down."""


@registry.event("notify.poster.taken-down.v1")
class PosterTakenDown(EventData):
    """It hung though its notice no longer held, and hangs no more."""


@registry.event("notify.answer.given.v1")
class AnswerGiven(EventData):
    """`about` cover: whether `volunteer` comes to the shift `subject`; notice: the answer to it. Said again when changed."""

    about = fields.String(required=True, validate=validate.OneOf(("cover", "notice")))
    subject = fields.String(required=True)
    volunteer = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True, validate=validate.OneOf(("yes", "no")))
