"""Notices, their posters, and what was answered."""

from services.district.domain.reach import Answer, Notice, Poster
from services.district.usecases.folds import Folds, fold
from shared.events.envelope import Event


def _notice(event: Event) -> Notice | None:
    if event.type != "notify.notice.published.v1":
        return None
    said = event.data
    return Notice(
        event.subject, event.community, said["kind"], said["public"], event.time, said["title"], said["title_en"]
    )


def _poster(event: Event) -> Poster | None:
    if event.type != "notify.poster.asked.v1":
        return None
    told = {name: event.data[name] for name in ("notice", "building", "unit", "owner")}
    return Poster(event.subject, event.community, **told, since=event.time)


def _answer(event: Event) -> Answer:
    told = {name: event.data[name] for name in ("about", "subject", "answer")}
    return Answer(event.subject, event.community, **told, told=event.time)


FOLDS: Folds = {
    ("notify.notice",): fold(Notice, "notices", _notice),
    ("notify.poster",): fold(Poster, "posters", _poster),
    ("notify.answer",): fold(Answer, "answers", _answer),
}
