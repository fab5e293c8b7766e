"""What communities say of their requests: passed on, withdrawn, content or not. Facts: nothing here says no to them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.rescue.domain.facts import Job, MissionEvent
from services.rescue.domain.missions import Mission
from services.rescue.domain.teams import Team
from services.rescue.store import RescueStore
from services.rescue.usecases.missions import keep
from shared.events.envelope import Event
from shared.messaging.inbox import Reaction

Said = Mapping[str, Any]

JOB = ("place", "building", "kind", "why", "urgency", "due")


def open_missions(tx: RescueStore, events: Sequence[Event]) -> None:
    """The mission has the request's id. The teams' patience is counted from now: the link may have been down for hours."""
    for event in events:
        job = Job(**{name: event.data[name] for name in JOB})
        known = tx.get(Mission, event.subject)
        one = known or Mission(event.subject, event.community, **vars(job), searching=tx.act.at)
        if one.community == event.community:
            opened = one.open_again(job, tx.act.at) if known else one.open(tx.act.at)
            keep(tx, one, [*opened, *one.advance(tx.teams(), tx.act.at)])


def _withdrawn(one: Mission, crew: Sequence[Team], said: Said, at: datetime) -> Sequence[MissionEvent]:
    return one.hear_withdrawn(said["reason"], crew, at)


def _confirmed(one: Mission, _crew: Sequence[Team], _said: Said, at: datetime) -> Sequence[MissionEvent]:
    return one.hear_confirmed(at)


def _wanting(one: Mission, crew: Sequence[Team], said: Said, at: datetime) -> Sequence[MissionEvent]:
    return one.hear_wanting(said["why"], said["due"], next((team for team in crew if team.id == one.team), None), at)


def _hears(change: Callable[[Mission, Sequence[Team], Said, datetime], Sequence[MissionEvent]]) -> Reaction:
    """What the community's own team did is no mission; nor is one of another community."""

    def react(tx: RescueStore, events: Sequence[Event]) -> None:
        for event in events:
            one = tx.get(Mission, event.subject)
            if one is not None and one.community == event.community:
                crew = tx.some_teams(one.crew)
                if happened := change(one, crew, event.data, tx.act.at):
                    keep(tx, one, happened, crew)

    return react


REACTIONS = {
    "grid.disinfection.passed-on.v1": open_missions,
    "grid.disinfection.withdrawn.v1": _hears(_withdrawn),
    "grid.disinfection.confirmed.v1": _hears(_confirmed),
    "grid.disinfection.found-wanting.v1": _hears(_wanting),
}
