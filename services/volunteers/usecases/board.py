"""Standing on the participation board, with a photo or without, and leaving it."""

from collections.abc import Callable

from services.volunteers.domain.profiles import Profile
from services.volunteers.store import VolunteersStore
from services.volunteers.usecases.profiles import own
from shared.kernel.command import Command


def consent_to_board(store: VolunteersStore, act: Command, community: str, account: str, *, given: bool) -> Profile:
    """Who leaves the board leaves no photo behind. Raises NotFound."""
    volunteer, _ = own(store, community, account)
    return _change(store, act, community, volunteer.id, Profile.join_board if given else Profile.leave_board)


def set_photo(store: VolunteersStore, act: Command, community: str, volunteer_id: str, content: bytes) -> Profile:
    """Raises NotFound, NotAPicture, TooManyPixels."""
    store.profile(community, volunteer_id)
    photo = store.pictures.keep(content)
    return _change(store, act, community, volunteer_id, lambda profile: profile.change_photo(photo))


def remove_photo(store: VolunteersStore, act: Command, community: str, volunteer_id: str) -> Profile:
    """Raises NotFound."""
    return _change(store, act, community, volunteer_id, lambda profile: profile.change_photo(None))


def _change(
    store: VolunteersStore, act: Command, community: str, volunteer_id: str, change: Callable[[Profile], str | None]
) -> Profile:
    """`change` tells which photo is of no use any more: its file goes as soon as nothing refers to it."""
    gone: list[str] = []

    def do(tx: VolunteersStore) -> Profile:
        profile = tx.profile(community, volunteer_id)
        replaced = change(profile)
        gone[:] = [replaced] if replaced else []
        tx.save(profile)
        return profile

    profile = store.transaction(act, do)
    store.pictures.drop(gone)
    return profile
