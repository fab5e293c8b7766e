"""Chat webhooks of group robots: builds each one's request and parses its answer.

They are asked from here and not through Apprise, which takes HTTP 200 for arrival: these say 200 and refuse in the body, and a
text too long for them they refuse whole. Sources: WeCom's document 91770, DingTalk's on custom robots, Feishu's on custom bots.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

BUSY = {
    -1,
    45009,
    130101,
    410100,
    11232,
}  # busy, or asked too often: WeCom's, DingTalk's and Feishu's words for "later"
MOST_BYTES = {"wecom": 2048, "dingtalk": 18_000, "feishu": 18_000}  # of one text; the latter two allow 20 KB in all
HOSTS = {"wecom": "qyapi.weixin.qq.com", "dingtalk": "oapi.dingtalk.com", "feishu": "open.feishu.cn"}
_PATHS = {
    "wecom": "/cgi-bin/webhook/send?key=",
    "dingtalk": "/robot/send?access_token=",
    "feishu": "/open-apis/bot/v2/hook/",
}
_KEY = re.compile(r"[A-Za-z0-9_-]{1,200}")
_LAST_BYTES = 400  # a last paragraph as short as that is where to read on: it stays when the rest is cut


class Asked(NamedTuple):
    url: str
    body: dict[str, Any]


def key_of(address: str) -> str | None:
    """Of the address that the chat program shows, its key; or the key as it is."""
    url = urlsplit(address)
    asked = parse_qs(url.query)
    key = (asked.get("key") or asked.get("access_token") or [url.path.rstrip("/").rpartition("/")[2]])[0]
    return key if _KEY.fullmatch(key) else None


def asked(kind: str, settings: Mapping[str, Any], text: str, at: datetime) -> Asked:
    """What this robot is to be asked, signed where its group wants that."""
    url = f"https://{HOSTS[kind]}{_PATHS[kind]}{key_of(str(settings['address']))}"
    words, secret = fit(text, MOST_BYTES[kind]), str(settings.get("secret") or "")
    if kind == "feishu":
        body = {"msg_type": "text", "content": {"text": words}}
        return Asked(url, body | _feishu_sign(secret, at) if secret else body)
    signed = f"&{urlencode(_dingtalk_sign(secret, at))}" if secret and kind == "dingtalk" else ""
    return Asked(url + signed, {"msgtype": "text", "text": {"content": words}})


def code_in(answer: str) -> int | None:
    """0 where the robot took it; None where no robot spoke."""
    try:
        said = json.loads(answer)
        return int(said["errcode"] if "errcode" in said else said["code"])
    except (ValueError, TypeError, KeyError):
        return None


def fit(text: str, most: int) -> str:
    """Cut to so many bytes, between characters; the short last paragraph, where one reads on, stays."""
    if len(text.encode()) <= most:
        return text
    head, _, last = text.rpartition("\n\n")
    if not head or len(last.encode()) > _LAST_BYTES:
        head, last = text, ""
    end = f"……\n\n{last}" if last else "……"
    return head.encode()[: most - len(end.encode())].decode(errors="ignore") + end


def _dingtalk_sign(secret: str, at: datetime) -> dict[str, str]:
    moment = str(round(at.timestamp() * 1000))
    return {"timestamp": moment, "sign": _mac(secret, f"{moment}\n{secret}")}


def _feishu_sign(secret: str, at: datetime) -> dict[str, str]:
    """Feishu takes what DingTalk signs for the key, and signs nothing with it."""
    moment = str(round(at.timestamp()))
    return {"timestamp": moment, "sign": _mac(f"{moment}\n{secret}", "")}


def _mac(key: str, text: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), hashlib.sha256)).decode()
