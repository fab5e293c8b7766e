"""Whatever is missing on this machine for a purpose: Debian's packages, then the locked Python packages in .venv.

It runs on the machine's own Python before .venv exists, so it stands on the standard library alone.
"""

import ctypes.util
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.local.say import Step, line

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements-dev.lock"
STAMP = VENV / "installed.sha256"
OLDEST_PYTHON = (3, 11)
TEST_PROGRAMS = {"chromium": "chromium", "prometheus": "promtool"}  # by package


class CannotPrepareError(Exception):
    """Something is missing and cannot be installed; the message says in one sentence what to do."""


def prepare(purpose: str, log: Path) -> None:
    """`purpose` is run, test or check. Raises CannotPrepareError; the programs' output goes to `log`."""
    if sys.version_info < OLDEST_PYTHON:
        raise CannotPrepareError(f"Python 3.11 or newer is needed as python3; this is {sys.version.split()[0]}.")
    log.parent.mkdir(parents=True, exist_ok=True)
    if missing := missing_packages(purpose):
        _install_packages(missing, log)
        if still := missing_packages(purpose):
            raise CannotPrepareError(f"{' '.join(still)} was installed but is not found on the PATH; see {log}.")
    _install_python_packages(log)


def missing_packages(purpose: str) -> list[str]:
    """Return the Debian packages whose work nothing on this machine does yet."""
    search = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    has_venv = (VENV / "bin/python").exists() or importlib.util.find_spec("ensurepip") is not None
    has_mongod = shutil.which("mongod", path=search) or ctypes.util.find_library("curl") == "libcurl.so.4"
    found: dict[str, object] = {"python3-venv": has_venv}
    if purpose in {"run", "test"}:
        found |= {"nginx-light": shutil.which("nginx", path=search), "libcurl4": has_mongod}
        found |= {"rabbitmq-server": Path("/usr/lib/rabbitmq/bin/rabbitmq-server").exists()}
        found |= {"fonts-wqy-microhei": Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc").exists()}
    if purpose == "run":
        found |= {"rabbitmq-server": found["rabbitmq-server"] or os.environ.get("AMQP_URI")}
        found |= {"libcurl4": found["libcurl4"] or os.environ.get("MONGODB_URI")}
    if purpose == "test":
        found |= {package: shutil.which(program, path=search) for package, program in TEST_PROGRAMS.items()}
    return [package for package, present in found.items() if not present]


def _install_packages(packages: list[str], log: Path) -> None:
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        raise CannotPrepareError(
            f"Please install what Debian calls {names}, or run the district in containers: docker compose up."
        )
    command = [sys.executable, str(Path(__file__).with_name("packages.py")), *packages]
    if os.geteuid() != 0:
        command = ["sudo", *command]
        if not _may_become_root():
            raise CannotPrepareError(
                f"Please have an administrator install {names} (apt-get install), "
                "or run the district in containers: docker compose up."
            )
    with Step(f"install {names}") as step:
        _run(command, log, lambda output: _apt_progress(output, step))


def _may_become_root() -> bool:
    """Tell whether sudo is there and works, asking for the password on the terminal where one is needed."""
    if not shutil.which("sudo"):
        return False
    if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return True
    if not sys.stdin.isatty():
        return False
    line("Debian packages are missing; installing them needs your password for sudo.")
    return subprocess.run(["sudo", "-v"], check=False).returncode == 0


def _apt_progress(output: Iterator[str], step: Step) -> None:
    for written in output:
        kind, *rest = written.split(":")
        if kind in {"dlstatus", "pmstatus"}:
            step.note(f"{'download' if kind == 'dlstatus' else 'unpack'} {float(rest[1]):.0f} %")


def _install_python_packages(log: Path) -> None:
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    with LOCK.open() as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        if STAMP.exists() and STAMP.read_text() == wanted:
            return
        if not _works(VENV / "bin/python"):
            with Step("make .venv"):
                _run([sys.executable, "-m", "venv", "--clear", str(VENV)], log)
        total = sum(not written.startswith((" ", "#")) for written in LOCK.read_text().splitlines())
        pip = [str(VENV / "bin/python"), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
        with Step("install Python packages") as step:
            _run([*pip, "-r", str(LOCK)], log, lambda output: _pip_progress(output, step, total))
        STAMP.write_text(wanted)


def _works(python: Path) -> bool:
    return (
        python.exists()
        and subprocess.run([python, "-m", "pip", "-V"], capture_output=True, check=False).returncode == 0
    )


def _pip_progress(output: Iterator[str], step: Step, total: int) -> None:
    seen = 0
    for written in output:
        seen += written.startswith(("Collecting", "Processing", "Requirement already"))
        step.note(f"{min(seen, total)} of {total}")


def _run(command: list[str], log: Path, watch: Callable[[Iterator[str]], None] | None = None) -> None:
    """Run with all output in `log`; `watch` sees standard output as it comes."""
    with log.open("a", buffering=1) as written:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=written, text=True)

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
            tail = "\n".join("  " + last for last in log.read_text(errors="replace").splitlines()[-10:])
            raise CannotPrepareError(f"{command[0]} failed; the end of {log}:\n{tail}")


if __name__ == "__main__":
    try:
        prepare(sys.argv[1], Path(os.environ.get("LIANFANG_HOME", ".local")).absolute() / "logs/prepare.log")
    except CannotPrepareError as fault:
        line(str(fault))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
