"""How a read model hears events: each thing hears its own, one after the other."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from services.district.store import DistrictStore
from shared.events.envelope import Event


class Hearing(Protocol):
    def hear(self, type_: str, said: Mapping[str, Any], at: datetime, /) -> None: ...


T = TypeVar("T", bound=Hearing)
Fold = Callable[[DistrictStore, Sequence[Event]], None]
Folds = Mapping[tuple[str, ...], Fold]  # by the aggregates it hears, in the order they came


def fold(
    cls: type[T],
    collection: str,
    begin: Callable[[Event], T | None],
    key: Callable[[Event], str] = lambda event: event.subject,
) -> Fold:
    """With one read and one write for a batch. `begin` makes a thing of the first event that says enough for it; of one
    that was only ever heard of in part nothing can be shown."""

    def follow(store: DistrictStore, events: Sequence[Event]) -> None:
        known = store.by_id(cls, collection, {key(event) for event in events})
        for event in events:
            id_ = key(event)
            one = known.get(id_) or begin(event)
            if one is not None:
                one.hear(event.type, event.data, event.time)
                known[id_] = one
        store.keep_all(collection, known)

    return follow


def local(event: Event) -> str:
    """For what each community numbers by itself: tells it apart in the whole district."""
    return f"{event.community}/{event.subject}"
