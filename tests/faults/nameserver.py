"""A name server on loopback that a test tells what to answer."""

import contextlib
import socket
import threading

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset


class NameServer:
    """Answers over UDP with the addresses (version 4) that `addresses` has at that moment, to be kept for `ttl` seconds.

    While `silent` it hears the questions (`asked` counts them) and says nothing. `close` ends it.
    """

    def __init__(self, addresses: dict[str, str], *, ttl: int) -> None:
        self.addresses = addresses
        self.silent = False
        self.asked = 0
        self._ttl = ttl
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._closed = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def at(self) -> str:
        host, port = self._socket.getsockname()
        return f"{host}:{port}"

    def close(self) -> None:
        self._closed = True
        with contextlib.suppress(OSError):  # "not connected", and yet it wakes whoever waits
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            data, asker = self._socket.recvfrom(4096)
            if self._closed:
                return
            self.asked += 1
            if not self.silent:
                self._socket.sendto(self._answer(dns.message.from_wire(data)).to_wire(), asker)

    def _answer(self, question: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(question, recursion_available=True)
        (asked,) = question.question
        address = self.addresses.get(asked.name.to_text(omit_final_dot=True))
        if address and asked.rdtype == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(asked.name, self._ttl, "IN", "A", address))
        return answer
