"""What was received, event by event, as people read it: when, who, where, a sentence, and what it says."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from services.district.domain.accounts import Account
from services.district.domain.communities import Community, shift_key
from services.district.domain.volunteers import Volunteer
from services.district.read_views.event_words import CODE_WORDS, EVENT_WORDS, FIELD_WORDS
from services.district.read_views.titles import Titles, titles
from services.district.store import DistrictStore
from services.district.store.log import Received
from shared.events.envelope import DISTRICT, Event
from shared.i18n import dates
from shared.i18n.domain_labels import in_threes, mission_number
from shared.i18n.text import Text

SYSTEM = Text("系统自动", "By itself")
NOTHING = Text("没有", "none")
SEALED = Text("密封，只有通知服务能读", "sealed, for notify only")
YES, NO = Text("是", "yes"), Text("否", "no")
PLACES = ("place", "sender", "giver", "receiver", "borrower", "home")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Datum:
    """One thing an event says: words; `about` leads to the events of what they name; or `parts`, each with things of its own."""

    label: Text
    words: Text | None = None
    about: str | None = None
    parts: Sequence[Sequence["Datum"]] = field(default=())


@dataclass(frozen=True)
class EventSeen:
    received: Received
    place: Text
    who: Text
    words: Text
    data: Sequence[Datum]


def see_events(store: DistrictStore, found: Sequence[Received]) -> list[EventSeen]:
    """In the order they are given."""
    reader = _Reader(store, [one.event for one in found])
    return [reader.see(one) for one in found]


def name_of(store: DistrictStore, found: Sequence[Received]) -> Text | None:
    """What the thing is called that all these happened to, where it has a name that people know; by the first that can be read."""
    event = next((one.event for one in reversed(found) if not one.raw), None)
    if event is None:
        return None
    if "name" in event.data:
        return Text(event.data["name"], event.data.get("name_en", event.data["name"]))
    name = _NAMES.get(event.aggregate)
    return name(store, event, _community(store, event.community)) if name else None


def words_of(type_: str) -> Text:
    """What happened, in words; the type itself where we have none, as of a newer publisher's."""
    return EVENT_WORDS.get(type_.rpartition(".")[0]) or Text(type_, type_)


def _community(store: DistrictStore, community: str) -> Community:
    return store.communities_by_id([community]).get(community, Community(community))


def _mission_name(_store: DistrictStore, event: Event, community: Community) -> Text:
    number = in_threes(mission_number(event.subject))
    return _joined(community.title, Text(f"消杀 {number} 号", f"disinfection No. {number}"))


def _volunteer_name(store: DistrictStore, event: Event, _community: Community) -> Text:
    name = store.names([event.subject]).get(event.subject)
    return Text(name, name) if name else Text("一名志愿者", "A volunteer")


def _post_name(_store: DistrictStore, event: Event, community: Community) -> Text:
    return _joined(community.title, community.title_of(event.subject))


def _shift_name(store: DistrictStore, event: Event, community: Community) -> Text:
    key = shift_key(event.community, event.subject)
    shift = store.shifts_by_key([key]).get(key)
    if shift is None:
        return community.title
    spans = (dates.span(shift.starts, shift.ends, "zh"), dates.span(shift.starts, shift.ends, "en"))
    return _joined(community.title, community.title_of(shift.post), Text(*spans))


def _stock_name(store: DistrictStore, event: Event, _community: Community) -> Text:
    item = store.items().get(event.data["item"])
    place = titles(store).of(event.data["place"])
    return _joined(place, item.title) if item else place


_NAMES = {
    "grid.disinfection": _mission_name,
    "rescue.mission": _mission_name,
    "volunteers.volunteer": _volunteer_name,
    "shifts.post": _post_name,
    "shifts.shift": _shift_name,
    "supplies.stock": _stock_name,
}


def _joined(*parts: Text) -> Text:
    return Text("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))


class _Reader:
    """What is known of whom and what all these events name, asked for once."""

    def __init__(self, store: DistrictStore, events: Sequence[Event]) -> None:
        actors = {event.actor for event in events if event.actor}
        self._places: Titles = titles(store)
        self._accounts: Mapping[str, Account] = store.accounts(actors)
        self._volunteers: Mapping[str, Volunteer] = store.volunteers_of(actors)
        self._communities = store.communities_by_id({event.community for event in events})
        self._items = store.items()
        named = {one for event in events for one in _ids(event.data)} | {event.subject for event in events}
        self._names = store.names(named | {one.id for one in self._volunteers.values()})

    def see(self, one: Received) -> EventSeen:
        event = one.event
        data = _as_it_came(event.data) if one.raw else self._parts(event.data, event)
        return EventSeen(one, self._places.of(event.community), self._who(event.actor), words_of(event.type), data)

    def _who(self, actor: str | None) -> Text:
        """A volunteer by name where they agreed to be named; others by their role and where they have it."""
        if actor is None:
            return SYSTEM
        rights = self._accounts[actor].rights if actor in self._accounts else []
        roles = [self._right(right) for right in rights if not right.endswith(" self")]
        volunteer = self._volunteers.get(actor)
        name = self._names.get(volunteer.id) if volunteer else None
        if name:
            return Text(name, name)
        if roles:
            return roles[0]
        if volunteer:
            return _joined(self._places.of(volunteer.community), CODE_WORDS["volunteer"])
        return Text(f"账号 {actor[-6:]}", f"account {actor[-6:]}")

    def _right(self, right: str) -> Text:
        role, _, scope = right.partition(" ")
        said = CODE_WORDS.get(role, Text(role, role))
        if not scope.startswith("community:"):
            return said
        return _joined(self._places.of(scope.partition(":")[2]), said)

    def _parts(self, said: Mapping[str, Any], event: Event) -> list[Datum]:
        return [self._datum(name, value, event) for name, value in said.items()]

    def _datum(self, name: str, value: Any, event: Event) -> Datum:
        label = FIELD_WORDS.get(name, Text(name, name))
        if isinstance(value, Mapping):
            return Datum(label, parts=[self._parts(value, event)])
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            return Datum(label, parts=[self._parts(one, event) for one in value])
        if isinstance(value, list):
            return Datum(label, _listed(self._said(name, one, event) for one in value))
        about = value if isinstance(value, str) and (_ID.fullmatch(value) or name in ("gate", "post")) else None
        return Datum(label, self._said(name, value, event), about)

    def _said(self, name: str, value: Any, event: Event) -> Text:  # noqa: PLR0911  (a kind of value a line)
        if name == "sealed":
            return SEALED
        if value is None or value == "":
            return NOTHING
        if isinstance(value, bool):
            return YES if value else NO
        if isinstance(value, datetime):
            return Text(*(f"{dates.day(value, lang)} {dates.hm(value)}" for lang in ("zh", "en")))
        if isinstance(value, date):
            return Text(value.isoformat(), value.isoformat())
        if not isinstance(value, str):
            return Text(f"{value:,}", f"{value:,}")
        return self._named(name, value, event) or CODE_WORDS.get(value) or Text(value, value)

    def _named(self, name: str, value: str, event: Event) -> Text | None:
        """The name of what an id stands for, as far as there is one."""
        community = self._communities.get(event.community)
        if community and value in community.posts:
            return community.title_of(value)
        if name == "item" and value in self._items:
            return self._items[value].title
        if name in PLACES and (value == DISTRICT or value in self._places.known):
            return self._places.of(value)
        if value in self._names:
            return Text(self._names[value], self._names[value])
        return Text(f"…{value[-6:]}", f"…{value[-6:]}") if _ID.fullmatch(value) else None


def _as_it_came(said: Mapping[str, Any]) -> list[Datum]:
    """What breaks its contract may be anything: each part as JSON."""
    parts = {name: orjson.dumps(value).decode() for name, value in said.items()}
    return [Datum(FIELD_WORDS.get(name, Text(name, name)), Text(json, json)) for name, json in parts.items()]


def _ids(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _ids(one)
    elif isinstance(value, str) and _ID.fullmatch(value):
        yield value


def _listed(words: Iterable[Text]) -> Text:
    said = list(words)
    return Text("、".join(one.zh for one in said), ", ".join(one.en for one in said)) if said else NOTHING
