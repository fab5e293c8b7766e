"""The world outside as notify meets it: a gateway for texts, a mail server and the robots of chats, real listeners that can fail,
stall and stammer."""

import asyncio
import json
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shared.kernel.ids import now


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: Any) -> None:
        return


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

        self._server = _Server(("127.0.0.1", 0), Handler)
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


class Robots:
    """The servers of the chats, under their own names: a proxy of TLS lines that answers for each of them itself, with a
    certificate that whoever reads `ca` trusts. `answer` is asked for each host: what to say (twice), or None to stall."""

    def __init__(self, home: Path, *hosts: str) -> None:
        self.got: list[tuple[str, str, dict[str, Any]]] = []  # host, path and query, what was said
        self.answer: Callable[[str], dict[str, Any] | int | None] = lambda _: {"errcode": 0}
        self.ca = home / "robots.ca"
        self._stalled = threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_certificate(home, hosts, self.ca))
        robots = self

        class Handler(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                self.send_response(200)
                self.end_headers()
                self._host = self.path.partition(":")[0]
                self.connection = self.request = context.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
                self.close_connection = False  # what comes next on this line is the message, under TLS

            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                robots.got.append((self._host, self.path, said))
                answer = robots.answer(self._host)
                if answer is None:
                    robots._stalled.wait(60)
                body = json.dumps(answer).encode() if isinstance(answer, dict) else b""
                for _ in range(2):
                    self.send_response(answer if isinstance(answer, int) else 200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                self.wfile.flush()

            def log_message(self, *_: Any) -> None:
                return

        self._server = _Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def way(self) -> dict[str, str]:
        """For the environment of whoever is to meet them: as behind a proxy, whose certificates an operator trusts."""
        return {"HTTPS_PROXY": f"http://127.0.0.1:{self._server.server_address[1]}", "REQUESTS_CA_BUNDLE": str(self.ca)}

    def stop(self) -> None:
        self._stalled.set()
        self._server.shutdown()
        self._server.server_close()


class MailServer:
    """Takes mail. `answer` is asked for each: what to say to it, or None to stall."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.answer: Callable[[Message], str | None] = lambda _: "250 taken"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd calls it so)
        message = message_from_bytes(envelope.content)
        message["X-To"] = envelope.rcpt_tos[0]
        self.got.append(message)
        said = self.answer(message)
        if said is None:
            await asyncio.sleep(60)
        return said or "250 taken"

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


def _certificate(home: Path, hosts: Sequence[str], public: Path) -> Path:
    """One for these hosts, signed by itself; its public half goes to `public`. The file with both halves."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "robots")]),
    )
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now() - timedelta(hours=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both = home / "robots.pem"
    both.write_bytes(private + certificate)
    public.write_bytes(certificate)
    return both
