"""Teams: founding and dissolving, joining and leaving, and who leads."""

from collections.abc import Callable, Sequence

from services.volunteers.domain import teams as domain
from services.volunteers.domain.abilities import NotYetHelping
from services.volunteers.domain.teams import Team
from services.volunteers.store import VolunteersStore
from shared.events.contracts import registry
from shared.kernel.command import Command
from shared.kernel.errors import NotAllowed

publish = registry.publisher({
    domain.Founded: "volunteers.team.founded.v1",
    domain.MemberJoined: "volunteers.team.member-joined.v1",
    domain.MemberLeft: "volunteers.team.member-left.v1",
    domain.LeaderNamed: "volunteers.team.leader-named.v1",
    domain.Dissolved: "volunteers.team.dissolved.v1",
})  # fmt: skip


def found(store: VolunteersStore, act: Command, community: str, *, name: str, name_en: str) -> Team:
    """Raises TeamExists."""

    def do(tx: VolunteersStore) -> Team:
        if any(one.name == name for one in tx.teams(community)):
            raise domain.TeamExists("name")
        team = Team(act.id, community, name, name_en)
        tx.save(team, publish([team.founded()]), community=community)
        return team

    return store.transaction(act, do)


def ask(store: VolunteersStore, act: Command, community: str, team_id: str, account: str) -> Team:
    """The caller wishes to join. Raises NotYetHelping, TeamDissolved, AlreadyMember."""

    def do(tx: VolunteersStore) -> Team:
        asking = tx.of_account(community, account)
        if asking is None or asking.standing != "approved":
            raise NotYetHelping
        team = tx.team(community, team_id)
        team.ask(asking.id)
        tx.save(team)
        return team

    return store.transaction(act, do)


def accept(
    store: VolunteersStore, act: Command, community: str, team_id: str, volunteer: str, *, account: str, staff: bool
) -> Team:
    """Staff may take in anybody who helps, the team's leader whoever asked.

    Raises NotAllowed, NotYetHelping, TeamDissolved, AlreadyMember, NotAsking.
    """

    def take_in(tx: VolunteersStore, team: Team) -> Sequence[object]:
        _check_leads(tx, team, account, staff=staff)
        if tx.volunteer(community, volunteer).standing != "approved":
            raise NotYetHelping
        return team.enrol(volunteer) if staff else team.accept(volunteer)

    return _change(store, act, community, team_id, take_in)


def decline(
    store: VolunteersStore, act: Command, community: str, team_id: str, volunteer: str, *, account: str, staff: bool
) -> Team:
    """Staff and the leader say no, or the person takes it back. Raises NotAllowed, NotAsking."""

    def end(tx: VolunteersStore, team: Team) -> Sequence[object]:
        _check_leads(tx, team, account, staff=staff, or_is=volunteer)
        team.decline(volunteer)
        return []

    return _change(store, act, community, team_id, end)


def leave(
    store: VolunteersStore, act: Command, community: str, team_id: str, volunteer: str, *, account: str, staff: bool
) -> Team:
    """The person goes, or staff or the leader take them off. Raises NotAllowed, NotMember."""

    def go(tx: VolunteersStore, team: Team) -> Sequence[object]:
        _check_leads(tx, team, account, staff=staff, or_is=volunteer)
        return team.leave(volunteer)

    return _change(store, act, community, team_id, go)


def name_leader(store: VolunteersStore, act: Command, community: str, team_id: str, volunteer: str) -> Team:
    """Raises NotYetHelping, TeamDissolved, NotMember."""

    def name(tx: VolunteersStore, team: Team) -> Sequence[object]:
        if tx.volunteer(community, volunteer).standing != "approved":
            raise NotYetHelping
        return team.name_leader(volunteer)

    return _change(store, act, community, team_id, name)


def dissolve(store: VolunteersStore, act: Command, community: str, team_id: str) -> Team:
    return _change(store, act, community, team_id, lambda _, team: team.dissolve())


def step_back(tx: VolunteersStore, community: str, volunteer: str) -> None:
    """Within a transaction: this person leads no team any longer."""
    led = [team for team in tx.teams_of(volunteer) if team.leader == volunteer]
    tx.save_all([(team, publish(team.step_back(volunteer))) for team in led], community=community)


def _check_leads(tx: VolunteersStore, team: Team, account: str, *, staff: bool, or_is: str | None = None) -> None:
    if staff:
        return
    own = tx.of_account(team.community, account)
    if own is None or own.id not in (team.leader, or_is):
        raise NotAllowed


def _change(
    store: VolunteersStore, act: Command, community: str, team_id: str,
    change: Callable[[VolunteersStore, Team], Sequence[object]],
) -> Team:  # fmt: skip
    def do(tx: VolunteersStore) -> Team:
        team = tx.team(community, team_id)
        tx.save(team, publish(change(tx, team)), community=community)
        return team

    return store.transaction(act, do)
