"""Private links: a volunteer's calendar, and a post's screen for a tablet on which nobody signs in."""

from services.shifts.domain.posts import Post
from services.shifts.store import ShiftsStore
from shared.kernel.command import Command
from shared.kernel.errors import NotFound
from shared.persistence.capability_links import give_link, new_token, revoke_link

CALENDAR, SCREEN = "calendar", "screen"


def give_calendar(store: ShiftsStore, act: Command, account: str) -> str:
    """A fresh token for the caller's calendar; the one before leads nowhere now. Raises NotFound for who is no volunteer here."""
    token, volunteer = new_token(), _own(store, account)
    store.transaction(act, lambda tx: give_link(tx, CALENDAR, volunteer, token))
    return token


def revoke_calendar(store: ShiftsStore, act: Command, account: str) -> None:
    """Raises NotFound for who is no volunteer here."""
    volunteer = _own(store, account)
    store.transaction(act, lambda tx: revoke_link(tx, CALENDAR, volunteer))


def give_screen(store: ShiftsStore, act: Command, post: str) -> str:
    """A fresh token for the screen of a post. Raises NotFound."""
    token = new_token()

    def do(tx: ShiftsStore) -> None:
        tx.load(Post, post)
        give_link(tx, SCREEN, post, token)

    store.transaction(act, do)
    return token


def revoke_screen(store: ShiftsStore, act: Command, post: str) -> None:
    store.transaction(act, lambda tx: revoke_link(tx, SCREEN, post))


def _own(store: ShiftsStore, account: str) -> str:
    roster = store.roster_of(account)
    if roster is None:
        raise NotFound
    return roster.id
