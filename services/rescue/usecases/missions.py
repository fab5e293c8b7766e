"""What teams and the district office do with a mission: each act writes the mission and the teams whose hands it binds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.rescue.domain import facts
from services.rescue.domain.facts import MissionEvent
from services.rescue.domain.missions import Mission
from services.rescue.domain.records import Proof
from services.rescue.domain.teams import Team
from services.rescue.store import RescueStore
from shared.events.contracts import registry
from shared.jobs.scheduler import Task
from shared.kernel.command import Command
from shared.kernel.ids import now
from shared.persistence.revision import note_change

publish = registry.publisher({
    facts.Opened: "rescue.mission.opened.v1",
    facts.Offered: "rescue.mission.offered.v1",
    facts.Accepted: "rescue.mission.accepted.v1",
    facts.Declined: "rescue.mission.declined.v1",
    facts.HandedBack: "rescue.mission.handed-back.v1",
    facts.SetOut: "rescue.mission.set-out.v1",
    facts.Begun: "rescue.mission.begun.v1",
    facts.SteppedBack: "rescue.mission.stepped-back.v1",
    facts.Finished: "rescue.mission.finished.v1",
    facts.Confirmed: "rescue.mission.confirmed.v1",
    facts.FoundWanting: "rescue.mission.found-wanting.v1",
    facts.Cancelled: "rescue.mission.cancelled.v1",
    facts.Escalated: "rescue.mission.escalated.v1",
    facts.SecondAdded: "rescue.mission.second-added.v1",
})  # fmt: skip


@dataclass(frozen=True)
class Work:
    """What a team says it did, beside the photo."""

    areas: str
    agent: str
    litres: int
    people: int


def accept(store: RescueStore, act: Command, team: str, mission: str) -> Mission:
    """Raises NotFound, MissionTaken, AlreadyYours, MissionOver, NotOffered, TeamStoodDown, TeamFull."""
    return _with_team(store, act, team, mission, lambda one, us: one.accept(us, act.at))


def decline(store: RescueStore, act: Command, team: str, mission: str, reason: str) -> Mission:
    """Where nobody is left to answer, the next are asked at once.

    Raises NotFound, MissionTaken, AlreadyYours, MissionOver, NotOffered.
    """

    def do(tx: RescueStore) -> Mission:
        one = tx.load(Mission, mission)
        return keep(tx, one, [*one.decline(team, reason, act.at), *one.advance(tx.teams(), act.at)])

    return store.transaction(act, do)


def hand_back(store: RescueStore, act: Command, team: str, mission: str, reason: str) -> Mission:
    """Raises NotFound, NotYourMission, MissionOver."""
    return _let_go(store, act, team, mission, lambda one, us, helper: one.hand_back(us, helper, reason, act.at))


def undo(store: RescueStore, act: Command, team: str, mission: str) -> Mission:
    """Raises NotFound, NotYourMission, MissionOver, NothingToUndo, TooLateToUndo."""
    return _let_go(store, act, team, mission, lambda one, us, helper: one.undo(us, helper, act.at))


def set_out(store: RescueStore, act: Command, team: str, mission: str) -> Mission:
    """Raises NotFound, NotYourMission, MissionOver, AlreadyOnTheWay, AlreadyAtWork."""
    return _change(store, act, mission, lambda one: one.set_out(team, act.at))


def begin(store: RescueStore, act: Command, team: str, mission: str) -> Mission:
    """Raises NotFound, NotYourMission, MissionOver, NotOnTheWay, AlreadyAtWork."""
    return _change(store, act, mission, lambda one: one.begin(team, act.at))


def finish(store: RescueStore, act: Command, team: str, mission: str, work: Work, photo: bytes) -> Mission:
    """The photo is kept first, under a fresh id; one that nothing refers to is swept.

    Raises NotFound, NotYourMission, MissionOver, NotAtWork, NotAPicture, TooManyPixels.
    """
    store.load(Mission, mission).check_finishable(team)
    kept = store.pictures.keep(photo)

    def do(tx: RescueStore) -> Mission:
        one = tx.load(Mission, mission)
        crew = tx.some_teams(one.crew)
        proof = Proof(team, act.at, work.areas, work.agent, work.litres, work.people, kept)
        return keep(tx, one, one.finish(proof, crew), crew)

    return store.transaction(act, do)


def ask(store: RescueStore, act: Command, mission: str, team: str) -> Mission:
    """Raises NotFound, MissionTaken, AlreadyYours, MissionOver, TeamStoodDown."""
    return _with_team(store, act, team, mission, lambda one, asked: one.ask(asked, act.at))


def add_second(store: RescueStore, act: Command, mission: str, team: str) -> Mission:
    """Raises NotFound, MissionOver, NobodyToHelp, AlreadyYours, SecondThere, TeamStoodDown, TeamFull."""
    return _with_team(store, act, team, mission, lambda one, helper: one.add_second(helper, act.at))


def cancel(store: RescueStore, act: Command, mission: str, reason: str) -> Mission:
    """The district office calls it off. Raises NotFound, MissionOver."""

    def do(tx: RescueStore) -> Mission:
        one = tx.load(Mission, mission)
        crew = tx.some_teams(one.crew)
        return keep(tx, one, one.cancel("district", reason, crew, act.at), crew)

    return store.transaction(act, do)


def advance(store: RescueStore, mission: str) -> bool:
    """Nobody answers, or the work is late: the next are asked, and the district office is told. Whether anything was to be done."""
    act = Command()

    def do(tx: RescueStore) -> bool:
        one = tx.load(Mission, mission)
        happened = one.advance(tx.teams(), act.at)
        if happened:
            keep(tx, one, happened)
        return bool(happened)

    return store.transaction(act, do)


WATCH_MISSIONS = Task("watch-missions", every=5, do=advance, due=lambda store: store.to_advance(now()))


def _change(
    store: RescueStore, act: Command, mission: str, change: Callable[[Mission], Sequence[MissionEvent]]
) -> Mission:
    def do(tx: RescueStore) -> Mission:
        one = tx.load(Mission, mission)
        return keep(tx, one, change(one))

    return store.transaction(act, do)


def _with_team(
    store: RescueStore, act: Command, team: str, mission: str, change: Callable[[Mission, Team], Sequence[MissionEvent]]
) -> Mission:
    def do(tx: RescueStore) -> Mission:
        one, other = tx.load(Mission, mission), tx.load(Team, team)
        return keep(tx, one, change(one, other), [other])

    return store.transaction(act, do)


def _let_go(
    store: RescueStore, act: Command, team: str, mission: str,
    change: Callable[[Mission, Team, Team | None], Sequence[MissionEvent]],
) -> Mission:  # fmt: skip
    """The team's hands are free again, or one step of its work is undone; where nobody has the mission, the next are asked."""

    def do(tx: RescueStore) -> Mission:
        one, us = tx.load(Mission, mission), tx.load(Team, team)
        helper = tx.load(Team, one.second) if one.second and one.second != team else None
        happened = change(one, us, helper)
        return keep(tx, one, [*happened, *one.advance(tx.teams(), act.at)], [us])

    return store.transaction(act, do)


def keep(tx: RescueStore, one: Mission, happened: Sequence[MissionEvent], teams: Sequence[Team] = ()) -> Mission:
    """Within a transaction: the mission with what happened, and the teams it concerns."""
    tx.save_all([(one, publish(happened)), *((team, ()) for team in teams)], community=one.community)
    note_change(tx)
    return one
