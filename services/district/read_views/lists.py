"""What is behind the figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.district.domain.communities import Outlook, Shift, Silence, gaps
from shared.i18n.text import Text


@dataclass(frozen=True)
class Gap:
    """A shift that lacks people, with the words a reader needs."""

    shift: Shift
    place: Text
    post: Text
    is_now: bool
    silence: Silence | None


def see_gaps(outlooks: Iterable[Outlook], at: datetime) -> list[Gap]:
    """By time, over all communities."""
    where = {one.community.id: one for one in outlooks}
    return [
        gap_in(shift, where[shift.community], at) for shift in gaps([s for o in where.values() for s in o.shifts], at)
    ]


def gap_in(shift: Shift, outlook: Outlook, at: datetime) -> Gap:
    community = outlook.community
    return Gap(shift, community.title, community.title_of(shift.post), shift.is_running(at), outlook.silence)
