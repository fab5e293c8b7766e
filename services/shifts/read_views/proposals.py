"""A proposal as a captain looks at it: people by days, posts by hours, what is missing and why, what is fair, who is asked what."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from services.shifts.domain.posts import Post
from services.shifts.domain.proposals import Place, Proposal
from services.shifts.domain.shifts import Shift
from services.shifts.read_views.reasons import Sayings
from services.shifts.read_views.shifts import Viewer
from services.shifts.rota import reasons
from services.shifts.rota.community import Made, Scene
from services.shifts.rota.fairness import Share, shares
from services.shifts.rota.problem import Plan
from services.shifts.usecases.proposals import made_of, scene_of
from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.kernel.command import Command

GAPS_EXPLAINED = 30  # of the first; whoever has more wants more people, not more sentences


@dataclass(frozen=True)
class PlaceView:
    """`state`: has the place already, is proposed, was locked there, or would give it up."""

    volunteer: str
    called: Text
    state: str


@dataclass(frozen=True)
class TurnView:
    """A shift with everybody who has it or is proposed for it."""

    shift: str
    where: Post
    starts: datetime
    ends: datetime
    head_count: int
    people: list[PlaceView]

    @property
    def day(self) -> date:
        return self.starts.astimezone(SHANGHAI).date()

    @property
    def missing(self) -> int:
        return max(self.head_count - sum(1 for one in self.people if one.state != "leaves"), 0)


@dataclass(frozen=True)
class PersonRow:
    """One person's days: what they have and would have on each; `share`: how that compares with their fair part."""

    volunteer: str
    called: Text
    days: list[list[tuple[TurnView, str]]]
    share: Share


@dataclass(frozen=True)
class PostTable:
    """A post's turns by day (rows) and the hour they begin (columns)."""

    where: Post
    hours: list[str]
    days: list[tuple[datetime, list[list[TurnView]]]]


@dataclass(frozen=True)
class GapView:
    turn: TurnView
    missing: int
    near: list[Text]
    others: int


@dataclass(frozen=True)
class AskView:
    """What one person is asked in a repair. `moved`: nothing had happened to their own duties."""

    volunteer: str
    called: Text
    gives_up: list[TurnView]
    takes: list[TurnView]
    moved: bool


@dataclass(frozen=True)
class ProposalView:
    """`wanted` places in all, of which `had` were taken before; `missing` lack still, in `gaps`. While the search is at work there
    is nothing but its course and these numbers, for the page is asked for every second."""

    it: Proposal
    wanted: int
    had: int
    missing: int
    days: list[datetime]
    people: list[PersonRow]
    posts: list[PostTable]
    gaps: list[GapView]
    asks: list[AskView]
    refused: list[tuple[TurnView, Text]]


def view_proposal(viewer: Viewer, act: Command, proposal: Proposal) -> ProposalView:
    scene = scene_of(viewer.store, proposal, act)
    return _Look(viewer, proposal, scene).view()


class _Look:
    def __init__(self, viewer: Viewer, proposal: Proposal, scene: Scene) -> None:
        self.viewer, self.proposal, self.scene = viewer, proposal, scene
        known = {*scene.people, *(claim.volunteer for shift in scene.shifts.values() for claim in shift.claims)}
        self.called = dict(viewer.called(sorted(known)))
        self.posts = {post.id: post for post in viewer.store.posts()}
        self.leaving = {(place.shift, place.volunteer) for place in proposal.leaving}
        self.turns = {shift.id: self._turn(shift) for shift in scene.shifts.values()}
        first, _ = proposal.span
        self.days = [first + timedelta(days=number, hours=12) for number in range(proposal.days)]

    @cached_property
    def made(self) -> Made:
        return made_of(self.scene, self.proposal)

    def view(self) -> ProposalView:
        chosen = [self.turns[shift] for shift in sorted(self.scene.chosen)]
        is_ready = not self.proposal.is_at_work
        plan = self._plan() if is_ready else frozenset()
        return ProposalView(
            it=self.proposal,
            wanted=sum(turn.head_count for turn in chosen),
            had=sum(len(self.scene.shifts[turn.shift].claims) for turn in chosen),
            missing=sum(turn.missing for turn in chosen),
            days=self.days,
            people=self._people(plan) if is_ready else [],
            posts=self._posts(chosen) if is_ready else [],
            gaps=self._gaps(plan) if is_ready and self.proposal.kind == "plan" else [],
            asks=self._asks() if is_ready and self.proposal.kind == "repair" else [],
            refused=[
                (self.turns[one.shift], self._name(one)) for one in self.proposal.refused if one.shift in self.turns
            ],
        )

    def _plan(self) -> Plan:
        places = {(place.shift, place.volunteer) for place in self.proposal.places}
        return (self.made.had - self.made.plan(self.leaving)) | self.made.plan(places)

    def _turn(self, shift: Shift) -> TurnView:
        there = [
            PlaceView(claim.volunteer, self.called[claim.volunteer], self._state_of(shift.id, claim.volunteer))
            for claim in shift.claims
        ]
        there += [
            PlaceView(place.volunteer, self._name(place), "locked" if place.locked else "proposed")
            for place in self.proposal.places
            if place.shift == shift.id and shift.claim_of(place.volunteer) is None and not self._is_over
        ]
        return TurnView(shift.id, self.posts[shift.post], shift.starts, shift.ends, shift.head_count, there)

    @property
    def _is_over(self) -> bool:
        return self.proposal.state in {"published", "dropped"}

    def _state_of(self, shift: str, volunteer: str) -> str:
        gone = (shift, volunteer) in self.leaving or self._falls_away(shift, volunteer)
        return "leaves" if gone and not self._is_over else "held"

    def _falls_away(self, shift: str, volunteer: str) -> bool:
        """What happened takes it from them: they cannot come, or the post is closed."""
        here, away, shut = self.scene.shifts[shift], self.proposal.away, self.proposal.shut
        ill = away is not None and away.volunteer == volunteer and here.starts < away.until and away.since < here.ends
        closed = shut is not None and shut.post == here.post and here.starts < shut.until and shut.since < here.ends
        return ill or closed

    def _name(self, place: Place) -> Text:
        known = self.called.get(place.volunteer)
        return known or self.viewer.called([place.volunteer])[0][1]

    def _people(self, plan: Plan) -> list[PersonRow]:
        by_day: dict[str, dict[date, list[tuple[TurnView, str]]]] = defaultdict(lambda: defaultdict(list))
        for turn in sorted(self.turns.values(), key=lambda turn: turn.starts):
            for person in turn.people:
                by_day[person.volunteer][turn.day].append((turn, person.state))
        share_of = {share.person: share for share in shares(self.made.problem, plan)}
        return [
            PersonRow(volunteer, name, [by_day[volunteer][day.date()] for day in self.days], share_of[volunteer])
            for volunteer, name in self.viewer.called(sorted(share_of))
            if share_of[volunteer].offered.minutes or any(by_day[volunteer][day.date()] for day in self.days)
        ]

    def _posts(self, chosen: list[TurnView]) -> list[PostTable]:
        tables = []
        for post in self.posts.values():
            own = [turn for turn in chosen if turn.where.id == post.id]
            hours = sorted({f"{turn.starts.astimezone(SHANGHAI):%H:%M}" for turn in own})
            days = [
                (day, [[turn for turn in own if turn.day == day.date() and _hour(turn) == hour] for hour in hours])
                for day in self.days
            ]
            if own:
                tables.append(PostTable(post, hours, [(day, cells) for day, cells in days if any(cells)]))
        return tables

    def _gaps(self, plan: Plan) -> list[GapView]:
        sayings = Sayings(self.scene, self.made, self.called, plan)
        found = sorted(reasons.gaps(self.made.problem, plan), key=lambda gap: (gap.need.day, gap.need.turn))
        return [
            GapView(self.turns[gap.need.post], gap.lacks, [sayings.of(near, gap.need) for near in gap.near], gap.others)
            for gap in found[:GAPS_EXPLAINED]
        ]

    def _asks(self) -> list[AskView]:
        gives: dict[str, list[TurnView]] = defaultdict(list)
        takes: dict[str, list[TurnView]] = defaultdict(list)
        for shift, volunteer in sorted(self.leaving):
            if shift in self.turns:
                gives[volunteer].append(self.turns[shift])
        for turn in self.turns.values():
            for person in turn.people:
                if person.state == "leaves" and self._falls_away(turn.shift, person.volunteer):
                    gives[person.volunteer].append(turn)
        for place in self.proposal.places:
            if place.shift in self.turns:
                takes[place.volunteer].append(self.turns[place.shift])
        moved = set(self.proposal.disturbed)
        return [
            AskView(one, name, gives[one], takes[one], one in moved)
            for one, name in self.viewer.called(sorted({*gives, *takes}))
        ]


def _hour(turn: TurnView) -> str:
    return f"{turn.starts.astimezone(SHANGHAI):%H:%M}"
