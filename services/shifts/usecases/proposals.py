"""Proposing a rota: begun, searched for, changed by hand, published as ordinary assignments."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from services.shifts.domain.proposals import Away, Course, Place, Proposal
from services.shifts.domain.publishing import put_into_force
from services.shifts.domain.refusals import AlreadySolving, NothingHappened, NothingToFill, ShiftFull
from services.shifts.domain.rosters import Roster
from services.shifts.domain.shifts import Shift
from services.shifts.rota import community
from services.shifts.rota.checker import breaches_of
from services.shifts.rota.community import Made, Scene
from services.shifts.rota.problem import Plan
from services.shifts.solver.wire import News, Task
from services.shifts.store import ShiftsStore
from services.shifts.usecases.posts import close_in
from services.shifts.usecases.saving import people_of, save_shifts
from shared.kernel.command import Command
from shared.kernel.errors import NotFound


def begin(store: ShiftsStore, act: Command, proposal: Proposal) -> Proposal:
    """One search at a time. Raises AlreadySolving, NothingToFill, NothingHappened."""
    if proposal.kind == "repair" and proposal.away is None and proposal.shut is None:
        raise NothingHappened("volunteer")

    def do(tx: ShiftsStore) -> Proposal:
        _check_free(tx)
        if not scene_of(tx, proposal, act).chosen:
            raise NothingToFill("posts")
        tx.save(proposal)
        return proposal

    return store.transaction(act, do)


def search_again(store: ShiftsStore, act: Command, proposal_id: str) -> Proposal:
    """Around the locks. Raises NotFound, AlreadySolving, ProposalSettled."""

    def do(tx: ShiftsStore) -> Proposal:
        proposal = tx.load(Proposal, proposal_id)
        proposal.search_again(act.at)
        _check_free(tx)
        tx.save(proposal)
        return proposal

    return store.transaction(act, do)


def stop(store: ShiftsStore, act: Command, proposal_id: str) -> Proposal:
    """The best so far is kept. Raises NotFound, NotSolving."""
    return _change(store, act, proposal_id, lambda proposal: proposal.ask_to_stop())


def lock(store: ShiftsStore, act: Command, proposal_id: str, shift: str, volunteer: str, *, locked: bool) -> Proposal:
    """Raises NotFound, NotInProposal, StillSolving, ProposalSettled."""
    return _change(store, act, proposal_id, lambda proposal: proposal.lock(shift, volunteer, locked=locked))


def take_out(store: ShiftsStore, act: Command, proposal_id: str, shift: str, volunteer: str) -> Proposal:
    """Raises NotFound, NotInProposal, StillSolving, ProposalSettled."""
    return _change(store, act, proposal_id, lambda proposal: proposal.take_out(shift, volunteer))


def put(store: ShiftsStore, act: Command, proposal_id: str, shift_id: str, volunteer: str) -> Proposal:
    """A captain puts somebody into a shift; what is proposed for them and cannot stand beside it is given up for it.

    Raises NotFound, ShiftFull, RepairStands, StillSolving, ProposalSettled and the rule that keeps this person from the shift.
    """

    def do(tx: ShiftsStore) -> Proposal:
        proposal, shift, roster = tx.load(Proposal, proposal_id), tx.load(Shift, shift_id), tx.load(Roster, volunteer)
        scene = scene_of(tx, proposal, act)
        if shift_id not in scene.chosen:
            raise NotFound
        others = [one for one in proposal.places if one.shift == shift_id and one.volunteer != volunteer]
        if len(others) >= shift.missing:
            raise ShiftFull
        roster.check_fit(shift, scene.rules)
        proposal.put(shift_id, volunteer, _in_the_way(scene, proposal, shift, roster))
        tx.save(proposal)
        return proposal

    return store.transaction(act, do)


def drop(store: ShiftsStore, act: Command, proposal_id: str) -> Proposal:
    """Nobody was told of it, and nobody will be. Raises NotFound, ProposalSettled."""
    return _change(store, act, proposal_id, lambda proposal: proposal.drop())


def publish_proposal(store: ShiftsStore, act: Command, proposal_id: str) -> Proposal:
    """Everybody in it is assigned by the ordinary rules; who is not free any more is left out, and named.

    Raises NotFound, StillSolving, ProposalSettled.
    """

    def do(tx: ShiftsStore) -> Proposal:
        proposal = tx.load(Proposal, proposal_id)
        proposal.check_open()
        if proposal.shut is not None:
            shut = proposal.shut
            close_in(tx, act, shut.post, starts=shut.since, ends=shut.until, move_to=None)
        leaving = [*proposal.leaving, *(_lost_to(tx, proposal.away, act) if proposal.away else [])]
        shifts = {one.id: one for one in tx.shifts(place.shift for place in (*proposal.places, *leaving))}
        people = people_of(tx, shifts.values(), *tx.rosters(place.volunteer for place in proposal.places).values())
        happened, refused = put_into_force(leaving, proposal.places, shifts, people, tx.rules(), act.at)
        save_shifts(tx, happened, people)
        proposal.publish(refused)
        tx.save(proposal)
        return proposal

    return store.transaction(act, do)


def task_of(store: ShiftsStore, proposal: Proposal, act: Command) -> tuple[Task, Made]:
    """What the solver is asked, from how things are now."""
    scene = scene_of(store, proposal, act)
    made = made_of(scene, proposal)
    return Task(proposal.kind, made.problem, proposal.seconds, seed=proposal.searches), made


def made_of(scene: Scene, proposal: Proposal) -> Made:
    if proposal.kind == "repair":
        return community.repair_problem(scene, proposal)
    return community.plan_problem(scene, {(place.shift, place.volunteer) for place in proposal.locks})


def take_news(store: ShiftsStore, proposal_id: str, made: Made, news: News) -> Proposal:
    """How far the search is; once it ended, with what."""

    def do(tx: ShiftsStore) -> Proposal:
        proposal = tx.load(Proposal, proposal_id)
        plan = None if news.plan is None else frozenset(news.plan)
        course = Course(news.seconds, news.cost, news.bound, news.ended == "optimal")
        proposal.take_news(course, None if plan is None else _new_places(made, plan))
        if plan is not None and proposal.kind == "repair":
            stands = frozenset(filter(made.problem.still_may, made.problem.before))
            proposal.leaving = [Place(*place) for place in community.as_places(sorted(stands - plan))]
            proposal.disturbed = list(news.disturbed)
        if news.ended is not None:
            proposal.end(whole=news.ended in {"optimal", "feasible"})
        tx.save(proposal)
        return proposal

    return store.transaction(Command(), do)


def break_off(store: ShiftsStore, proposal_id: str) -> Proposal:
    """The solver died; what it had found stays."""
    return _change(store, Command(), proposal_id, lambda proposal: proposal.end(whole=False))


def scene_of(store: ShiftsStore, proposal: Proposal, act: Command) -> Scene:
    """All shifts, people and rules that the rota of this span depends on, as they are now."""
    rules = store.rules()
    monday, days = community.horizon(proposal.first_day, proposal.days, rules)
    around = store.starting(monday, monday + timedelta(days=days))
    people = {one.id: one for one in store.approved()}
    chosen = frozenset(one.id for one in around if community.may_be_filled(one, proposal, act.at))
    held = {duty.shift for roster in people.values() for duty in roster.duties}
    shifts = {one.id: one for one in around if one.id in chosen | held}
    since = monday - timedelta(days=community.SERVED_DAYS)
    served = {one: community.load_of(spans) for one, spans in store.served_since(since, monday).items()}
    return Scene(shifts, chosen, people, rules, served, monday, days)


def _in_the_way(scene: Scene, proposal: Proposal, shift: Shift, roster: Roster) -> list[str]:
    """The shifts proposed for this person that break a rule beside this one: first the one without which fewest are broken."""
    made = made_of(scene, proposal)
    person = made.problem.person.get(roster.id)
    if person is None or shift.id not in made.at:
        return []
    own = [place.shift for place in proposal.places if place.volunteer == roster.id and place.shift in made.at]
    gone: list[str] = []

    def broken(without: Sequence[str]) -> int:
        kept = [one for one in own if one not in without]
        plan = made.plan((one, roster.id) for one in [*kept, shift.id, *(duty.shift for duty in roster.duties)])
        return len([one for one in breaches_of(made.problem, person, plan) if one.rule != "not-offered"])

    while broken(gone) and (left := [one for one in own if one not in gone]):
        gone.append(min(left, key=lambda one: broken([*gone, one])))
    return gone


def _new_places(made: Made, plan: Plan) -> list[tuple[str, str]]:
    """What the plan adds to what people have; locks are fixed in it, but are no duties yet."""
    return community.as_places(plan - made.had)


def _lost_to(tx: ShiftsStore, away: Away, act: Command) -> list[Place]:
    held = tx.held_by(away.volunteer, act.at)
    return [Place(one.id, away.volunteer) for one in held if one.starts < away.until and away.since < one.ends]


def _check_free(tx: ShiftsStore) -> None:
    if tx.searching():
        raise AlreadySolving


def _change(store: ShiftsStore, act: Command, proposal_id: str, change: Callable[[Proposal], None]) -> Proposal:
    def do(tx: ShiftsStore) -> Proposal:
        proposal = tx.load(Proposal, proposal_id)
        change(proposal)
        tx.save(proposal)
        return proposal

    return store.transaction(act, do)
