#!/bin/sh
# apispec 6.10.1: an exclusive range of marshmallow's is published as an inclusive one.
#
# validate.Range(min=0, max=10, min_inclusive=False, max_inclusive=False) refuses 0 and 10. OpenAPI 3.1 has exclusiveMinimum
# and exclusiveMaximum for that; apispec writes minimum and maximum, so the document allows two values that the door refuses.
# Clients made from the document send them; a tester that reads it (schemathesis) reports the door.
#
# Seen on 2026-11-30 with marshmallow 4.4.0, Python 3.11:
#   marshmallow takes 0: False, 1: True, 9: True, 10: False
#   apispec publishes {'type': 'integer', 'minimum': 0, 'maximum': 10}
# Around it: write ranges of whole numbers inclusively (min=1, max=9).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q apispec==6.10.1 marshmallow==4.4.0
"$folder/venv/bin/python" - <<'EOF'
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields, validate


class Shape(Schema):
    n = fields.Integer(validate=validate.Range(min=0, max=10, min_inclusive=False, max_inclusive=False))


taken = {value: not Shape().validate({"n": value}) for value in (0, 1, 9, 10)}
print("marshmallow takes", ", ".join(f"{value}: {ok}" for value, ok in taken.items()))
spec = APISpec("t", "1", "3.1.0", plugins=[MarshmallowPlugin()])
spec.components.schema("Shape", schema=Shape)
published = spec.to_dict()["components"]["schemas"]["Shape"]["properties"]["n"]
print("apispec publishes", published)
assert taken == {0: False, 1: True, 9: True, 10: False}
assert published == {"type": "integer", "minimum": 0, "maximum": 10}
EOF
