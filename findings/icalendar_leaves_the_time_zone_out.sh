#!/bin/sh
# icalendar 7.3.0: writes a TZID that the calendar does not define.
#
# RFC 5545 (3.2.19) wants a VTIMEZONE for every TZID that a calendar names. Of a start in Asia/Shanghai icalendar writes
# DTSTART;TZID=Asia/Shanghai and no VTIMEZONE: phones that know the zone by name guess right, strict readers take local time.
# add_missing_timezones() puts it in; nothing says that it is needed.
#
# Seen on 2026-11-30, Python 3.11:
#   as written: DTSTART;TZID=Asia/Shanghai:20200202T080000, VTIMEZONE: False, missing: {'Asia/Shanghai'}
#   after add_missing_timezones(): VTIMEZONE: True
# Around it: write times in UTC, which need no zone, or call add_missing_timezones() last.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q icalendar==7.3.0 tzdata==2026.3
"$folder/venv/bin/python" - <<'EOF'
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

event = Event()
event.add("dtstart", datetime(2020, 2, 2, 8, tzinfo=ZoneInfo("Asia/Shanghai")))
calendar = Calendar()
calendar.add_component(event)
written = calendar.to_ical().decode()
start = next(line for line in written.splitlines() if line.startswith("DTSTART"))
missing = calendar.get_missing_tzids()
print(f"as written: {start}, VTIMEZONE: {'BEGIN:VTIMEZONE' in written}, missing: {missing}")
assert start == "DTSTART;TZID=Asia/Shanghai:20200202T080000"
assert "BEGIN:VTIMEZONE" not in written and missing == {"Asia/Shanghai"}
calendar.add_missing_timezones()
print("after add_missing_timezones(): VTIMEZONE:", "BEGIN:VTIMEZONE" in calendar.to_ical().decode())
assert "BEGIN:VTIMEZONE" in calendar.to_ical().decode()
EOF
