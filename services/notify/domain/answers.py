"""Answers: can come, can't come. Given by private link or when signed in, and changed until it is too late."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.notify.domain.refusals import TooLate

Choice = Literal["yes", "no"]


@dataclass(frozen=True)
class AnswerGiven:
    about: str
    subject: str
    volunteer: str | None
    answer: str


@dataclass
class Ask:
    """One person asked by one notice."""

    id: str
    notice: str
    community: str
    person: str
    volunteer: str | None
    about: Literal["cover", "notice"]
    subject: str
    until: datetime | None
    answer: Choice | None = None
    answered: datetime | None = None

    def give(self, answer: Choice, at: datetime) -> list[AnswerGiven]:
        """The same answer again changes nothing. Raises TooLate."""
        if self.until is not None and at > self.until:
            raise TooLate
        if answer == self.answer:
            return []
        self.answer, self.answered = answer, at
        return [AnswerGiven(self.about, self.subject, self.volunteer, answer)]


def ask_id(notice: str, person: str) -> str:
    return f"{notice}.{person}"
