#!/bin/sh
# PyJWT 2.15.1: signs a token whose subject is a number, and refuses to read it.
#
# RFC 7519 wants `sub` to be a string. encode() does not look; decode() raises InvalidSubjectError, also for a token of its own
# making. A service that keeps numbers for accounts signs tokens that no service takes, and learns of it at the first request.
#
# Seen on 2026-11-30, Python 3.11:
#   encode took sub=7; decode: InvalidSubjectError: Subject must be a string
#   encode took sub='7'; decode: 7
# Around it: make subjects text where the token is made, and test the pair.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q PyJWT==2.15.1
"$folder/venv/bin/python" - <<'EOF'
import jwt

KEY = "k" * 32


def round_trip(subject):
    token = jwt.encode({"sub": subject}, KEY, "HS256")
    try:
        return jwt.decode(token, KEY, ["HS256"])["sub"]
    except jwt.InvalidTokenError as fault:
        return f"{type(fault).__name__}: {fault}"


for subject in (7, "7"):
    print(f"encode took sub={subject!r}; decode: {round_trip(subject)}")
assert round_trip(7) == "InvalidSubjectError: Subject must be a string"
assert round_trip("7") == "7"
EOF
