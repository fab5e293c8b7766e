"""Time zone that all of a district lives by, for rules as for pages."""

from datetime import timedelta, timezone

# China keeps one offset all year, so no time-zone database is needed where this runs.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
