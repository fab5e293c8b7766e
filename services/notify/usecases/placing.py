"""Confirming that a poster hangs or has come down, and a person's word on deliveries that nobody knows the end of."""

from services.notify.domain.deliveries import Delivery
from services.notify.domain.posters import Poster, PosterPlaced, PosterTakenDown
from services.notify.store import NotifyStore
from shared.events.contracts import registry
from shared.kernel.command import Command
from shared.kernel.errors import NotFound

publish = registry.publisher({
    PosterPlaced: "notify.poster.placed.v1",
    PosterTakenDown: "notify.poster.taken-down.v1",
})  # fmt: skip


def place(store: NotifyStore, act: Command, community: str, poster_id: str, account: str, *, leading: bool) -> Poster:
    """Raises NotFound, AlreadyPlaced, NotYourPoster, PosterIsOff."""
    volunteers = volunteers_of(store, community, account)

    def do(tx: NotifyStore) -> Poster:
        poster = tx.poster(community, poster_id)
        tx.save(poster, publish(poster.place(act.at, account, volunteers, leading=leading)), community=community)
        return poster

    return store.transaction(act, do)


def take_down(
    store: NotifyStore, act: Command, community: str, poster_id: str, account: str, *, leading: bool
) -> Poster:
    """Raises NotFound, AlreadyTakenDown, NotYourPoster, PosterHolds."""
    volunteers = volunteers_of(store, community, account)

    def do(tx: NotifyStore) -> Poster:
        poster = tx.poster(community, poster_id)
        tx.save(poster, publish(poster.take_down(act.at, account, volunteers, leading=leading)), community=community)
        return poster

    return store.transaction(act, do)


def volunteers_of(store: NotifyStore, community: str, account: str) -> list[str]:
    """The ids under which this account helps there."""
    person = store.person(account)
    helping = person.helping if person else []
    return [one.volunteer for one in helping if one.community == community and one.standing == "approved"]


def decide(store: NotifyStore, act: Command, community: str, delivery: str, *, again: bool) -> Delivery:
    """Send it once more, or take it for arrived. Raises NotFound, NothingToDecide."""
    found = store.delivery(delivery)
    if found.community != community:
        raise NotFound
    decided = found.decide(again=again, at=act.at)
    store.replace_delivery(found, decided)
    return decided
