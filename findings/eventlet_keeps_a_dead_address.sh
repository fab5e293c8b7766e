#!/bin/sh
# eventlet 0.41.3: after monkey_patch() a name keeps its address for the record's whole TTL, also when nothing answers there.
#
# With dnspython installed, the patched socket.getaddrinfo() asks name servers itself and caches answers in the process. A broker
# or database that comes back under another address (a container started anew) is looked for at the old one until the TTL is
# over, however often the connection fails and whatever the name server says by then. Unpatched programs ask every time.
#
# Seen on 2026-11-30 with a name server in the same process that gives a TTL of 600 s, Python 3.11:
#   told 127.0.0.2, then 127.0.0.3, then the cache dropped -> ['127.0.0.2', '127.0.0.2', '127.0.0.3'], asked 2 times
# Around it: greendns.resolver._resolver.cache = None after patching, or EVENTLET_NO_GREENDNS=yes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q eventlet==0.41.3 dnspython==2.8.0
"$folder/venv/bin/python" -W ignore - <<'EOF'
import eventlet

eventlet.monkey_patch()

import socket

import dns.message
import dns.rdatatype
import dns.rrset
from eventlet.support import greendns

asked, address = [], ["127.0.0.2"]
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))

def answer():
    while True:
        packet, whom = server.recvfrom(512)
        query = dns.message.from_wire(packet)
        reply, (question,) = dns.message.make_response(query), query.question
        if question.rdtype == dns.rdatatype.A:
            asked.append(question.name)
            reply.answer.append(dns.rrset.from_text(question.name, 600, "IN", "A", address[0]))
        server.sendto(reply.to_wire(), whom)


eventlet.spawn(answer)
real = greendns.resolver._resolver
real.nameservers, real.port = ["127.0.0.1"], server.getsockname()[1]


def look_up():
    return socket.getaddrinfo("broker.example.", 5672, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]


seen = [look_up()]
address[0] = "127.0.0.3"
seen.append(look_up())
real.cache = None
seen.append(look_up())
print(f"told 127.0.0.2, then 127.0.0.3, then the cache dropped -> {seen}, asked {len(asked)} times")
assert seen == ["127.0.0.2", "127.0.0.2", "127.0.0.3"] and len(asked) == 2
EOF
