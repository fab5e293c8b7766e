"""Event envelope: CloudEvents 1.0 as JSON, always in batches (a batch of one is a batch)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

CONTENT_TYPE = "application/cloudevents-batch+json"
DISTRICT = "district"  # stands where a community would for what belongs to none
MAX_SEQUENCE = 2**31 - 1  # an Integer of the CloudEvents type system has 32 bits
MAX_DEPTH = 32
END_OF_TIME = datetime(2200, 1, 1, tzinfo=UTC)  # whatever is later is a mistake, and near 9999 no page can show it

_TYPE = re.compile(r"[a-z]+(\.[a-z]+(-[a-z]+)*){2}\.v[1-9][0-9]{0,3}")
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
_SOURCE = re.compile(
    r"/district/(?P<central>[a-z]+)|/communities/(?P<community>[a-z][a-z0-9-]{0,39})/(?P<local>[a-z]+)"
)


def is_slug(text: str) -> bool:
    """Whether it can name a community: it stands between the dots of a routing key."""
    return _SLUG.fullmatch(text) is not None


class NotAnEvent(ValueError):
    """The bytes or fields cannot be an event of the backbone; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to one aggregate, `sequence` counting that aggregate's events 1, 2, 3… without gaps."""

    id: str
    type: str
    source: str
    subject: str
    sequence: int
    time: datetime
    community: str
    data: dict[str, Any]
    actor: str | None = None
    traceparent: str | None = None

    def told(self, type_: str, data: dict[str, Any]) -> "Event":
        """The same in another version's words; written out, for it is done for every event that is read."""
        return Event(
            id=self.id,
            type=type_,
            source=self.source,
            subject=self.subject,
            sequence=self.sequence,
            time=self.time,
            community=self.community,
            data=data,
            actor=self.actor,
            traceparent=self.traceparent,
        )

    @property
    def aggregate(self) -> str:
        """`shifts.shift` of `shifts.shift.claimed.v1`."""
        return self.type.rsplit(".", 2)[0]

    @property
    def routing_key(self) -> str:
        return f"{self.community}.{self.type}"

    @property
    def publisher(self) -> str:
        """The broker user that may say this: the community for its own services, else the service."""
        return publisher_of(self.source)


def publisher_of(source: str) -> str:
    match = _SOURCE.fullmatch(source)
    if match is None:
        raise NotAnEvent(f"source {source!r} is neither /district/<service> nor /communities/<id>/<service>")
    return match["community"] or match["central"]


def encode_batch(events: Iterable[Event]) -> bytes:
    return orjson.dumps([to_wire(event) for event in events])


def to_wire(event: Event) -> dict[str, Any]:
    wire = {
        "specversion": "1.0",
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "sequence": event.sequence,
        "time": event.time,
        "community": event.community,
        "datacontenttype": "application/json",
        "data": event.data,
    }
    if event.actor is not None:
        wire["actor"] = event.actor
    if event.traceparent is not None:
        wire["traceparent"] = event.traceparent
    return wire


def decode_batch(body: bytes) -> list[Event]:
    """The events of one message. Raises NotAnEvent for the whole message when any part of it cannot be read."""
    try:
        wires = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotAnEvent(f"not JSON: {error}") from error
    if not isinstance(wires, list) or not wires:
        raise NotAnEvent("not a batch: a JSON array of at least one event is expected")
    return [from_wire(wire) for wire in wires]


def from_wire(wire: Any) -> Event:
    """Reads one CloudEvent; attributes we do not know are left aside. Raises NotAnEvent."""
    if not isinstance(wire, dict):
        raise NotAnEvent("an event is a JSON object")
    if wire.get("specversion") != "1.0":
        raise NotAnEvent(f"specversion {wire.get('specversion')!r} is not 1.0")
    type_ = _text(wire, "type", 120)
    source = _text(wire, "source", 120)
    community = _text(wire, "community", 40)
    _check_origin(type_, source, community)
    sequence = wire.get("sequence")
    if not isinstance(sequence, int) or isinstance(sequence, bool) or not 1 <= sequence <= MAX_SEQUENCE:
        raise NotAnEvent(f"sequence {sequence!r} is not a whole number from 1")
    data = wire.get("data")
    if not isinstance(data, dict):
        raise NotAnEvent("data is not a JSON object")
    _check_keepable(data, MAX_DEPTH)
    return Event(
        id=_text(wire, "id", 64),
        type=type_,
        source=source,
        subject=_text(wire, "subject", 120),
        sequence=sequence,
        time=_moment(_text(wire, "time", 40)),
        community=community,
        data=data,
        actor=_text(wire, "actor", 64) if wire.get("actor") is not None else None,
        traceparent=_text(wire, "traceparent", 64) if wire.get("traceparent") is not None else None,
    )


@lru_cache(maxsize=4096)  # what was found in order once is so again; a fault is never kept
def _check_origin(type_: str, source: str, community: str) -> None:
    if not _TYPE.fullmatch(type_):
        raise NotAnEvent(f"type {type_!r} is not <service>.<aggregate>.<what-happened>.v<N>")
    if not is_slug(community):
        raise NotAnEvent(f"community {community!r} is not a slug")
    match = _SOURCE.fullmatch(source)
    if match is None:
        raise NotAnEvent(f"source {source!r} is neither /district/<service> nor /communities/<id>/<service>")
    if (match["local"] or match["central"]) != type_.split(".", 1)[0]:
        raise NotAnEvent(f"source {source!r} does not publish {type_!r}")
    if match["community"] not in (None, community):
        raise NotAnEvent(f"source {source!r} does not speak for {community!r}")


def _check_keepable(value: Any, depth: int) -> None:
    """Every subscriber must be able to keep an event, if only to park it, and BSON holds less than JSON."""
    if isinstance(value, dict):
        if "\0" in "".join(value):
            raise NotAnEvent("a name in data contains NUL")
        value = list(value.values())
    if isinstance(value, list):
        if depth == 0:
            raise NotAnEvent(f"data is nested deeper than {MAX_DEPTH}")
        for one in value:
            if one.__class__ is not str:  # most are, and any text can be kept
                _check_keepable(one, depth - 1)
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise NotAnEvent(f"{value} in data has more than 64 bits")


def _text(wire: dict[str, Any], name: str, longest: int) -> str:
    value = wire.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise NotAnEvent(f"{name} is not a text of 1 to {longest} characters")
    return value


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotAnEvent(f"time {text!r} is not RFC 3339") from error
    if moment.tzinfo is None:
        raise NotAnEvent(f"time {text!r} has no offset")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError as error:
        raise NotAnEvent(f"time {text!r} is out of range") from error
    if moment >= END_OF_TIME:
        raise NotAnEvent(f"time {text!r} is out of range")
    return moment
