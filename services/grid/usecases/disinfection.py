"""Disinfection asked for, done by the own team or passed on, and judged; all of it while the district is out of reach, too."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from services.grid.domain import disinfection as domain
from services.grid.domain.disinfection import Arrangement, Disinfection, DisinfectionEvent, OwnTeam, Place, Proof
from services.grid.store import GridStore
from shared.events.contracts import registry
from shared.events.envelope import Event
from shared.jobs.scheduler import Task
from shared.kernel.command import Command
from shared.kernel.ids import now

publish = registry.publisher({
    domain.Asked: "grid.disinfection.asked.v1",
    domain.Taken: "grid.disinfection.taken.v1",
    domain.PassedOn: "grid.disinfection.passed-on.v1",
    domain.Done: "grid.disinfection.done.v1",
    domain.Withdrawn: "grid.disinfection.withdrawn.v1",
    domain.Confirmed: "grid.disinfection.confirmed.v1",
    domain.FoundWanting: "grid.disinfection.found-wanting.v1",
})  # fmt: skip

FINISHED = "rescue.mission.finished.v1"
CANCELLED = "rescue.mission.cancelled.v1"


@dataclass(frozen=True)
class Work:
    """What the own team says it did, beside the photo."""

    areas: str
    agent: str
    litres: int
    people: int


def ask(
    store: GridStore, act: Command, *, place: str, building: str | None, kind: str, why: str, urgency: str
) -> Disinfection:
    def do(tx: GridStore) -> Disinfection:
        due = domain.due_by(urgency, act.at)
        asked = Disinfection(act.id, place, building, kind, why, urgency, due, act.at, act.at)
        team = tx.own_team()
        tx.save(asked, publish(asked.ask(team.id if team else None, act.at)))
        return asked

    return store.transaction(act, do)


def take(store: GridStore, act: Command, request: str, account: str, *, staff: bool) -> Disinfection:
    """A member says the own team comes; staff may say it for them. Raises NotFound, NoOwnTeam, NotInOwnTeam, NotWaiting."""

    def do(tx: GridStore) -> Disinfection:
        one = tx.load(Disinfection, request)
        team = _team_for(tx, account, staff=staff)
        return _keep(tx, one, one.take(team.id, act.at))

    return store.transaction(act, do)


def finish(
    store: GridStore, act: Command, request: str, account: str, work: Work, photo: bytes, *, staff: bool
) -> Disinfection:
    """The photo is kept first, under a fresh id; one that nothing refers to is swept.

    Raises NotFound, NoOwnTeam, NotInOwnTeam, NotTaken, DisinfectionOver, NotAPicture, TooManyPixels.
    """
    store.load(Disinfection, request).check_finishable()
    _team_for(store, account, staff=staff)
    kept = store.pictures.keep(photo)

    def do(tx: GridStore) -> Disinfection:
        one = tx.load(Disinfection, request)
        team = _team_for(tx, account, staff=staff)
        return _keep(tx, one, one.finish(Proof(act.at, one.team or team.id, **vars(work), photo=kept)))

    return store.transaction(act, do)


def pass_on(store: GridStore, act: Command, request: str) -> Disinfection:
    """Raises NotFound, PassedOnAlready, DisinfectionOver."""
    return _change(store, act, request, lambda one: one.pass_on(act.at))


def withdraw(store: GridStore, act: Command, request: str, reason: str) -> Disinfection:
    """Raises NotFound, DisinfectionOver."""
    return _change(store, act, request, lambda one: one.withdraw(reason, act.at))


def find_wanting(store: GridStore, act: Command, request: str, why: str) -> Disinfection:
    """Raises NotFound, NotDone, DisinfectionOver."""
    return _change(store, act, request, lambda one: one.find_wanting(why, act.at))


def confirm(store: GridStore, act: Command, request: str, next_due: date | None) -> Disinfection:
    """The place is due again on that day. Raises NotFound, NotDone, DisinfectionOver, NextDueInThePast."""

    def do(tx: GridStore) -> Disinfection:
        one = tx.load(Disinfection, request)
        happened = one.confirm(next_due, act.at)
        due = one.next_due or act.at.date()
        place = tx.get(Place, one.place_id) or Place(one.place_id, one.place, one.building, one.kind, act.at, due)
        place.last, place.next_due = one.proofs[-1].at, due
        tx.save(place)
        return _keep(tx, one, happened)

    return store.transaction(act, do)


def name_own_team(store: GridStore, act: Command, team: str | None) -> Arrangement:
    """Raises NotFound for a team nobody has heard of."""

    def do(tx: GridStore) -> Arrangement:
        arrangement = tx.arrangement()
        arrangement.team = tx.the(OwnTeam, {"_id": team, "dissolved": False}).id if team else None
        tx.save(arrangement)
        return arrangement

    return store.transaction(act, do)


def watch(store: GridStore, request: str) -> bool:
    """Passes on to rescue teams what the own team has had its time for."""
    act = Command()
    _change(store, act, request, lambda one: one.watch(act.at))
    return True


WATCH_OWN_TEAM = Task("watch-own-team", every=5, do=watch, due=lambda store: store.own_teams_late(now()))


def hear_mission(tx: GridStore, events: Sequence[Event]) -> None:
    """How far rescue is with what was passed on."""
    for event in events:
        one = tx.get(Disinfection, event.subject)
        if one is None:
            continue
        if event.type == FINISHED:
            one.hear_done(Proof(event.time, **event.data))
        elif event.type == CANCELLED:
            one.hear_cancelled(event.time)
        else:
            one.hear_mission(event.type.split(".")[2], event.data, event.time)
        tx.save(one)


def follow_team(tx: GridStore, events: Sequence[Event]) -> None:
    """Which teams of volunteers there are here, and who is in them."""
    for event in events:
        said, what = event.data, event.type.split(".")[2]
        team = tx.get(OwnTeam, event.subject) or OwnTeam(event.subject, "", "")
        if what == "founded":
            team.name, team.name_en = said["name"], said["name_en"]
        elif what == "member-joined":
            team.join(said["volunteer"])
        elif what == "member-left":
            team.leave(said["volunteer"])
        elif what == "leader-named":
            team.leader = said["volunteer"]
        else:
            team.dissolved = True
        tx.save(team)


MISSION_STEPS = (
    "opened", "offered", "accepted", "handed-back", "set-out", "begun", "stepped-back", "finished", "cancelled",
)  # fmt: skip
TEAM_STEPS = ("founded", "member-joined", "member-left", "leader-named", "dissolved")
REACTIONS = {
    **{f"rescue.mission.{step}.v1": hear_mission for step in MISSION_STEPS},
    **{f"volunteers.team.{step}.v1": follow_team for step in TEAM_STEPS},
}


def _team_for(store: GridStore, account: str, *, staff: bool) -> OwnTeam:
    """The own team, for staff and for its members. Raises NoOwnTeam, NotInOwnTeam."""
    team = store.own_team()
    if team is None:
        raise domain.NoOwnTeam
    if not staff and store.volunteer_of(account) not in team.members:
        raise domain.NotInOwnTeam
    return team


def _change(
    store: GridStore, act: Command, request: str, change: Callable[[Disinfection], Sequence[DisinfectionEvent]]
) -> Disinfection:
    def do(tx: GridStore) -> Disinfection:
        one = tx.load(Disinfection, request)
        return _keep(tx, one, change(one))

    return store.transaction(act, do)


def _keep(tx: GridStore, one: Disinfection, happened: Sequence[DisinfectionEvent]) -> Disinfection:
    tx.save(one, publish(happened))
    return one
