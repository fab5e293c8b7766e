"""The cover ladder: stand-by, then volunteers by how well it suits them, then neighbours, then the district; each step timed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from services.shifts.domain.claims import seat, why_not
from services.shifts.domain.facts import ShiftEvent
from services.shifts.domain.posts import Post
from services.shifts.domain.refusals import NobodyMissing, NotAsked
from services.shifts.domain.rosters import Roster, hours_in_week
from services.shifts.domain.rules import Rules
from services.shifts.domain.shifts import Shift
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import RuleBroken

Step = Literal["stand-by", "volunteers", "neighbours", "district"]
Answer = Literal["yes", "no"]
STEPS: tuple[Step, ...] = ("stand-by", "volunteers", "neighbours", "district")
ASKED_FOR_EACH = 5  # volunteers asked at once for each place that is free
WEEKEND = 5
PARTS = ((6, "night"), (12, "morning"), (18, "afternoon"), (24, "evening"))


@dataclass(frozen=True)
class CoverStarted:
    missing: int


@dataclass(frozen=True)
class CoverAsked:
    step: Step
    volunteers: list[str]
    until: datetime


@dataclass(frozen=True)
class CoverAnswered:
    volunteer: str
    answer: Answer


@dataclass(frozen=True)
class CoverEscalated:
    step: Step
    until: datetime
    post: str
    post_name: str
    post_name_en: str
    kind: str
    skill: str | None
    starts: datetime
    ends: datetime
    missing: int


@dataclass(frozen=True)
class CoverEnded:
    filled: bool


CoverEvent = CoverStarted | CoverAsked | CoverAnswered | CoverEscalated | CoverEnded


@dataclass
class Asked:
    """One person of ours who was asked, and what they said."""

    volunteer: str
    step: Step
    at: datetime
    answer: Answer | None = None
    answered: datetime | None = None


@dataclass(frozen=True)
class OutsideAnswer:
    """What a neighbouring community (its slug), or the district office (`district`), said: how many people they send."""

    who: str
    answer: Answer
    people: int
    at: datetime


@dataclass
class Cover:
    """The search for people for one shift, whose id it has; the record of who was asked stays when it ends or starts again.

    `step` None: not begun. `until`: when the step is over without an answer.
    """

    id: str
    started: datetime
    step: Step | None = None
    until: datetime | None = None
    asked: list[Asked] = field(default_factory=list)
    outside: list[OutsideAnswer] = field(default_factory=list)
    ended: datetime | None = None
    filled: bool = False

    @property
    def is_running(self) -> bool:
        return self.ended is None

    @property
    def open_questions(self) -> list[str]:
        """Who was asked in this step and has not answered."""
        return [one.volunteer for one in self.asked if one.at >= self.started and one.answer is None]

    def start(self, shift: Shift, at: datetime) -> list[CoverEvent]:
        """Begin from the lowest step. Raises NobodyMissing and what keeps a shift from taking people."""
        shift.check_ahead(at)
        if shift.missing <= 0:
            raise NobodyMissing
        self.started, self.ended, self.filled, self.step, self.until = at, None, False, None, None
        return [CoverStarted(shift.missing)]

    def advance(
        self, shift: Shift, post: Post, people: Iterable[Roster], rules: Rules, at: datetime
    ) -> list[CoverEvent]:
        """What the moment asks for: the end, the next step, or nothing. `people`: everybody who may be asked."""
        if not self.is_running:
            return []
        if shift.cancelled or shift.missing <= 0 or at >= shift.ends:
            return self._end(at, filled=not shift.cancelled and shift.missing <= 0)
        happened: list[CoverEvent] = []
        free = [one for one in people if why_not(shift, one, rules, at, leading=True) is None]
        while self._is_step_over(at):
            happened += self._climb(shift, post, free, rules, at)
        return happened

    def answer(
        self, shift: Shift, roster: Roster, answer: Answer, rules: Rules, at: datetime
    ) -> tuple[list[CoverEvent], list[ShiftEvent], RuleBroken | None]:
        """Somebody who was asked answers; the last answer counts. A yes takes a place, or the third says why it could not.

        Raises NotAsked.
        """
        question = next((one for one in reversed(self.asked) if one.volunteer == roster.id), None)
        if question is None or not self.is_running:
            raise NotAsked
        refusal = why_not(shift, roster, rules, at, leading=True) if answer == "yes" else None
        taken: list[ShiftEvent] = []
        if answer == "yes" and refusal is None:
            how = "stand-by" if question.step == "stand-by" else "asked"
            taken = [*seat(shift, roster, at, how), *shift.watch(at)]
        said: list[CoverEvent] = [] if question.answer == answer else [CoverAnswered(roster.id, answer)]
        question.answer, question.answered = answer, at
        ended = self._end(at, filled=True) if shift.missing <= 0 else []
        return [*said, *ended], taken, refusal

    def hear(self, answer: OutsideAnswer) -> None:
        """A neighbour or the district answered; the last word of each counts."""
        self.outside = [*(one for one in self.outside if one.who != answer.who), answer]

    def _is_step_over(self, at: datetime) -> bool:
        if self.step == STEPS[-1]:
            return False
        if self.step is None or self.until is None or at >= self.until:
            return True
        return self.step in STEPS[:2] and not self.open_questions

    def _climb(self, shift: Shift, post: Post, free: Sequence[Roster], rules: Rules, at: datetime) -> list[CoverEvent]:
        self.step = STEPS[0] if self.step is None else STEPS[STEPS.index(self.step) + 1]
        self.until = at + timedelta(minutes=_minutes(self.step, rules))
        if self.step in STEPS[2:]:
            return [self._escalated(shift, post)]
        known = {one.volunteer for one in self.asked if one.at >= self.started}
        new = [one for one in free if one.id not in known]
        if self.step == "stand-by":
            chosen = [one.id for one in new if shift.stands_by(one.id)]
        else:
            chosen = [one.id for one in by_suitability(new, shift)[: ASKED_FOR_EACH * shift.missing]]
        if not chosen:
            self.until = at
            return []
        self.asked += [Asked(volunteer, self.step, at) for volunteer in chosen]
        return [CoverAsked(self.step, chosen, self.until)]

    def _escalated(self, shift: Shift, post: Post) -> CoverEscalated:
        if self.step is None or self.until is None:
            raise ValueError("a search that has not begun cannot go further")
        return CoverEscalated(
            self.step, self.until, post.id, post.name, post.name_en, post.kind, shift.skill, shift.starts, shift.ends,
            shift.missing,
        )  # fmt: skip

    def _end(self, at: datetime, *, filled: bool) -> list[CoverEvent]:
        self.ended, self.filled, self.until = at, filled, None
        return [CoverEnded(filled)]


def by_suitability(people: Iterable[Roster], shift: Shift) -> list[Roster]:
    """Those who said that they have time then, then those with the fewest hours in that week."""
    part = part_of_week(shift.starts)
    week = shift.starts.astimezone(SHANGHAI).date()
    return sorted(people, key=lambda one: (part not in one.available, hours_in_week(one.duties, week), one.id))


def part_of_week(moment: datetime) -> str:
    """`weekday-night`, `weekend-morning`: the words in which volunteers say when they have time."""
    local = moment.astimezone(SHANGHAI)
    part = next(name for until, name in PARTS if local.hour < until)
    return f"{'weekend' if local.weekday() >= WEEKEND else 'weekday'}-{part}"


def _minutes(step: Step, rules: Rules) -> int:
    waits = (rules.stand_by_minutes, rules.volunteers_minutes, rules.neighbours_minutes, rules.neighbours_minutes)
    return waits[STEPS.index(step)]
