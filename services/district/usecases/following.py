"""What the district does with what it hears: folds every batch of facts into what it shows."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from services.district.domain.communities import Community, Shift, Standing, shift_key
from services.district.domain.days import Said, count_days
from services.district.domain.gates import Passed, sum_up, tally
from services.district.store import DistrictStore
from services.district.usecases import accounts, help_answers, missions, reach, screening, stock, volunteers
from services.district.usecases.folds import Fold
from services.district.usecases.happenings import happenings
from services.district.usecases.types import CANCELLED, MISSED, MOVED, PLANNED, REGISTERED, RESTORED
from shared.events.contracts import registry
from shared.events.envelope import Event

FOLLOWED = (
    "accounts.community", "accounts.account", "volunteers.volunteer", "volunteers.team", "volunteers.building",
    "volunteers.help",
    "shifts.post", "shifts.shift", "shifts.swap", "shifts.cover", "shifts.roster", "shifts.rules",
    "supplies.item", "supplies.stock", "supplies.cupboard", "supplies.discrepancy", "supplies.need", "supplies.pledge",
    "supplies.donation", "supplies.transfer", "supplies.sharing",
    "notify.notice", "notify.poster", "notify.answer",
    "grid.cell", "grid.building", "grid.round", "grid.disinfection", "grid.gate-log", "grid.request",
    "rescue.team", "rescue.mission",
)  # fmt: skip

INTRODUCED = "volunteers.volunteer.introduced.v1"
NAME_WITHDRAWN = "volunteers.volunteer.name-withdrawn.v1"
ENTRIES_LOGGED = "grid.gate-log.entries-logged.v1"
# Followed elsewhere, or of teams of the whole district.
OF_NO_PLACE = ("accounts.account.", "shifts.shift.", "supplies.", "rescue.", "grid.")

FOLDS = {
    aggregate: fold
    for module in (accounts, help_answers, missions, reach, screening, stock, volunteers)
    for aggregates, fold in module.FOLDS.items()
    for aggregate in aggregates
}

STANDINGS: dict[str, tuple[Standing | None, Standing | None]] = {
    "volunteers.volunteer.applied.v1": (None, "applied"),
    "volunteers.volunteer.approved.v1": ("applied", "approved"),
    "volunteers.volunteer.refused.v1": ("applied", "refused"),
    "volunteers.volunteer.suspended.v1": ("approved", "suspended"),
    "volunteers.volunteer.reinstated.v1": ("suspended", "approved"),
    "volunteers.volunteer.folded.v1": ("applied", None),
}

MOVES: dict[str, Callable[[Shift, dict[str, Any]], None]] = {
    CANCELLED: lambda shift, _data: shift.cancel(),
    RESTORED: lambda shift, _data: shift.restore(),
    MOVED: lambda shift, data: shift.move(data["post"]),
    MISSED: lambda shift, data: shift.release(data["volunteer"]),
    "shifts.shift.need-changed.v1": lambda shift, data: shift.need(data["head_count"]),
    "shifts.shift.claimed.v1": lambda shift, data: shift.claim(data["volunteer"]),
    "shifts.shift.released.v1": lambda shift, data: shift.release(data["volunteer"]),
    "shifts.shift.checked-in.v1": lambda shift, data: shift.arrive(data["volunteer"]),
    "shifts.shift.checked-out.v1": lambda shift, data: shift.leave(data["volunteer"], data["at"]),
}


def follow(store: DistrictStore, events: Sequence[Event]) -> None:
    """Takes in a batch of facts from anywhere, with one read and one write per read model."""
    shifts = [event for event in events if event.aggregate == "shifts.shift"]
    _follow_shifts(store, shifts)
    _follow_communities(store, [event for event in events if not event.type.startswith(OF_NO_PLACE)])
    _fold(store, events)
    passages = tally(_passed(events))
    store.count_passages(passages | sum_up(passages))
    store.count_days(count_days(Said(event.community, event.type, event.time, event.data) for event in events))
    store.keep_names(
        {
            event.subject: event.data.get("display_name")
            for event in events
            if event.type in (INTRODUCED, NAME_WITHDRAWN)
        }
    )
    store.keep_happenings(happenings(events))


def _follow_shifts(store: DistrictStore, events: Sequence[Event]) -> None:
    """Of a shift whose plan was never heard nothing can be shown."""
    shifts = store.shifts_by_key({shift_key(event.community, event.subject) for event in events})
    for event in events:
        key = shift_key(event.community, event.subject)
        if event.type == PLANNED:
            told = {name: event.data[name] for name in ("post", "starts", "ends", "head_count", "skill")}
            shifts[key] = Shift(event.subject, event.community, **told)
        elif key in shifts and event.type in MOVES:
            MOVES[event.type](shifts[key], event.data)
    store.keep_shifts(shifts.values())


def _fold(store: DistrictStore, events: Sequence[Event]) -> None:
    heard = dict[Fold, list[Event]]()
    for event in events:
        if fold := FOLDS.get(event.aggregate):
            heard.setdefault(fold, []).append(event)
    for fold, its in heard.items():
        fold(store, its)


def _follow_communities(store: DistrictStore, events: Sequence[Event]) -> None:
    places = {event.subject if event.type == REGISTERED else event.community for event in events}
    communities = {place: Community(place) for place in places} | store.communities_by_id(places)
    for event in events:
        if event.type == REGISTERED:
            communities[event.subject].register(**event.data, at=event.time)
        else:
            _follow_community(communities[event.community], event)
    store.keep_communities(communities.values())


def _follow_community(community: Community, event: Event) -> None:
    if event.type in STANDINGS:
        community.count(*STANDINGS[event.type])
    elif event.type in ("shifts.post.opened.v1", "shifts.post.changed.v1"):
        community.name_post(event.subject, **{name: event.data[name] for name in ("kind", "name", "name_en")})
    elif event.type in ("shifts.post.closed.v1", "shifts.post.reopened.v1"):
        community.turn_post(event.subject, is_open=event.type == "shifts.post.reopened.v1")


def _passed(events: Sequence[Event]) -> Iterable[Passed]:
    """Those that passed gates, one by one."""
    for event in events:
        if event.type == ENTRIES_LOGGED:
            gate = event.data["gate"]
            for entry in event.data["entries"]:
                yield Passed(event.community, gate, entry["at"], (entry["direction"], *entry["flags"]))


REACTIONS = {one.type: follow for one in registry.contracts() if one.type.rsplit(".", 2)[0] in FOLLOWED}
