#!/bin/sh
# eventlet 0.41.3: listen() takes a port that another process listens on already, and connections go to either by turns.
#
# Unless told otherwise it sets SO_REUSEPORT for every port but 0. Two different servers that are given one port by mistake both
# start without an error, and each gets some of the requests: half of them are answered 404 by a service that knows no such page.
# The standard library's socket.create_server() raises EADDRINUSE there.
#
# Seen on 2026-12-01, Python 3.11, Linux:
#   by default -> listens; with reuse_port=False -> EADDRINUSE
# Around it: listen(..., reuse_port=False).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q eventlet==0.41.3
"$folder/venv/bin/python" -W ignore - <<'EOF'
import errno
import socket

import eventlet

with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
first = eventlet.listen(("127.0.0.1", port))
second = eventlet.listen(first.getsockname())
seen = ["listens" if second.getsockname() == first.getsockname() else "elsewhere"]
second.close()
try:
    eventlet.listen(first.getsockname(), reuse_port=False)
except OSError as fault:
    seen.append(errno.errorcode[fault.errno])
print(f"by default -> {seen[0]}; with reuse_port=False -> {seen[1]}")
assert seen == ["listens", "EADDRINUSE"]
EOF
