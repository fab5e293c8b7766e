#!/bin/sh
# nameko 2.14.1: an HTTP error that a handler raises by Werkzeug's own means reaches the client as 500.
#
# nameko's web part stands on Werkzeug, whose way to say "not found" is to raise NotFound. An @http handler that does so answers
# 500 with the text of the exception; only BadRequest and its kin of nameko's own come out as 400. A wrong URL, which the router
# itself refuses, is a 404. So a missing thing and a broken server look alike to clients, caches and alarms.
#
# Seen on 2026-11-30 (with the Werkzeug and setuptools it still runs with), Python 3.11:
#   no such URL -> 404
#   handler raises NotFound -> 500 Error: NotFound: 404 Not Found: The requested
#   handler raises Forbidden -> 500 Error: Forbidden: 403 Forbidden: You don't ha
# Around it: override HttpRequestHandler.response_from_exception.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q nameko==2.14.1 eventlet==0.41.3 Werkzeug==2.3.8 setuptools==80.10.2 kombu==5.7.0 2>/dev/null
"$folder/venv/bin/python" -W ignore - <<'EOF'
import eventlet

eventlet.monkey_patch()

import http.client
import logging

from nameko.containers import ServiceContainer
from nameko.web.handlers import http as handles
from werkzeug.exceptions import Forbidden, NotFound

logging.disable()


class Service:
    name = "service"

    @handles("GET", "/missing")
    def missing(self, request):
        raise NotFound

    @handles("GET", "/closed")
    def closed(self, request):
        raise Forbidden


with eventlet.listen(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
container = ServiceContainer(Service, {"WEB_SERVER_ADDRESS": f"127.0.0.1:{port}"})
container.start()
seen = []
for path, about in (("/nowhere", "no such URL"), ("/missing", "handler raises NotFound"), ("/closed", "handler raises Forbidden")):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("GET", path)
    answer = line.getresponse()
    seen.append(answer.status)
    print(about, "->", answer.status, answer.read().decode()[:45] if answer.status == 500 else "")
container.stop()
assert seen == [404, 500, 500]
EOF
