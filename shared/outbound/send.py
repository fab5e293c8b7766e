"""Outbound delivery of one message, through Apprise or a chat webhook: what may be called at all, and the delivery result.

Three things can be told of a call: it arrived, it surely did not, or nobody knows (the other side fell silent after we spoke).
"""

import ipaddress
import logging
import re
import smtplib
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import apprise
import requests
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.email.smtp import AppriseSMTPController
from eventlet.timeout import Timeout

from shared.i18n.text import Text
from shared.kernel.errors import Fault
from shared.kernel.ids import now
from shared.outbound import chat_webhooks

CALL_SECONDS = 15  # for one message, from the first packet to the answer
# What requests and smtplib say when no connection came about: then surely nothing arrived.
_NEVER_THERE = (
    "NewConnectionError",
    "Connection refused",
    "NameResolutionError",
    "Name or service",
    "No route",
    "CERTIFICATE",
    "Tunnel connection failed",
)
_ERROR = re.compile(r"error=(\d+)")
_FOR_GOOD = ("400", "401", "403", "404", "405", "410", "413", "422")  # asking again would get the same answer
_log = logging.getLogger(__name__)


class NotOutside(Fault):
    code = "address-not-allowed"
    status = 422
    says = Text("不能使用这个地址：{why}", "This address cannot be used: {why}")


class DeliveryResult(NamedTuple):
    """`refused`: the other side will not take it, however often it is asked."""

    outcome: Literal["sent", "refused", "failed", "unknown"]
    why: str = ""


@dataclass(frozen=True)
class Message:
    """`key` is the same at every try of one message, so that whoever takes it can tell."""

    key: str
    title: str
    body: str
    to: str = ""


def check_settings(kind: str, settings: Mapping[str, Any], *, private: bool) -> None:
    """Raises NotOutside for what we would not call: a kind or scheme we do not know, or a private address."""
    _check_host(_host_of(kind, settings), private=private)
    if kind in chat_webhooks.HOSTS:
        readable = chat_webhooks.key_of(str(settings["address"])) is not None
    else:
        readable = _plugin(kind, settings, Message("test@lianfang", "", "", "somebody@example.org")) is not None
    if not readable:
        raise NotOutside("address", why="地址读不懂 / it cannot be read")


def send(kind: str, settings: Mapping[str, Any], message: Message, *, private: bool) -> DeliveryResult:
    """Makes the call, in a greenthread of its own; never longer than CALL_SECONDS."""
    try:
        _check_host(_host_of(kind, settings), private=private)
    except NotOutside as no:
        return DeliveryResult("failed", no.sentence("zh"))
    try:
        with Timeout(CALL_SECONDS, TimeoutError):
            return (
                _robot(kind, settings, message) if kind in chat_webhooks.HOSTS else _by_apprise(kind, settings, message)
            )
    except TimeoutError:
        return DeliveryResult("unknown", f"{CALL_SECONDS} 秒没有回音 / no answer in {CALL_SECONDS} s")
    except Exception as fault:  # noqa: BLE001  (whatever a plugin meets, the message's fate is on record)
        _log.warning("a channel failed: %r", fault)
        return DeliveryResult("unknown", type(fault).__name__)


def _robot(kind: str, settings: Mapping[str, Any], message: Message) -> DeliveryResult:
    asked = chat_webhooks.asked(kind, settings, f"{message.title}\n{message.body}", now())
    try:
        answer = requests.post(asked.url, json=asked.body, timeout=CALL_SECONDS * 2, allow_redirects=False)
    except requests.RequestException as fault:
        return _cut_off(str(fault))
    code = chat_webhooks.code_in(answer.text)
    if code is not None:
        return (
            DeliveryResult("sent")
            if code == 0
            else DeliveryResult("failed" if code in chat_webhooks.BUSY else "refused", f"{kind} {code}")
        )
    if answer.ok:
        return DeliveryResult("unknown", "答复读不懂 / an answer nobody can read")
    return _by_status(str(answer.status_code))


def _by_apprise(kind: str, settings: Mapping[str, Any], message: Message) -> DeliveryResult:
    plugin = _plugin(kind, settings, message)
    if plugin is None:
        return DeliveryResult("refused", "地址读不懂 / the address cannot be read")
    return _mail(plugin, message) if kind == "email" else _post(plugin, message)


def _post(plugin: Any, message: Message) -> DeliveryResult:
    with _overheard() as said:
        if plugin.notify(body=message.body, title=message.title):
            return DeliveryResult("sent")
    told = " ".join(said)
    if (code := _ERROR.search(told)) is not None:
        return _by_status(code[1])
    return _cut_off(told) if "Socket Exception" in told else DeliveryResult("failed", "对方没有接受 / not accepted")


def _by_status(status: str) -> DeliveryResult:
    return DeliveryResult("refused" if status in _FOR_GOOD else "failed", f"HTTP {status}")


def _cut_off(told: str) -> DeliveryResult:
    there = not any(word in told for word in _NEVER_THERE)
    return (
        DeliveryResult("unknown", "连接中断 / cut off") if there else DeliveryResult("failed", "连不上 / no connection")
    )


def _mail(plugin: Any, message: Message) -> DeliveryResult:
    """As Apprise's own, but under a Message-ID of ours, and told apart by what the server said to which part of it."""
    server: Any = AppriseSMTPController(
        host=plugin.smtp_host, port=plugin.port, secure_mode=plugin.secure_mode, user=plugin.user,
        password=plugin.password, socket_connect_timeout=CALL_SECONDS,
    )  # fmt: skip
    (prepared,) = NotifyEmail.prepare_emails(
        subject=message.title, body=message.body, notify_format=apprise.NotifyFormat.TEXT, from_addr=plugin.from_addr,
        to=[(False, message.to)], smtp_host=plugin.smtp_host,
    )  # fmt: skip
    text = _with_message_id(prepared.body, message.key, plugin.from_addr[1])
    spoke = False
    try:
        with server as line:
            spoke = True
            refused = line._socket.sendmail(plugin.from_addr[1], [message.to], text)  # noqa: SLF001  (its own hides why)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as no:
        code = next(iter(no.recipients.values()))[0] if isinstance(no, smtplib.SMTPRecipientsRefused) else no.smtp_code
        return DeliveryResult("refused" if code >= 500 else "failed", f"SMTP {code}")  # noqa: PLR2004  (RFC 5321: 5yz is for good)
    except smtplib.SMTPResponseException as no:
        return DeliveryResult("failed", f"SMTP {no.smtp_code}")
    except (OSError, smtplib.SMTPException) as fault:
        return DeliveryResult("unknown" if spoke else "failed", type(fault).__name__)
    return DeliveryResult("refused", "SMTP") if refused else DeliveryResult("sent")


def _with_message_id(text: str, key: str, sender: str) -> str:
    """Apprise makes a fresh Message-ID each time; ours names the delivery."""
    own = f"Message-ID: <{key}@{sender.rpartition('@')[2] or 'lianfang'}>"
    head, blank, body = text.partition("\n\n")
    lines = [own if line.lower().startswith("message-id:") else line for line in head.split("\n")]
    return "\n".join(lines) + blank + body


def _host_of(kind: str, settings: Mapping[str, Any]) -> str:
    if kind in chat_webhooks.HOSTS:
        return chat_webhooks.HOSTS[kind]
    if kind == "email":
        return str(settings["server"])
    url = urlsplit(str(settings["address"]))
    if url.scheme not in ("http", "https") or not url.hostname:
        raise NotOutside("address", why="http(s)://…")
    return url.hostname


def _check_host(host: str, *, private: bool) -> None:
    """Raises NotOutside for a name that leads to an address of our own machines."""
    if private or host in chat_webhooks.HOSTS.values():
        return
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError:
        raise NotOutside("address", why=f"找不到 / not found: {host}") from None
    if any(not ipaddress.ip_address(address).is_global for address in found):
        raise NotOutside("address", why=f"内部地址 / a private address: {host}")


def _plugin(kind: str, settings: Mapping[str, Any], message: Message) -> Any:
    """Apprise's for this kind, set up without its own pauses, retries and redirects: those are ours to decide."""
    asset = apprise.AppriseAsset(http_redirects=False, secure_logging=True)
    plugin = apprise.Apprise.instantiate(_told(kind, settings, message), asset=asset, suppress_exceptions=True)
    if plugin is not None:
        plugin.request_rate_per_sec = 0
        plugin.socket_connect_timeout = plugin.socket_read_timeout = CALL_SECONDS * 2
    return plugin


def _told(kind: str, settings: Mapping[str, Any], message: Message) -> dict[str, Any]:
    if kind == "email":
        return {
            "schema": "mailto", "host": settings["server"], "smtp_host": settings["server"], "port": settings["port"],
            "user": settings.get("user") or None, "password": settings.get("password") or None,
            "secure_mode": settings.get("secure", "starttls"), "from_addr": settings["sender"],
            "targets": [message.to], "mode": settings.get("secure", "starttls"),
        }  # fmt: skip
    url = urlsplit(str(settings["address"]))
    return {
        "schema": "jsons" if url.scheme == "https" else "json", "host": url.hostname, "port": url.port,
        "fullpath": f"{url.path or '/'}{f'?{url.query}' if url.query else ''}",
        "headers": {"Idempotency-Key": message.key}, "payload": {"key": message.key, "to": message.to},
    }  # fmt: skip


class _Ears(logging.Handler):
    """What Apprise logs is the only account it gives; each greenthread hears its own."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: dict[int, list[str]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if threading.get_ident() in self.heard:
            self.heard[threading.get_ident()].append(record.getMessage())


_ears = _Ears()
_apprise_log = logging.getLogger("apprise")
_apprise_log.addHandler(_ears)
_apprise_log.setLevel(logging.DEBUG)
_apprise_log.propagate = False


@contextmanager
def _overheard() -> Iterator[list[str]]:
    me = threading.get_ident()
    _ears.heard[me] = []
    try:
        yield _ears.heard[me]
    finally:
        del _ears.heard[me]
