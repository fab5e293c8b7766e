"""Notices and how far they reach."""

from dataclasses import dataclass
from datetime import datetime

from services.district.domain.reach import Notice, Reach
from services.district.read_views.titles import titles
from services.district.store import DistrictStore
from shared.i18n.text import Text

NOTICE_WORDS = {
    "current": ("ok", Text("有效", "Holds")),
    "corrected": ("quiet", Text("已更正", "Corrected")),
    "withdrawn": ("quiet", Text("已撤回", "Withdrawn")),
}


@dataclass(frozen=True)
class NoticeSeen:
    notice: Notice
    place: Text
    reach: Reach


def see_notices(
    store: DistrictStore, limit: int, community: str | None = None, before: tuple[datetime, str] | None = None
) -> list[NoticeSeen]:
    """Newest first."""
    found = store.notices(limit, community, before)
    reached, places = store.reach(one.id for one in found), titles(store)
    return [NoticeSeen(one, places.of(one.community), reached.get(one.id, Reach())) for one in found]
