"""The golden samples: for each event type, one event as it travels. Together they are one community's story."""

from pathlib import Path

from shared.events.envelope import Event, decode_batch

FOLDER = Path(__file__).parent / "samples"
TYPES = sorted(path.stem for path in FOLDER.glob("*.json"))


def sample_bytes(type_: str) -> bytes:
    return (FOLDER / f"{type_}.json").read_bytes()


def sample(type_: str) -> Event:
    (event,) = decode_batch(b"[" + sample_bytes(type_) + b"]")
    return event


def story() -> list[Event]:
    """All samples in the order in which they happened."""
    return sorted(map(sample, TYPES), key=lambda event: (event.time, event.sequence))
