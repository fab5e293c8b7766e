#!/bin/sh
# apprise 2.2.0: a chat robot's refusal counts as delivered.
#
# The robots of WeCom, DingTalk and Feishu answer every call with HTTP 200 and say in the body whether they took the message:
# {"errcode": 93000, "errmsg": "invalid webhook url"} is a no (WeCom's document 91770; DingTalk's and Feishu's alike). Apprise
# looks at the status only and returns True. A robot that was removed from its group keeps on "delivering".
#
# Seen on 2026-11-30 with a listener on this machine in the robots' place, Python 3.11:
#   wecombot: HTTP 200 {"errcode": 93000, ...} -> notify() is True
#   dingtalk: HTTP 200 {"errcode": 310000, ...} -> notify() is True
#   feishu: HTTP 200 {"code": 19001, ...} -> notify() is True
# Around it: call these robots oneself and read errcode (or code) in the answer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q apprise==2.2.0
"$folder/venv/bin/python" -W ignore - <<'EOF'
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import apprise
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

SAYS = {"wecombot": {"errcode": 93000}, "dingtalk": {"errcode": 310000}, "feishu": {"code": 19001}}


class Refuses(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({**SAYS[self.path.strip("/")], "errmsg": "no"}).encode())

    def log_message(self, *_):
        pass


listener = HTTPServer(("127.0.0.1", 0), Refuses)
threading.Thread(target=listener.serve_forever, daemon=True).start()
here = f"http://127.0.0.1:{listener.server_port}"
ROBOTS = {"wecombot": NotifyWeComBot(key="a" * 8), "dingtalk": NotifyDingTalk(token="b" * 8), "feishu": NotifyFeishu(token="c" * 36)}
ROBOTS["wecombot"].api_url = f"{here}/wecombot"
for name in ("dingtalk", "feishu"):
    ROBOTS[name].notify_url = f"{here}/{name}"
for name, robot in ROBOTS.items():
    went = robot.notify(body="West gate is short of two people", title="", notify_type=apprise.NotifyType.INFO)
    print(f"{name}: HTTP 200 {json.dumps(SAYS[name])} -> notify() is {went}")
    assert went is True
listener.shutdown()
EOF
