"""What volunteers tell of themselves, agree to, and take back."""

from dataclasses import replace
from typing import Any, TypedDict, Unpack

from services.volunteers.domain import volunteers as domain
from services.volunteers.domain.profiles import Profile
from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.store import VolunteersStore
from services.volunteers.usecases import loans
from shared.events.contracts import registry
from shared.kernel.command import Command
from shared.kernel.errors import NotFound

publish = registry.publisher(
    {
        domain.Introduced: "volunteers.volunteer.introduced.v1",
        domain.NameWithdrawn: "volunteers.volunteer.name-withdrawn.v1",
        domain.Reachable: "volunteers.volunteer.reachable.v1",
    }
)


class Told(TypedDict):
    """What a volunteer tells of themselves, `phone` in E.164."""

    phone: str
    occupation: str | None
    party_member: bool


def own(store: VolunteersStore, community: str, account: str) -> tuple[Volunteer, Profile]:
    """Raises NotFound for who has not applied here."""
    volunteer = store.of_account(community, account)
    if volunteer is None:
        raise NotFound
    return volunteer, store.profile(community, volunteer.id)


def sealed(store: VolunteersStore, community: str, told: Told) -> dict[str, Any]:
    """What was told, as a Profile keeps it. Outside any transaction."""
    return {**told, "phone": store.vault.seal_findable(community, told["phone"])}


def reachable(store: VolunteersStore, phone: str, home: str) -> list[domain.Reachable]:
    """How notify may reach this person, for no other to read. Outside any transaction."""
    box = store.seal_for_notify({"phone": phone, "building": home})
    return [domain.Reachable(box)] if box else []


def change(
    store: VolunteersStore, act: Command, community: str, account: str, *, display_name: str, home: str,
    **told: Unpack[Told],
) -> Volunteer:  # fmt: skip
    """The person themselves; whoever knows their name is told the new one. Raises NotFound."""
    kept = sealed(store, community, told)
    found = reachable(store, told["phone"], home)

    def do(tx: VolunteersStore) -> Volunteer:
        volunteer, profile = own(tx, community, account)
        moved = (profile.phone, volunteer.home) != (kept["phone"], home)
        volunteer.home = home
        renamed = volunteer.rename(display_name)
        tx.save(volunteer, publish([*renamed, *(found if moved else ())]), community=community)
        if renamed:
            loans.tell_name(tx, volunteer)
        tx.save(replace(profile, **kept))
        return volunteer

    return store.transaction(act, do)


def consent_to_name(store: VolunteersStore, act: Command, community: str, account: str, *, given: bool) -> Volunteer:
    """Raises NotFound."""

    def do(tx: VolunteersStore) -> Volunteer:
        volunteer, _ = own(tx, community, account)
        happened = volunteer.show_name() if given else volunteer.withdraw_name()
        tx.save(volunteer, publish(happened), community=community)
        if happened:
            (loans.tell_name if given else loans.withdraw_name)(tx, volunteer)
        return volunteer

    return store.transaction(act, do)


def phone_of(store: VolunteersStore, act: Command, community: str, volunteer_id: str) -> str:
    """Staff look at a volunteer's phone, and that they did is on record before they see it. Raises NotFound, SealLost."""
    sealed = store.profile(community, volunteer_id).phone
    if sealed is None:
        raise NotFound
    store.note_look({"_id": act.id, "community": community, "volunteer": volunteer_id, "by": act.actor, "at": act.at})
    return store.vault.open(sealed)
