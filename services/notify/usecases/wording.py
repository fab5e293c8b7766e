"""What one person reads of one notice: its text filled for them, in their language, with where to answer and to read on."""

from dataclasses import dataclass
from datetime import datetime

from services.notify.domain.notices import Notice, in_words
from services.notify.domain.people import Person
from shared.i18n.dates import day
from shared.i18n.text import Lang, Text
from shared.outbound.template_sandbox import BadTemplate, fill

CORRECTION = Text("更正：", "Correction: ")
WAS_WRONG = Text("更正说明：{reason}", "What was wrong: {reason}")
DO_IT = Text("请点：{link}", "Please open: {link}")
READ_ON = Text("全文：{link}", "In full: {link}")
ANSWER = Text("能来／来不了，请点：{link}", "Yes or no, please answer here: {link}")
NEIGHBOUR = Text("各位居民", "neighbours")


@dataclass(frozen=True)
class Letter:
    title: str
    body: str


def letter(
    notice: Notice,
    person: Person | None,
    place: Text,
    origin: str,
    at: datetime,
    *,
    lang: Lang,
    answer: str | None = None,
) -> Letter:
    """`person` None: whoever reads it, on the page, on paper or in a group. `answer`: this person's link, if they are asked."""
    link = f"{origin}/notices/{notice.community}/{notice.id}"
    name = person.name_in(notice.community) if person else None
    facts = {
        "community": place.in_(lang),
        "date": day(notice.published or at, lang),
        "name": name or NEIGHBOUR.in_(lang),
        "building": person.building_in(notice.community) if person else "",
        "link": link,
    }
    title, body = (_filled(words, facts) for words in in_words(notice.wording, lang))
    if notice.corrects is not None:
        title = CORRECTION.in_(lang) + title
        body = f"{WAS_WRONG.format(reason=notice.correction).in_(lang)}\n\n{body}"
    return Letter(title, body if answer is None else f"{body}\n\n{ANSWER.format(link=answer).in_(lang)}")


def outside(notice: Notice, written: Letter, origin: str, lang: Lang) -> Letter:
    """As it goes out: with the address of the page where there is one."""
    if notice.leads_to:
        return Letter(written.title, f"{written.body}\n\n{DO_IT.format(link=origin + notice.leads_to).in_(lang)}")
    if not notice.public:
        return written
    link = f"{origin}/notices/{notice.community}/{notice.id}"
    return Letter(written.title, f"{written.body}\n\n{READ_ON.format(link=link).in_(lang)}")


def _filled(words: str, facts: dict[str, str]) -> str:
    """A text that no longer fills (it was checked when it was written) is better read with its gaps than not at all."""
    try:
        return fill(words, facts)
    except BadTemplate:
        return words
