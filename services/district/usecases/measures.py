"""What a look at the read models finds of all that alerts watch."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from services.district.domain.alerts import MINUTE, Seen, Sight, Subject
from services.district.domain.communities import Part, Shift, silence
from services.district.store import DistrictStore
from shared.events.envelope import DISTRICT
from shared.i18n.text import Text

FEVERS_WITHIN = timedelta(hours=1)
SERVICE_WORDS = {
    "accounts": Text("账号", "Accounts"),
    "volunteers": Text("志愿者", "Volunteers"),
    "shifts": Text("排班", "Shifts"),
    "supplies": Text("物资", "Supplies"),
    "notify": Text("通知", "Notices"),
    "grid": Text("网格", "Grid"),
    "rescue": Text("救援", "Rescue"),
}


def look_around(store: DistrictStore, rule: str, at: datetime) -> Sight:
    """How it stands with everything this rule watches, at this moment."""
    store = store.shown()
    parts = store.other_parts()
    stale = frozenset(part.source for part in parts if silence(part.pulse, at))
    return Sight({one.subject: one for one in _MEASURES[rule](store, parts, at)}, stale)


def _gates(store: DistrictStore, _parts: Sequence[Part], at: datetime) -> Iterable[Seen]:
    """Open gates with a shift that runs and nobody there, also nobody who stayed on from the last one."""
    standing: dict[tuple[str, str], list[Shift]] = {}
    for shift in store.shifts_standing(at):
        standing.setdefault((shift.community, shift.post), []).append(shift)
    for community in store.communities():
        for id_, post in community.posts.items():
            there = standing.get((community.id, id_), [])
            running = [shift for shift in there if shift.is_running(at)]
            if post.kind == "gate" and post.is_open and running and not any(shift.present for shift in there):
                since = min(max(shift.starts, shift.left or shift.starts) for shift in running)
                yield _lasting("uncovered-gate", community.id, id_, since, at, post.title)


def _fevers(store: DistrictStore, _parts: Sequence[Part], at: datetime) -> Iterable[Seen]:
    return [
        Seen(Subject("fever-cluster", community, "gates"), count, at, Text("", ""))
        for community, count in store.fevers(at - FEVERS_WITHIN).items()
    ]


def _shortages(store: DistrictStore, _parts: Sequence[Part], at: datetime) -> Iterable[Seen]:
    found = store.stocks_short()
    items = store.items() if found else {}
    for one in found:
        if one.short_since is not None:
            about = items[one.item].title if one.item in items else Text(one.item, one.item)
            yield _lasting("shortage", one.place, one.item, one.short_since, at, about)


def _missions(store: DistrictStore, _parts: Sequence[Part], at: datetime) -> Iterable[Seen]:
    """Those past their time, or of which the office was told that nobody takes them."""
    for one in store.missions():
        if one.told or one.is_late(at):
            since = min(one.due, at) if one.is_late(at) else one.since
            yield _lasting("mission-late", one.community, one.id, since, at, Text(one.place, one.place))


def _links(_store: DistrictStore, parts: Sequence[Part], at: datetime) -> Iterable[Seen]:
    for part in parts:
        quiet = silence(part.pulse, at)
        if quiet is not None and quiet.since is not None:
            yield _lasting("silent-link", _community(part), part.source, quiet.since, at, _service(part))


def _parked(_store: DistrictStore, parts: Sequence[Part], at: datetime) -> Iterable[Seen]:
    for part in parts:
        count = part.parked + part.unreadable
        if count:
            yield Seen(Subject("parked-events", _community(part), part.source), count, at, _service(part))


def _rounds(store: DistrictStore, _parts: Sequence[Part], at: datetime) -> Iterable[Seen]:
    for one in store.rounds_open():
        left = one.whole.left
        if left:
            about = Text(str(left), str(left))
            yield _lasting("screening-stalled", one.community, one.id, one.moved, at, about)


_MEASURES: Mapping[str, Callable[[DistrictStore, Sequence[Part], datetime], Iterable[Seen]]] = {
    "uncovered-gate": _gates,
    "fever-cluster": _fevers,
    "shortage": _shortages,
    "mission-late": _missions,
    "silent-link": _links,
    "parked-events": _parked,
    "screening-stalled": _rounds,
}


def _lasting(rule: str, community: str, id_: str, since: datetime, at: datetime, about: Text) -> Seen:
    """What is there is at 1 at least, however short: at 0 it would be gone."""
    return Seen(Subject(rule, community, id_), max((at - since) // MINUTE, 1), since, about)


def _community(part: Part) -> str:
    """Of `/communities/<community>/<service>` or `/district/<service>`."""
    _, scope, *rest = part.source.split("/")
    return rest[0] if scope == "communities" else DISTRICT


def _service(part: Part) -> Text:
    name = part.source.rsplit("/", 1)[1]
    return SERVICE_WORDS.get(name, Text(name, name))
