"""What volunteers can do and when, the papers that staff have seen, and the six roles."""

from collections.abc import Callable, Iterable, Sequence

from services.volunteers.domain import abilities as domain
from services.volunteers.domain.abilities import Certificate
from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.store import VolunteersStore
from shared.events.contracts import registry
from shared.kernel.command import Command

publish = registry.publisher({
    domain.AbilitiesChanged: "volunteers.volunteer.abilities-changed.v1",
    domain.RolesTaken: "volunteers.volunteer.roles-taken.v1",
})  # fmt: skip


def state_abilities(
    store: VolunteersStore, act: Command, community: str, volunteer_id: str, *, skills: Iterable[str], available: Iterable[str]
) -> Volunteer:  # fmt: skip
    return _change(store, act, community, volunteer_id, lambda one: one.state_abilities(skills, available))


def certify(
    store: VolunteersStore, act: Command, community: str, volunteer_id: str, certificate: Certificate
) -> Volunteer:
    return _change(store, act, community, volunteer_id, lambda one: one.certify(certificate))


def withdraw_certificate(
    store: VolunteersStore, act: Command, community: str, volunteer_id: str, *, skill: str, kind: str
) -> Volunteer:
    """Raises NoSuchCertificate."""
    return _change(store, act, community, volunteer_id, lambda one: one.withdraw_certificate(skill, kind))


def take_roles(
    store: VolunteersStore, act: Command, community: str, volunteer_id: str, roles: Iterable[str]
) -> Volunteer:
    """Raises NotYetHelping."""
    return _change(store, act, community, volunteer_id, lambda one: one.take_roles(roles))


def _change(
    store: VolunteersStore,
    act: Command,
    community: str,
    volunteer_id: str,
    change: Callable[[Volunteer], Sequence[object]],
) -> Volunteer:
    def do(tx: VolunteersStore) -> Volunteer:
        volunteer = tx.volunteer(community, volunteer_id)
        tx.save(volunteer, publish(change(volunteer)), community=community)
        return volunteer

    return store.transaction(act, do)
