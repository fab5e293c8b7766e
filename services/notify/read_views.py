"""What notify's pages and programs are shown: notices in words, and how far each one reached."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from services.notify.domain.deliveries import Delivery
from services.notify.domain.notices import WAYS, Notice
from services.notify.domain.people import Person
from services.notify.domain.rules import Occasion
from services.notify.store import NotifyStore
from services.notify.usecases.spreading import channels_by_way
from services.notify.usecases.wording import letter
from services.notify.usecases.writing import doors_for
from shared.i18n.domain_labels import ROLE_WORDS
from shared.i18n.text import Lang, Text, counted
from shared.replicas.communities import name_of, names

_SINGLE_WORDS = {
    "volunteer": Text("一名志愿者", "one volunteer"),
    "person": Text("一个人", "one person"),
    "heard": Text("当初收到通知的人", "whoever was told before"),
}
OVER = ("sent", "failed", "unknown", "dropped")
STATES = ("waiting", "sending", *OVER)
RIGHT_WORDS = {
    "volunteer": Text("志愿者", "Volunteers"),
    "captain": Text("带班队长", "Captains"),
    "staff": Text("社区工作人员", "Community staff"),
    "donor": Text("捐赠人", "Donors"),
}


@dataclass(frozen=True)
class Told:
    """A notice as it is read."""

    id: str
    kind: str
    title: str
    body: str
    published: datetime | None
    corrects: str | None
    corrected_by: str | None
    withdrawn: bool


@dataclass(frozen=True)
class InboxLetter:
    id: str
    notice: str
    community: str
    title: str
    body: str
    at: datetime | None
    important: bool
    read: datetime | None
    asked: bool
    answer: str | None
    public: bool
    leads_to: str
    asks: bool
    standing: Literal["holds", "corrected", "withdrawn"]


@dataclass
class BuildingReach:
    """`ways` counts the people reached by each; a person reached by two counts under both, but once in what was missed."""

    building: str
    people: int = 0
    ways: dict[str, int] = field(default_factory=dict)
    missed: int = 0
    doors: int = 0
    posted: int = 0


@dataclass(frozen=True)
class Missed:
    """Somebody whom nothing has reached so far, and why."""

    person: str
    name: str | None
    building: str
    unit: str
    why: str


@dataclass(frozen=True)
class Reach:
    people: int
    spreading: bool
    tallies: list[dict[str, Any]]
    done: int
    total: int
    twice: int
    buildings: list[BuildingReach]
    missed: list[Missed]
    answers: dict[str, int]


@dataclass(frozen=True)
class Expected:
    """What a notice that is not out yet would be in its community."""

    community: str
    people: int
    doors: int
    lacking: list[str]


@dataclass(frozen=True)
class Group:
    """One kind of recipients that can be chosen, with how many there are."""

    value: str
    words: Text
    count: int


def tell(
    store: NotifyStore, notice: Notice, lang: Lang, origin: str, at: datetime, person: Person | None = None
) -> Told:
    said = letter(notice, person, name_of(store, notice.community), origin, at, lang=lang)
    return Told(
        notice.id, notice.kind, said.title, said.body, notice.published, notice.corrects, notice.corrected_by,
        notice.standing == "withdrawn",
    )  # fmt: skip


def tell_inbox(
    store: NotifyStore, deliveries: Sequence[Delivery], account: str, lang: Lang, origin: str, at: datetime
) -> list[InboxLetter]:
    person = store.person(account)
    notices = {one.id: one for one in store.find(Notice, {"_id": {"$in": [d.notice for d in deliveries]}})}
    told = []
    for one in deliveries:
        notice = notices.get(one.notice)
        if notice is None:
            continue
        said = tell(store, notice, lang, origin, at, person)
        ask = store.ask(notice.id, account) if notice.request else None
        told.append(InboxLetter(
            one.id, notice.id, notice.community, said.title, said.body, notice.published, notice.important, one.read,
            ask is not None and notice.standing == "published", ask.answer if ask else None, notice.is_shown, notice.leads_to,
            ask is not None, "withdrawn" if notice.standing == "withdrawn" else "corrected" if notice.corrected_by else "holds",
        ))  # fmt: skip
    return told


def places_of(store: NotifyStore, found: Iterable[InboxLetter | Occasion]) -> dict[str, Text]:
    """What the places are called that these are about."""
    known = names(store)
    return {one.community: known.get(one.community) or name_of(store, one.community) for one in found}


def groups_of(store: NotifyStore, community: str, at: datetime) -> dict[str, list[Group]]:
    """All that an audience can be made of here, by kind."""
    counts = store.count_groups(community)

    def some(pairs: Iterable[tuple[str, Text]]) -> list[Group]:
        return [Group(value, words, counts.get(value, 0)) for value, words in pairs]

    on_duty = Group("on-duty", Text("现在值守的人", "On duty now"), store.count_audience(community, ["on-duty"], at))
    everyone, old = some([
        ("everyone", Text("本社区所有人", "Everybody here")), ("over-60", Text("60岁以上", "Over 60")),
    ])  # fmt: skip
    buildings = [(f"building:{one.name}", Text(one.name, one.name)) for one in store.buildings(community)]
    lived_in = {one for one in counts if one.startswith("building:")} - {value for value, _ in buildings}
    buildings += [(one, Text(one.partition(":")[2], one.partition(":")[2])) for one in sorted(lived_in, key=counted)]
    return {
        "who": [everyone, on_duty, old],
        "roles": some([*((f"role:{role}", words) for role, words in RIGHT_WORDS.items()),
                       *((f"role:{role}", words) for role, words in ROLE_WORDS.items() if f"role:{role}" in counts)]),
        "teams": some((f"team:{one['_id']}", Text(one["name"], one["name_en"])) for one in store.teams(community)),
        "buildings": some(buildings),
    }  # fmt: skip


def expect(store: NotifyStore, notice: Notice, at: datetime) -> Expected:
    """How many people it would go to now, on how many doors it would hang, which of its ways lack a channel."""
    people = store.count_audience(notice.community, notice.audience, at)
    doors = len(doors_for(store, notice.community, notice.audience)) if notice.paper else 0
    lacking = [way for way in ways_lacking(store, notice.community) if way in notice.ways]
    return Expected(notice.community, people, doors, lacking)


def ways_lacking(store: NotifyStore, community: str) -> list[str]:
    """The ways by which nothing goes out there, for want of a channel."""
    there = {"inbox", *channels_by_way(store, community), *(one.way for one in store.channels(community) if one.on)}
    return [way for way in WAYS if way not in there]


def words_of(group: str, known: Mapping[str, list[Group]]) -> Text:
    """A group of an audience in words."""
    for one in (one for kind in known.values() for one in kind):
        if one.value == group:
            return one.words
    kind, _, name = group.partition(":")
    return _SINGLE_WORDS.get(kind, Text(name or kind, name or kind))


def progress(store: NotifyStore, notices: Sequence[Notice]) -> tuple[list[dict[str, Any]], int, int]:
    """Deliveries by way and state; how many are over, of how many."""
    counts = store.count_states([one.id for one in notices])
    ways = sorted({way for way, _ in counts})
    tallies = [{"way": way, "states": {state: counts.get((way, state), 0) for state in STATES}} for way in ways]
    done = sum(count for (_, state), count in counts.items() if state in OVER)
    return tallies, done, sum(counts.values())


def reach_of(store: NotifyStore, notice: Notice) -> Reach:
    """How far it has reached: who by which way, which doors have their poster, and whom nothing has reached."""
    tallies, done, total = progress(store, [notice])
    by_person: dict[str, list[Delivery]] = defaultdict(list)
    for one in store.deliveries_of(notice.id):
        if one.way != "group":
            by_person[one.person].append(one)
    buildings: dict[str, BuildingReach] = {}
    missed = []
    for person, deliveries in by_person.items():
        place = buildings.setdefault(deliveries[0].building, BuildingReach(deliveries[0].building))
        place.people += 1
        reached = sorted({one.way for one in deliveries if _has_reached(one)})
        for way in reached:
            place.ways[way] = place.ways.get(way, 0) + 1
        if not reached:
            place.missed += 1
            missed.append((person, deliveries))
    for poster in store.posters_of(notice.id):
        place = buildings.setdefault(poster.building, BuildingReach(poster.building))
        place.doors += 1
        place.posted += poster.placed is not None
    answers: dict[str, int] = {}
    for ask in store.asks_of(notice.id) if notice.request else ():
        answers[ask.answer or "none"] = answers.get(ask.answer or "none", 0) + 1
    return Reach(
        notice.spread, notice.spreading, tallies, done, total, store.count_twice(notice.id),
        sorted(buildings.values(), key=lambda one: (one.building == "", counted(one.building))),
        _missed(store, notice, missed), answers,
    )  # fmt: skip


def _has_reached(one: Delivery) -> bool:
    """What lies unread in the inbox has reached nobody yet."""
    return one.read is not None if one.way == "inbox" else one.state == "sent"


def _missed(store: NotifyStore, notice: Notice, found: list[tuple[str, list[Delivery]]]) -> list[Missed]:
    people = store.people([person for person, _ in found])
    rows = []
    for id_, deliveries in found:
        person = people.get(id_)
        why = next((one.why for one in deliveries if one.why), "")
        name = person.name_in(notice.community) if person else None
        home = person.home if person and person.home and person.home.community == notice.community else None
        rows.append(Missed(id_, name, home.building if home else "", home.unit if home else "", why))
    return sorted(rows, key=lambda one: (one.building == "", counted(one.building), counted(one.unit), one.person))
