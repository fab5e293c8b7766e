"""The world outside as notify meets it: a gateway for texts and a mail server, real listeners that can fail, stall and stammer."""

import json
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Got:
    """One message as it came in, with the key by which the sender names it."""

    key: str
    to: str
    title: str
    body: str


@dataclass
class Gateway:
    """Takes messages by HTTP. `answer` is asked for each: a status, None to stall until `release`, or 2 to answer twice."""

    answer: Callable[[Got], int | None] = field(default=lambda _: 200)
    got: list[Got] = field(default_factory=list)
    stalled: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                got = Got(self.headers["Idempotency-Key"], said["to"], said["title"], said["message"])
                gateway.got.append(got)
                status = gateway.answer(got)
                if status is None:
                    gateway.stalled.wait(60)
                    status = 200
                self.send_response(200 if status == 2 else status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                if status == 2:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

            def log_message(self, *_: Any) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_: Any) -> None:
                return

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/texts"

    def to(self, number: str) -> list[Got]:
        return [one for one in self.got if one.to == number]

    def times(self) -> Counter[str]:
        """How often each message came."""
        return Counter(one.key for one in self.got)

    def stop(self) -> None:
        self.stalled.set()
        self._server.shutdown()
        self._server.server_close()


class MailServer:
    """Takes mail. `answer` is asked for each: what to say to it."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.answer: Callable[[Message], str] = lambda _: "250 taken"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd calls it so)
        message = message_from_bytes(envelope.content)
        message["X-To"] = envelope.rcpt_tos[0]
        self.got.append(message)
        return self.answer(message)

    def to(self, address: str) -> list[Message]:
        return [one for one in self.got if one["X-To"] == address]

    def stop(self) -> None:
        self._controller.stop()


def subject_of(message: Message) -> str:
    return str(make_header(decode_header(message["Subject"])))


def text_of(message: Message) -> str:
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()
