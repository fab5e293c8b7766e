"""Applying, and what a community's staff decide."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Unpack

from services.volunteers.domain import volunteers as domain
from services.volunteers.domain.profiles import Profile
from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.store import VolunteersStore
from services.volunteers.usecases import abilities, buildings, loans, profiles, teams
from services.volunteers.usecases.profiles import Told, sealed
from shared.events.contracts import registry
from shared.kernel.command import Command
from shared.kernel.errors import Fault, NotFound, RuleBroken

publish = registry.publisher({
    domain.Applied: "volunteers.volunteer.applied.v1",
    domain.Introduced: "volunteers.volunteer.introduced.v1",
    domain.Approved: "volunteers.volunteer.approved.v1",
    domain.Refused: "volunteers.volunteer.refused.v1",
    domain.Suspended: "volunteers.volunteer.suspended.v1",
    domain.Reinstated: "volunteers.volunteer.reinstated.v1",
    **abilities.publish.types,
})  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What came of one of several; `fault`: why not."""

    volunteer: str
    fault: Fault | None


def apply(
    store: VolunteersStore, act: Command, account: str, community: str, *, display_name: str, name_shown: bool, home: str,
    skills: list[str], **told: Unpack[Told],
) -> Volunteer:  # fmt: skip
    """Raises AlreadyApplied when this account has, in this community."""
    profile = Profile(act.id, community, **sealed(store, community, told))
    found = profiles.reachable(store, told["phone"], home)

    def do(tx: VolunteersStore) -> Volunteer:
        if tx.of_account(community, account) is not None:
            raise domain.AlreadyApplied
        volunteer = Volunteer(act.id, account, community, display_name, name_shown, home, tuple(skills))
        tx.save(volunteer, [*publish([domain.Applied(account)]), *profiles.publish(found)], community=community)
        tx.save(profile)
        return volunteer

    return store.transaction(act, do)


def approve(store: VolunteersStore, act: Command, community: str, volunteer_id: str) -> Volunteer:
    """Raises NotWaiting."""
    return _decide(store, act, community, volunteer_id, Volunteer.approve, loans.make_own)


def approve_several(store: VolunteersStore, act: Command, community: str, volunteers: Sequence[str]) -> list[Outcome]:
    """Approves each on its own, so that one who cannot be holds up nobody. Said again, it finds them approved already."""
    return [_try_to_approve(store, replace(act, key=None), community, one) for one in dict.fromkeys(volunteers)]


def _try_to_approve(store: VolunteersStore, act: Command, community: str, volunteer_id: str) -> Outcome:
    try:
        approve(store, act, community, volunteer_id)
    except (RuleBroken, NotFound) as fault:
        return Outcome(volunteer_id, fault)
    return Outcome(volunteer_id, None)


def refuse(store: VolunteersStore, act: Command, community: str, volunteer_id: str, reason: str) -> Volunteer:
    """Raises NotWaiting."""
    return _decide(store, act, community, volunteer_id, lambda volunteer: volunteer.refuse(reason))


def suspend(store: VolunteersStore, act: Command, community: str, volunteer_id: str, reason: str) -> Volunteer:
    """The person leads no team, looks after no building and is lent to nobody any longer. Raises NotHelping."""

    def let_go(tx: VolunteersStore, volunteer: Volunteer) -> None:
        loans.let_go(tx, volunteer)
        teams.step_back(tx, community, volunteer.id)
        buildings.step_back(tx, community, volunteer.id)

    return _decide(store, act, community, volunteer_id, lambda volunteer: volunteer.suspend(reason), let_go)


def reinstate(store: VolunteersStore, act: Command, community: str, volunteer_id: str) -> Volunteer:
    """Raises NotSuspended."""
    return _decide(store, act, community, volunteer_id, Volunteer.reinstate)


def _decide(
    store: VolunteersStore, act: Command, community: str, volunteer_id: str, decide: Callable[[Volunteer], Sequence[object]],
    then: Callable[[VolunteersStore, Volunteer], None] = lambda _tx, _volunteer: None,
) -> Volunteer:  # fmt: skip
    """`then`: what else this means within the transaction."""

    def do(tx: VolunteersStore) -> Volunteer:
        volunteer = tx.volunteer(community, volunteer_id)
        tx.save(volunteer, publish(decide(volunteer)), community=community)
        then(tx, volunteer)
        return volunteer

    return store.transaction(act, do)
