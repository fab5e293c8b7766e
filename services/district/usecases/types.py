"""Events that more than one of our use cases knows by name."""

REGISTERED = "accounts.community.registered.v1"
PLANNED = "shifts.shift.planned.v1"
CANCELLED = "shifts.shift.cancelled.v1"
GAP_OPENED = "shifts.shift.gap-opened.v1"
MOVED = "shifts.shift.moved.v1"
RESTORED = "shifts.shift.restored.v1"
MISSED = "shifts.shift.missed.v1"
