"""The district office registers teams and keeps what is known of them."""

from collections.abc import Mapping
from typing import Any

from services.rescue.domain import teams as domain
from services.rescue.domain.teams import Team
from services.rescue.store import RescueStore
from shared.events.contracts import registry
from shared.kernel.command import Command
from shared.persistence.revision import note_change

publish = registry.publisher({
    domain.TeamRegistered: "rescue.team.registered.v1",
    domain.TeamChanged: "rescue.team.changed.v1",
})  # fmt: skip


def register(store: RescueStore, act: Command, team_id: str, told: Mapping[str, Any]) -> Team:
    """Raises TeamExists."""

    def do(tx: RescueStore) -> Team:
        if tx.get(Team, team_id) is not None:
            raise domain.TeamExists("id")
        team = Team(team_id, **told)
        tx.save(team, publish([team.registered()]))
        note_change(tx)
        return team

    return store.transaction(act, do)


def change(store: RescueStore, act: Command, team_id: str, told: Mapping[str, Any]) -> Team:
    """Raises NotFound."""

    def do(tx: RescueStore) -> Team:
        team = tx.load(Team, team_id)
        if happened := team.change(told):
            tx.save(team, publish(happened))
            note_change(tx)
        return team

    return store.transaction(act, do)
