#!/bin/sh
# limits 5.8.0: parse() of a text with several limits keeps the first and says nothing about the others.
#
# "5/minute; 100/day" is the library's own notation for two limits, and parse_many() reads both. parse() reads one, without an
# error: whoever keeps such a text in a setting and calls the shorter name has no daily limit at all.
#
# Seen on 2026-11-30, Python 3.11:
#   parse:      5 per 1 minute
#   parse_many: 5 per 1 minute, 100 per 1 day
# Around it: parse_many(), or one limit to a setting.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q limits==5.8.0
"$folder/venv/bin/python" - <<'EOF'
from limits import parse, parse_many

said = "5/minute; 100/day"
print("parse:     ", parse(said))
print("parse_many:", ", ".join(map(str, parse_many(said))))
assert str(parse(said)) == "5 per 1 minute"
assert [str(one) for one in parse_many(said)] == ["5 per 1 minute", "100 per 1 day"]
EOF
