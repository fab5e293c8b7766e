#!/bin/sh
# amqp 5.4.2 (py-amqp): a decimal in an AMQP table comes back with another scale than it was sent with.
#
# AMQP 0-9-1 writes a decimal as scale and integer: 1.50 is scale 2 and 150, and py-amqp writes just that. Its reader
# divides the integer by a power of ten and lets Decimal choose the scale, so 1.50 arrives as 1.5 and 100.00 as 1E+2 or 100.
# Price lists and measured amounts, where "1.50" says how exact the figure is, arrive as something else.
#
# Seen on 2026-11-30, Python 3.11:
#   sent 1.50 as scale 2, value 150; read back as 1.5
#   sent 0.30 as scale 2, value 30; read back as 0.3
#   sent 100.00 as scale 2, value 10000; read back as 100
# Around it: send amounts as text, or as whole units.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q amqp==5.4.2
"$folder/venv/bin/python" - <<'EOF'
from decimal import Decimal

from amqp.serialization import dumps, loads

for said in ("1.50", "0.30", "100.00"):
    wire = dumps("F", [{"amount": Decimal(said)}])
    scale, value = wire[-5], int.from_bytes(wire[-4:], "big")
    read = loads("F", wire, 0)[0][0]["amount"]
    print(f"sent {said} as scale {scale}, value {value}; read back as {read}")
    assert Decimal(value).scaleb(-scale).as_tuple() == Decimal(said).as_tuple(), "the wire is right"
    assert read == Decimal(said), "the amount is the same"
    assert read.as_tuple() != Decimal(said).as_tuple(), "the scale is kept now"
EOF
