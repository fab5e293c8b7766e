"""What the terminal shows: one line a step, with its seconds while it takes them and when it is done."""

import sys
import threading
import time
from types import TracebackType
from typing import Self

WIDTH = 58


class Step:
    """A step on one line; `note` shows how far it is. On no terminal only the finished line is written."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._note = ""
        self._started = time.monotonic()
        self._done = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def note(self, text: str) -> None:
        self._note = text

    def __enter__(self) -> Self:
        if sys.stdout.isatty():
            self._ticker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        if self._ticker.is_alive():
            self._ticker.join()
        self._write("✗" if kind else "✓", "\n")

    def _tick(self) -> None:
        while not self._done.wait(0.2):
            self._write("…", "")

    def _write(self, mark: str, end: str) -> None:
        start = "\r\033[K" if sys.stdout.isatty() else ""
        text = f"{self._name} {self._note}".strip()[:WIDTH]
        sys.stdout.write(f"{start}  {mark} {text:<{WIDTH}} {time.monotonic() - self._started:5.1f} s{end}")
        sys.stdout.flush()


def line(text: str) -> None:
    print(text, flush=True)
