"""Running one command to its end with all that it says in a log."""

import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from deploy.local.programs import NotReadyError, log_tail


def run(
    command: Sequence[str | Path],
    log: Path,
    watch: Callable[[Iterator[str]], None] | None = None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """`watch` sees standard output as it comes. Raises NotReadyError with the log's end when the command fails."""
    with log.open("a", buffering=1) as written:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=written, text=True
        )

        def lines() -> Iterator[str]:
            for output in process.stdout or ():
                written.write(output)
                yield output

        output = lines()
        if watch:
            watch(output)
        for _ in output:
            pass
        if process.wait() != 0:
            raise NotReadyError(f"{command[0]} failed; the end of {log}:\n{log_tail(log)}")
