"""Help between neighbours: a community that cannot fill a shift asks the others, and then the district; each answer is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from shared.i18n.text import Text
from shared.i18n.timezone import SHANGHAI
from shared.kernel.errors import RuleBroken

Step = Literal["neighbours", "district"]

DISTRICT = "district"  # who answers for the district office


@dataclass(frozen=True)
class Answered:
    shift: str
    who: str
    answer: Literal["yes", "no"]
    people: int


class RequestOver(RuleBroken):
    code = "request-over"
    says = Text("这次求援已经结束，不用再答复。", "This request is over; it needs no answer any more.")


class OwnRequest(RuleBroken):
    code = "own-request"
    says = Text("这是本社区自己的求援。", "This is your own community's request.")


class NotAskedYet(RuleBroken):
    code = "district-not-asked-yet"
    says = Text("还在请邻近社区帮忙，尚未求助指挥部。", "The neighbours are still being asked, not yet the district.")


class AlreadyPromised(RuleBroken):
    code = "help-already-promised"
    says = Text(
        "已答应派人；要撤回，请到借调里结束那一次支援。",
        "People are promised already; to take that back, end their loan.",
    )


class MoreThanMissing(RuleBroken):
    code = "more-than-asked-for"
    says = Text("只缺 {missing} 人，派多了。", "Only {missing} are missing: these are too many.")


@dataclass
class Answer:
    """What one community, or the district office, last said; `loans` are of those it named."""

    who: str
    answer: Literal["yes", "no"]
    people: int
    at: datetime
    by: str | None
    loans: list[str] = field(default_factory=list)


@dataclass
class Request:
    """A shift for which a community asks others for people. `since`: when it first asked; `until`: when it asks further.

    `pointed_to`: the communities that the district office asked by name.
    """

    id: str
    community: str
    shift: str
    step: Step
    since: datetime
    until: datetime
    post_name: str
    post_name_en: str
    kind: str
    skill: str | None
    starts: datetime
    ends: datetime
    missing: int
    answers: list[Answer] = field(default_factory=list)
    over: bool = False
    pointed_to: list[str] = field(default_factory=list)

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day of the shift by people's clock; one that ends at midnight does not touch the next."""
        last = self.ends - timedelta(microseconds=1)
        return self.starts.astimezone(SHANGHAI).date(), last.astimezone(SHANGHAI).date()

    @property
    def promised(self) -> int:
        return sum(one.people for one in self.answers)

    def answer_of(self, who: str) -> Answer | None:
        return next((one for one in self.answers if one.who == who), None)

    def ask(self, step: Step, at: datetime, until: datetime, missing: int) -> None:
        """The community asks, or asks further; after a search that ended this is a new one."""
        if self.over:
            self.over, self.since, self.answers, self.pointed_to = False, at, [], []
        self.step, self.until, self.missing = step, until, missing

    def point_to(self, community: str, at: datetime, missing: int) -> None:
        """The district office asks this community; also where nobody was asked yet, or no longer."""
        if self.over:
            self.ask("neighbours", at, self.starts, missing)
        self.pointed_to = [*(one for one in self.pointed_to if one != community), community]

    def check_answers(self, who: str, at: datetime) -> None:
        """Raises RequestOver, OwnRequest or NotAskedYet."""
        if self.over or at >= self.ends:
            raise RequestOver
        if who == self.community:
            raise OwnRequest
        if who == DISTRICT and self.step != "district":
            raise NotAskedYet

    def send(self, who: str, loans: Sequence[str], by: str | None, at: datetime) -> list[Answered]:
        """A community names people of its own, besides those named before.

        Raises the rules of check_answers, or MoreThanMissing.
        """
        self.check_answers(who, at)
        before = self.answer_of(who)
        named = [*(before.loans if before else ()), *loans]
        self._check_few(len(named))
        return self._say(Answer(who, "yes", len(named), at, by, named))

    def send_team(self, people: int, by: str | None, at: datetime) -> list[Answered]:
        """The district office sends people of nobody's. Raises the rules of check_answers, or MoreThanMissing."""
        self.check_answers(DISTRICT, at)
        self._check_few(people)
        return self._say(Answer(DISTRICT, "yes", people, at, by))

    def regret(self, who: str, by: str | None, at: datetime) -> list[Answered]:
        """Nobody can come. Raises the rules of check_answers, or AlreadyPromised."""
        self.check_answers(who, at)
        before = self.answer_of(who)
        if before and before.loans:
            raise AlreadyPromised
        return self._say(Answer(who, "no", 0, at, by))

    def lose(self, who: str, loan: str, by: str | None, at: datetime) -> list[Answered]:
        """One whom this community had named does not come after all."""
        before = self.answer_of(who)
        if before is None or loan not in before.loans or self.over:
            return []
        loans = [one for one in before.loans if one != loan]
        return self._say(Answer(who, "yes" if loans else "no", len(loans), at, by, loans))

    def close(self) -> None:
        self.over = True

    def _check_few(self, people: int) -> None:
        if people > self.missing:
            raise MoreThanMissing("people", missing=self.missing)

    def _say(self, answer: Answer) -> list[Answered]:
        self.answers = [*(one for one in self.answers if one.who != answer.who), answer]
        return [Answered(self.shift, answer.who, answer.answer, answer.people)]
