"""Somebody from a list who later applied by themselves becomes one person again."""

from services.volunteers.domain import linking as domain
from services.volunteers.domain.volunteers import Volunteer
from services.volunteers.store import VolunteersStore
from services.volunteers.usecases import loans, profiles
from shared.events.contracts import registry
from shared.kernel.command import Command
from shared.kernel.ids import new_id

publish = registry.publisher({
    domain.AccountLinked: "volunteers.volunteer.account-linked.v1",
    domain.Folded: "volunteers.volunteer.folded.v1",
    **profiles.publish.types,
})  # fmt: skip


def link(store: VolunteersStore, act: Command, community: str, application_id: str, listed_id: str) -> Volunteer:
    """Staff say that the applicant is the volunteer they brought in before. Raises NotWaiting, HasAccount, NotApprovedYet."""
    spare = new_id()

    def do(tx: VolunteersStore) -> Volunteer:
        application, listed = tx.volunteer(community, application_id), tx.volunteer(community, listed_id)
        told, known = tx.profile(community, application.id), tx.profile(community, listed.id)
        folded, linked = domain.link(application, listed, spare)
        known.occupation, known.party_member = told.occupation or known.occupation, told.party_member
        told.phone = None  # it is the listed volunteer's, and no double of it any longer
        # One after the other: the account must be free before it is given on.
        tx.save(application, publish(folded), community=community)
        tx.save(listed, publish(linked), community=community)
        tx.save_all([(told, []), (known, [])], community=community)
        loans.make_own(tx, listed)
        return listed

    return store.transaction(act, do)
