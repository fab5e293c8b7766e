"""Work that goes on at once: strands that begin once others are done, each in stages of tasks, some of these at once."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from types import TracebackType
from typing import Any, Self, TypeVar

MOST_STRANDS = 16
T = TypeVar("T")
R = TypeVar("R")


class Stopped(Exception):
    """Another strand has failed, so this one ends as well."""


class Strands:
    """As a context it ends when all strands have; where one fails, the others end soon and its fault is raised."""

    def __init__(self, at_once: int, say: Callable[[str], None]) -> None:
        self._pool = ThreadPoolExecutor(MOST_STRANDS)
        self._at_once = at_once
        self._say = say
        self._begun: list[Future[Any]] = []
        self._failed = threading.Event()
        self._stages: dict[str, int] = {}
        self._saying = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._failed.set()
        with self._pool:
            faults = [fault for done in as_completed(self._begun) if (fault := done.exception()) is not None]
        if error is None and faults:
            raise next((fault for fault in faults if not isinstance(fault, Stopped)), faults[0])

    def begin(self, work: Callable[[], R], *after: Future[Any]) -> Future[R]:
        """Do the work as soon as the strands begun before, `after`, are done."""

        def strand() -> R:
            wait(after)
            return self._do(work)

        begun = self._pool.submit(strand)
        self._begun.append(begun)
        return begun

    def each(self, stage: str, work: Callable[[T], R], tasks: Iterable[T], at_once: int | None = None) -> list[R]:
        """Do the work for all tasks, some at once, and say how far each of the stages under way is."""
        done = []
        with ThreadPoolExecutor(at_once or self._at_once) as workers:
            waiting = [workers.submit(self._do, work, task) for task in tasks]
            tenth = max(len(waiting) // 10, 1)
            for number, one in enumerate(waiting):
                if number % tenth == 0:
                    self._tell(stage, number * 100 // len(waiting))
                done.append(one.result())
        self._tell(stage, None)
        return done

    def _do(self, work: Callable[..., R], *given: Any) -> R:
        if self._failed.is_set():
            raise Stopped
        try:
            return work(*given)
        except BaseException:
            self._failed.set()
            raise

    def _tell(self, stage: str, percent: int | None) -> None:
        with self._saying:
            if percent is None:
                self._stages.pop(stage, None)
            else:
                self._stages[stage] = percent
            if self._stages:
                self._say(", ".join(f"{name} {done} %" for name, done in self._stages.items()))
