"""What no longer holds: an event that takes back what was told ends its notices, and what was not told yet never is."""

from collections.abc import Sequence

from services.notify.domain.notices import Notice
from services.notify.domain.rules import FOR_WHO_HEARD, End, Occasion, ended_by
from services.notify.store import NotifyStore


def note(tx: NotifyStore, happened: Sequence[tuple[str, Occasion]]) -> None:
    """Within a transaction: keeps what rules may answer to, each with the type of its event, and names the notices it ends.

    Nothing is told or withdrawn from here: occasions take effect one by one, later.
    """
    subjects = {occasion.subject for type_, occasion in happened if ended_by(type_)}
    notices = tx.telling_of(subjects) if subjects else []
    known = tx.occasions_about(subjects) if subjects else []
    changed: dict[str, Occasion] = {}
    for type_, occasion in happened:
        ends = ended_by(type_)
        begun = [one for one in known if any(_ends_occasion(occasion, *end, one) for end in ends)]
        told = [one for one in notices if any(_ends_notice(occasion, *end, one) for end in ends)]
        changed |= {one.id: one for one in _take_back(occasion, begun, told)}
        if occasion.trigger is not None or occasion.ends:
            if occasion.is_too_old and not occasion.ends:
                occasion.fate = "too-old"
            known.append(occasion)
            changed[occasion.id] = occasion
    tx.save_all((one, ()) for one in changed.values())


def _take_back(occasion: Occasion, begun: list[Occasion], told: list[Notice]) -> list[Occasion]:
    """What is over: it is told no more, and where its end is news, the same may be told anew at once."""
    over = [one for one in begun if one.fate == "waiting" or occasion.trigger is not None]
    for one in over:
        one.fate = "taken-back"
    occasion.ends = [one.id for one in told]
    if occasion.trigger in FOR_WHO_HEARD and any(_was_announced(occasion, one) for one in told):
        occasion.trigger = None
    return over


def _ends_notice(occasion: Occasion, name: str, end: End, notice: Notice) -> bool:
    origin = notice.origin
    return (
        origin is not None
        and (origin.trigger, origin.subject, notice.community) == (name, occasion.subject, occasion.community)
        and (end.by is None or origin.marks.get(end.by) == str(occasion.data.get(end.by)))
    )


def _ends_occasion(occasion: Occasion, name: str, end: End, other: Occasion) -> bool:
    return (other.trigger, other.subject, other.community) == (name, occasion.subject, occasion.community) and (
        end.by is None or other.data.get(end.by) == occasion.data.get(end.by)
    )


def _was_announced(occasion: Occasion, notice: Notice) -> bool:
    """It ends at the time at which the notice said it would: nobody needs telling."""
    until = notice.origin.until if notice.origin else None
    return until is not None and occasion.at >= until
