"""What the terminal shows: a line for each step, with its seconds while it takes them and when it is done.

Steps may be under way at once: each has its line at the end of the screen, and what is done stands above them."""

import sys
import threading
import time
from shutil import get_terminal_size
from types import TracebackType
from typing import Self

WIDTH = 62  # of a step's name and note, before its seconds


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
        _SCREEN.end(self, self.text("✗" if kind else "✓"))

    def text(self, mark: str, columns: int | None = None) -> str:
        """The line as it stands now; cut only where it has but so many `columns`."""
        seconds = f" {time.monotonic() - self._started:5.1f} s"
        room = WIDTH if columns is None else min(WIDTH, columns - len(seconds))
        what = f"  {mark} {self._name} {self._note}".rstrip()
        return f"{what if columns is None else what[:room]:<{room}}{seconds}"

    def _tick(self) -> None:
        while not self._done.wait(0.2):
            _SCREEN.show(self)


class _Screen:
    """The end of the terminal, which holds the lines of the steps under way and is drawn anew with each change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shown: list[Step] = []
        self._drawn = 0

    def show(self, step: Step) -> None:
        with self._lock:
            if step not in self._shown:
                self._shown.append(step)
            self._draw("")

    def end(self, step: Step, finished: str) -> None:
        with self._lock:
            if step in self._shown:
                self._shown.remove(step)
            self._draw(finished + "\n")

    def say(self, text: str) -> None:
        with self._lock:
            self._draw(text + "\n")

    def _draw(self, above: str) -> None:
        """Writes `above` where the live lines begin, and those after it."""
        up = f"\033[{self._drawn - 1}A" if self._drawn > 1 else ""
        clear = f"{up}\r\033[J" if self._drawn else ""
        columns = get_terminal_size().columns - 1  # a line that is broken in two would not be found again
        sys.stdout.write(clear + above + "\n".join(step.text("…", columns) for step in self._shown))
        sys.stdout.flush()
        self._drawn = len(self._shown)


_SCREEN = _Screen()


def line(text: str) -> None:
    _SCREEN.say(text)
