#!/bin/sh
# Werkzeug 3.1.9: a reader who prefers zh-CN and also takes English is given English by a site that has `zh` and `en`.
#
# `Accept-Language: zh-CN,en;q=0.9` is what a browser sends whose owner chose these two. best_match() looks for exact matches of all
# languages first: `en` is one (0.9), `zh-CN` is not exactly `zh`, so the language asked for first loses. RFC 4647's lookup goes
# down the reader's list and shortens each (zh-CN, then zh) before it takes the next. With `zh` named as well it comes out right.
#
# Seen on 2026-11-30, Python 3.11:
#   zh-CN,en;q=0.9 -> en
#   zh-CN,zh;q=0.9,en;q=0.8 -> zh
#   zh-CN -> zh
# Around it: offer ["zh-CN", "zh", "en"], or go down the reader's list oneself.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q Werkzeug==3.1.9
"$folder/venv/bin/python" - <<'EOF'
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request


def chosen(accepts):
    request = Request(EnvironBuilder(headers={"Accept-Language": accepts}).get_environ())
    return request.accept_languages.best_match(["zh", "en"])


seen = {accepts: chosen(accepts) for accepts in ("zh-CN,en;q=0.9", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN")}
for accepts, language in seen.items():
    print(accepts, "->", language)
assert list(seen.values()) == ["en", "zh", "zh"]
EOF
