#!/bin/sh
# marshmallow 4.4.0: whole numbers and dates are read by Python's own readers, which take more spellings than JSON or RFC 3339.
#
# fields.Integer hands text to int(): "1_000" is 1000, full-width "１２" (as a Chinese keyboard types it) is 12. fields.Date and
# fields.DateTime hand text to fromisoformat(): since Python 3.11 week dates and compact times pass. The published schema says
# `integer` and `format: date`; what is taken depends on the Python it runs on. msgspec takes none of them.
#
# Seen on 2026-11-30 with msgspec 0.22.0, Python 3.11:
#   '1_000' -> marshmallow 1000, msgspec refuses
#   '１２' -> marshmallow 12, msgspec refuses
#   '2020-W05-7' -> marshmallow 2020-02-02, msgspec refuses
#   '20200202T0304' -> marshmallow 2020-02-02 03:04:00, msgspec refuses
# Around it: Integer(strict=True) for numbers of programs; hold a date against its own text (isoformat() == what was said).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q marshmallow==4.4.0 msgspec==0.22.0
"$folder/venv/bin/python" - <<'EOF'
from datetime import date, datetime

import msgspec
from marshmallow import fields

SAID = {
    "1_000": (fields.Integer(), int, 1000),
    "１２": (fields.Integer(), int, 12),
    "2020-W05-7": (fields.Date(), date, date(2020, 2, 2)),
    "20200202T0304": (fields.DateTime(), datetime, datetime(2020, 2, 2, 3, 4)),
}
for said, (field, kind, meant) in SAID.items():
    read = field.deserialize(said)
    try:
        other = msgspec.convert(said, kind, strict=False)
    except msgspec.ValidationError:
        other = "refuses"
    print(f"{said!r} -> marshmallow {read}, msgspec {other}")
    assert read == meant
    assert other == "refuses"
EOF
