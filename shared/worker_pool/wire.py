"""How a service and its worker speak: each message as its length and its bytes."""

from typing import BinaryIO

LENGTH_BYTES = 8


def send(stream: BinaryIO, message: bytes) -> None:
    stream.write(len(message).to_bytes(LENGTH_BYTES, "big"))
    stream.write(message)
    stream.flush()


def receive(stream: BinaryIO) -> bytes:
    """Raises EOFError when the other side is no more, also in the middle of a message."""
    return _exactly(stream, int.from_bytes(_exactly(stream, LENGTH_BYTES), "big"))


def _exactly(stream: BinaryIO, length: int) -> bytes:
    read: bytes = stream.read(length)
    if len(read) < length:
        raise EOFError
    return read
