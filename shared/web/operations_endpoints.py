"""Operations endpoints of every service: health, dead letters, failing jobs, and republishing from the outbox."""

from collections.abc import Callable
from typing import Any

from marshmallow import fields, validate

from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import NotFound
from shared.messaging import dead_letter_admin
from shared.persistence.job_failures import failing_now
from shared.web import Call, Reply, endpoint, only
from shared.web.schemas import Shape

OPERATOR = only("operator")
REASON_MOST = 200


class AsideShape(Shape):
    """An event (or a message that cannot be read: state raw) that had no effect yet, with the reason and since when."""

    id = fields.String(required=True, attribute="_id")
    state = fields.String(required=True, validate=validate.OneOf(["parked", "waiting", "discarded", "raw"]))
    type = fields.String(allow_none=True)
    community = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    attempts = fields.Integer()
    since = fields.AwareDateTime()
    next_try = fields.AwareDateTime(allow_none=True)


class FailingShape(Shape):
    """Scheduled work that failed for one item and is tried again by itself; item empty: what is due could not even be found."""

    job = fields.String(required=True)
    item = fields.String(required=True)
    reason = fields.String(required=True)
    attempts = fields.Integer(required=True)
    since = fields.AwareDateTime(required=True)
    next_try = fields.AwareDateTime(required=True, allow_none=True)


class OperationsShape(Shape):
    """`away`: what cannot be reached now. `waiting`: events that the broker does not have yet, `oldest` of them since when."""

    source = fields.String(required=True)
    away = fields.List(fields.String(), required=True)
    waiting = fields.Integer(required=True)
    oldest = fields.AwareDateTime(allow_none=True)
    aside = fields.List(fields.Nested(AsideShape), required=True)
    failing = fields.List(fields.Nested(FailingShape), required=True)


class DiscardShape(Shape):
    reason = fields.String(required=True, validate=validate.Length(1, REASON_MOST))


class SayAgainShape(Shape):
    since = fields.AwareDateTime(required=True, default_timezone=SHANGHAI)


class SaidAgainShape(Shape):
    events = fields.Integer(required=True)


def doors_beneath(url_prefix: str) -> dict[str, Callable[..., Any]]:
    """By name, to be methods of the service whose prefix this is."""
    home = f"{url_prefix}/operations"

    def back(call: Call) -> str:
        return home.replace("<community>", call.store.community or "")

    @endpoint("GET", home, who=OPERATOR, out=OperationsShape, page="operations.html")
    def operations(self: Any, call: Call, **_path: str) -> Reply:
        """How this part of the district is: what it cannot reach, what waits to be sent, what it could not take, and what it should
        do by the clock and cannot."""
        waiting, oldest = call.store.journal.depth()
        found = [_told(one) for one in dead_letter_admin.parked(call.store.database)]
        return Reply(
            {
                "source": call.store.source,
                "away": self.health.away(),
                "waiting": waiting,
                "oldest": oldest,
                "aside": found,
                "failing": failing_now(call.store.database),
            },
            page={"home": back(call)},
        )

    @endpoint("POST", f"{home}/aside/<id_>/retry", who=OPERATOR)
    def retry_aside(_self: Any, call: Call, id_: str, **_path: str) -> Reply:
        """Try a parked event again at once."""
        _found(lambda: dead_letter_admin.retry(call.store.database, id_))
        return Reply({}, then=back(call), says=Text("马上再试。", "It is tried again at once."))

    @endpoint("POST", f"{home}/aside/<id_>/discard", who=OPERATOR, body=DiscardShape)
    def discard_aside(_self: Any, call: Call, id_: str, **_path: str) -> Reply:
        """Pass over a parked event, or drop an unreadable message, for good; who and why stay on record."""
        _found(lambda: dead_letter_admin.discard(call.store.database, id_, by=call.account, reason=call.body["reason"]))
        return Reply({}, then=back(call), says=Text("已放弃，原因已记录。", "Passed over; the reason is on record."))

    @endpoint("POST", f"{home}/said-again", who=OPERATOR, body=SayAgainShape, out=SaidAgainShape)
    def say_again(_self: Any, call: Call, **_path: str) -> Reply:
        """Send everything said from a moment on once more; who has taken it passes over it."""
        said = call.store.journal.say_again(call.body["since"])
        return Reply(
            {"events": said},
            then=back(call),
            says=Text(f"正在重发 {said} 条事件。", f"{said} events are being sent again."),
        )

    return {one.__name__: one for one in (operations, retry_aside, discard_aside, say_again)}


def _told(one: dict[str, Any]) -> dict[str, Any]:
    """With all that is said of any: a raw message has no type and no attempts, and what waits has no reason of its own."""
    nothing = {"type": None, "community": None, "reason": None, "attempts": 0, "next_try": None}
    return {**nothing, **one, "since": one.get("since") or one["at"]}


def _found(decide: Callable[[], None]) -> None:
    try:
        decide()
    except LookupError as missing:
        raise NotFound from missing
