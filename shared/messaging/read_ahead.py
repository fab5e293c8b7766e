"""Read-ahead iterator: prefetches the next item while the consumer of this one waits for something else."""

import threading
import time
from collections.abc import Iterable, Iterator
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")


def ahead(source: Iterable[T]) -> Iterator[T]:
    """The same things in the same order, each made as soon as there is time for it, in a thread that steps aside after each.
    A fault of the source comes out in its place."""
    made: SimpleQueue[tuple[T] | Exception | None] = SimpleQueue()
    unwanted = threading.Event()

    def make() -> None:
        try:
            for one in source:
                made.put((one,))
                if unwanted.is_set():
                    return
                time.sleep(0)
            made.put(None)
        except Exception as fault:  # noqa: BLE001  (raised again where it is met)
            made.put(fault)

    threading.Thread(target=make, daemon=True).start()
    try:
        while (one := made.get()) is not None:
            if isinstance(one, Exception):
                raise one
            yield one[0]
    finally:
        unwanted.set()
