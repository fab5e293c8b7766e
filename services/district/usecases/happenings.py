"""What is news to the office, told once for each act."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.district.domain.communities import Happening
from services.district.store.happenings import FEVER_FOUND
from services.district.usecases.types import CANCELLED, GAP_OPENED, MISSED, MOVED, PLANNED, REGISTERED, RESTORED
from shared.events.envelope import Event

# What is news to the office; the rest is followed all the same, and whoever wants to know looks it up.
NEWS = frozenset({
    REGISTERED, PLANNED, CANCELLED, GAP_OPENED, MOVED, RESTORED, MISSED,
    "volunteers.volunteer.applied.v1", "volunteers.volunteer.approved.v1", "volunteers.volunteer.refused.v1",
    "volunteers.volunteer.suspended.v1", "volunteers.volunteer.reinstated.v1",
    "shifts.post.opened.v1", "shifts.post.closing-planned.v1", "shifts.post.closing-withdrawn.v1",
    "shifts.post.closed.v1", "shifts.post.reopened.v1",
    "shifts.shift.claimed.v1", "shifts.shift.released.v1", "shifts.shift.checked-in.v1", "shifts.shift.checked-out.v1",
    "shifts.shift.gap-closed.v1", "shifts.cover.started.v1", "shifts.cover.escalated.v1",
    "notify.notice.published.v1", "notify.notice.withdrawn.v1", FEVER_FOUND,
    "grid.disinfection.asked.v1", "grid.disinfection.confirmed.v1", "rescue.mission.accepted.v1",
    "rescue.mission.finished.v1", "rescue.mission.escalated.v1",
})  # fmt: skip

# A week's rota is one thing that happened, not a hundred.
MANY_AT_ONCE = (PLANNED, CANCELLED, GAP_OPENED, MOVED, RESTORED)


def happenings(events: Sequence[Event]) -> Iterable[Happening]:
    """Those of the batch that are news."""
    told: dict[str, Happening] = {}
    for event in events:
        if event.type not in NEWS:
            continue
        happening = _happening(event)
        before = told.get(happening.id)
        told[happening.id] = replace(before, count=before.count + 1) if before else happening
    return told.values()


def _happening(event: Event) -> Happening:
    """An act that did the same to many shifts is told once; two people's acts of the same moment are two."""
    one_act = f"{event.community} {event.type} {event.time.isoformat()} {event.actor}"
    return Happening(
        id=one_act if event.type in MANY_AT_ONCE else event.id,
        time=event.time,
        community=event.subject if event.type == REGISTERED else event.community,
        type=event.type,
        subject=event.data["gate"] if event.type == FEVER_FOUND else event.subject,
        actor=event.actor,
        volunteer=event.data.get("volunteer"),
        missing=event.data.get("missing"),
    )
